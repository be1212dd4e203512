// SPDX-License-Identifier: MIT
//
// The lines of a saved plan.
#pragma once

#include "engine/planfile.h"

// All but the last line. Nothing secret and no file's content is among it, whatever the
// plan holds.
void planfile_encode(struct text *out, const struct planfile *file);

// The last: the checksum of `out` as it is, and the seal where there is a key.
void planfile_encode_end(struct text *out, const struct planfile *file,
                         const struct vault *vault);
