// SPDX-License-Identifier: MIT
//
// The files that tools/embed.c put into the binary: stdlib/… and playbooks/…, sorted by
// path. The table is generated into the build folder.
#pragma once

#include <stddef.h>

struct embedded_file {
    const char *path; // "stdlib/hetzner/server.lua"
    const char *bytes;
    size_t length;
};

extern const struct embedded_file embedded_files[];
extern const unsigned long embedded_file_count;
