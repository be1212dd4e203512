// SPDX-License-Identifier: MIT
//
// The writer thread: takes whatever transactions are queued, commits them as one group,
// and wakes the loop.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "store/connection.h"
#include "store/database.h"

struct writer;

// The connection is the writer's from here on, also when this fails.
bool writer_start(struct writer **writer, struct connection *connection,
                  struct fault *fault) FAULT_CHECKED;
// Commits what is queued, checkpoints, ends the thread, closes the connection. Gives what
// was finished and never taken.
struct transaction *writer_stop(struct writer *writer);
void writer_on_wake(struct writer *writer, database_wake_fn wake, void *context);

void writer_submit(struct writer *writer, struct transaction *transaction);
// Blocks until this one, which is marked as awaited, is finished.
void writer_await(struct writer *writer, struct transaction *transaction);
// The finished ones, oldest first, linked by `next`; blocks for at least one where
// `wait`, unless none is under way.
struct transaction *writer_take_finished(struct writer *writer, bool wait);

int64_t writer_commit_count(const struct writer *writer);
