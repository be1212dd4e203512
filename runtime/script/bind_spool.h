// SPDX-License-Identifier: MIT
//
// The module `spool` of a script whose stand-ins keep what is too long for memory: files
// of one folder, by their names.
#pragma once

#include "script/script.h"

// The folder is made when it is first used.
void bind_spool_add(struct script *script, const char *folder);
// Removes it with what is in it.
void bind_spool_remove(const char *folder);
