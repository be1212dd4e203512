// SPDX-License-Identifier: MIT
//
// What a saved plan remembers instead of contents. With a vault digests are keyed: nobody
// without the project's key can try out what they stand for. `vault` NULL: plain SHA-256.
#pragma once

#include "engine/planfile.h"

// In the arena.
const char *planfile_digest_bytes(struct arena *arena, const struct vault *vault,
                                  const char *bytes, size_t length);

// Fills changes and handlers of the file from its plan, which engine_plan made.
void planfile_digest_plan(struct planfile *file, struct arena *arena,
                          const struct vault *vault);
