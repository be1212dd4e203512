// SPDX-License-Identifier: MIT
//
// Small things the lab does all the time: run a tool and wait, write a file, make a
// folder.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/fault.h"

// Fails with the tool's own words when its exit status is not 0.
bool tool_run(const char *const *argv, const char *input,
              struct fault *fault) FAULT_CHECKED;
// Its output, in the arena, without the last newline.
bool tool_read(struct arena *arena, const char *const *argv, const char **output,
               struct fault *fault) FAULT_CHECKED;

// Folders on the way are made.
bool tool_make_folder(const char *path, mode_t mode, struct fault *fault) FAULT_CHECKED;
// Written beside and renamed.
bool tool_write(const char *path, mode_t mode, const char *content,
                struct fault *fault) FAULT_CHECKED;
bool tool_append(const char *path, const char *content,
                 struct fault *fault) FAULT_CHECKED;
// For control files of the kernel: one write(2), nothing made.
bool tool_poke(const char *path, const char *content, struct fault *fault) FAULT_CHECKED;
bool tool_slurp(struct arena *arena, const char *path, const char **content,
                struct fault *fault) FAULT_CHECKED;
// Removes a tree, on one file system; one that is not there is no fault.
bool tool_remove(const char *path, struct fault *fault) FAULT_CHECKED;
// Waits on nothing for that long.
void tool_pause(int ms);
