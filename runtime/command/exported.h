// SPDX-License-Identifier: MIT
//
// A state as `pipster state export` wrote it. For --state it is unpacked into a database
// in a folder of its own, which is only read and goes with the command.
#pragma once

#include "store/state_text.h"

// `text` is the caller's, and must live as long as `state` does.
bool exported_read(struct arena *arena, const char *path, struct text *text,
                   struct state_text *state, struct fault *fault) FAULT_CHECKED;
// What stands beside the rows: measurements, prices, the business but what is `there`.
void exported_put(struct transaction *transaction, struct arena *arena,
                  const struct state_text *state, const struct state_business *there);
// *folder is set also where it fails, once there is something to be removed.
bool exported_unpack(struct arena *arena, const char *path, const char **folder,
                     const char **database_path, struct fault *fault) FAULT_CHECKED;
void exported_remove(const char *folder); // NULL: nothing
