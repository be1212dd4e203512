// SPDX-License-Identifier: MIT
//
// How much is under way at once, beside the limit of all: steps of one provider, by the
// namespace of their types, and hosts.
#pragma once

#include "engine/apply.h"

// "hetzner" for a step of hetzner.server, "hosts" for whatever goes to a host (lane
// given).
const char *apply_limit_name(struct apply *apply, const struct apply_lane *lane,
                             const struct node *node);
bool apply_limit_allows(struct apply *apply, const struct apply_lane *lane,
                        const struct node *node);
// One more, and one less.
void apply_limit_take(struct apply *apply, const char *name);
void apply_limit_give(struct apply *apply, const char *name);
