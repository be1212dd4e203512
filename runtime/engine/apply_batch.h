// SPDX-License-Identifier: MIT
//
// Steps that go to the provider together: one of the cloud, or several of one host.
#pragma once

#include "engine/apply.h"

// Starts these nodes (already decided; those without anything to do only ride along) and
// the handlers due behind them. `lane` NULL for the cloud. No nodes: handlers alone.
// False when nothing had to be started: then the nodes are finished.
bool apply_batch_start(struct apply *apply, struct apply_lane *lane, struct node **nodes,
                       size_t count);

// Not waited for any more: what still runs is journalled as uncertain.
void apply_batch_leave(struct apply_batch *batch, struct transaction *transaction);

// Runs one check.
void apply_batch_check(struct apply *apply, struct apply_lane *lane, struct node *node);

// A step that is all in our own state: secrets, cost items, rows to forget.
void apply_batch_own(struct apply *apply, struct node *node);
