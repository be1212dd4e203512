// SPDX-License-Identifier: MIT
//
// What is kept of a database that was lost while a run was under way: the results that it
// did not take any more (store/spill.h), or, when its file is gone from its place, a copy
// of all of it, made through the file that is still open. The next start takes either
// back in and removes it.
#pragma once

#include "base/arena.h"
#include "store/database.h"

struct connection;

// Tries beside the database, in $XDG_STATE_HOME/pipster, in $TMPDIR. *path, in the arena,
// names the file that was made; NULL: there was nothing to keep.
bool rescue_keep(struct database *database, struct arena *arena, const char **path,
                 struct fault *fault) FAULT_CHECKED;

// Before the database is opened to be written: a copy takes its place where there is
// none, or one that knows less. *taken becomes the copy's path, on the heap.
bool rescue_restore(const char *path, char **taken, struct fault *fault) FAULT_CHECKED;
// Once it is open: the results.
bool rescue_take_in(struct connection *connection, char **taken,
                    struct fault *fault) FAULT_CHECKED;
// For one who only reads: what is kept is seen as if it were taken in, in memory.
bool rescue_look_in(struct connection **connection, const char *path,
                    struct fault *fault) FAULT_CHECKED;
// False when a copy waits to take the place of a database that is not there.
bool rescue_check_none(const char *path, struct fault *fault) FAULT_CHECKED;
