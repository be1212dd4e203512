// SPDX-License-Identifier: MIT
//
// The work of one host: looked at first when a plan could not, then changed batch by
// batch.
#pragma once

#include "engine/apply.h"

// Starts what can be started now on this host. False: nothing was, for the time being.
bool apply_lane_start(struct apply *apply, struct apply_lane *lane);

// Decides a node again where the plan could not know. False: what it needs is not known
// yet, or a fault came of it; that ends the node when it stands alone.
bool apply_lane_prepare(struct apply *apply, struct node *node, bool alone);
