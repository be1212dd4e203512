// SPDX-License-Identifier: MIT
//
// The lines of a saved plan, read back; they may come from anywhere.
#pragma once

#include "engine/planfile.h"

// Everything lives in the arena. The checksum holds.
bool planfile_decode(struct arena *arena, const char *bytes, size_t length,
                     struct planfile *file, struct fault *fault) FAULT_CHECKED;
