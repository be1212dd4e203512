// SPDX-License-Identifier: MIT
//
// What is too long for memory, as it comes in: a file of a folder. It goes with the
// spool, unless somebody moved it.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct spool;

// NULL: no file could be made there.
struct spool *spool_new(const char *folder);
// False: it is longer than 5 GiB, or the disk is full.
bool spool_add(struct spool *spool, const char *bytes, size_t length);
const char *spool_path(const struct spool *spool);
void spool_free(struct spool *spool); // takes NULL
