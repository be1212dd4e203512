// SPDX-License-Identifier: MIT
//
// What happens during a run, as it happens: on a terminal one live line for what is under
// way, elsewhere a line when a step ended and a heartbeat every ten seconds.
#pragma once

#include "engine/engine.h"
#include "view/terminal.h"

struct progress_view;

struct progress_view *progress_view_new(const struct terminal *terminal, bool verbose);
void progress_view_free(struct progress_view *view);

// To be set as engine.watch.
struct engine_watch progress_view_watch(struct progress_view *view);

// Removes the live line, before something else is printed.
void progress_view_pause(struct progress_view *view);

// "Checks: 9 of 9 passed." and "Run 3: 12 done, 0 failed, 0 skipped in 41.2 s."
void progress_view_summary(const struct terminal *terminal,
                           const struct engine_result *result, int64_t ms);
