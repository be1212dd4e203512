// SPDX-License-Identifier: MIT
//
// The patterns of known_hosts and ssh_config: stars and question marks, in any case.
#pragma once

#include <stdbool.h>
#include <stddef.h>

bool host_pattern_matches(const char *pattern, size_t length, const char *name);
