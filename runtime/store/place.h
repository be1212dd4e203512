// SPDX-License-Identifier: MIT
//
// Whether a database may lie in a folder. One that is synced (Dropbox, OneDrive, iCloud,
// Syncthing …) is copied while it is written, and an old copy may come back; on a network
// or FUSE file system neither SQLite's locks nor ours hold.
#pragma once

#include <stdbool.h>

#include "base/fault.h"

// For those who know better: set to 1, and nothing is refused.
#define PLACE_OVERRIDE "PIPSTER_STATE_ANYWHERE"

// The folder of `path` need not be there yet: the nearest one that is counts.
bool place_check(const char *path, struct fault *fault) FAULT_CHECKED;

// The same by what is known of it, for tests: the program that syncs a folder of this
// absolute path, or NULL; the name of a file system that is not local, or NULL.
const char *place_find_sync(const char *folder);
const char *place_find_network(long type);
