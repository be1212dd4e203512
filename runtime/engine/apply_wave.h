// SPDX-License-Identifier: MIT
//
// A wave of a rolling run begins when the ones before are over, their handlers included,
// and not too many of their hosts failed.
#pragma once

#include "engine/apply.h"

// The host of an earlier wave that failed as one too many, or NULL.
const char *apply_wave_stopped(struct apply *apply, const struct node *host);
// Whether a handler of an earlier wave is still to be run.
bool apply_wave_waits(struct apply *apply, const struct node *host);
