// SPDX-License-Identifier: MIT
//
// The parts of `state recover`, in their order.
#pragma once

#include "base/map.h"
#include "command/workbench.h"

struct recovery {
    struct workbench *bench; // borrowed
    struct map assumed;      // address → struct record
    struct map secrets;      // address → struct value, read back
    struct map users;        // address → what uses it
    size_t row_count;
};

void recovery_init(struct recovery *recovery, struct workbench *bench);
void recovery_clear(struct recovery *recovery);

// Everything at Hetzner that carries the project's label is assumed.
bool recovery_look_at_cloud(struct recovery *recovery, struct fault *fault) FAULT_CHECKED;
// A plan of the playbook with what is assumed by now; its declared hosts are, too.
bool recovery_plan(struct recovery *recovery, struct plan **plan,
                   struct fault *fault) FAULT_CHECKED;
// One question to each host that was found: its manifest is assumed, and the secrets that
// stand in its files are read back.
bool recovery_look_at_hosts(struct recovery *recovery, const struct plan *plan,
                            struct fault *fault) FAULT_CHECKED;
// Seals them.
bool recovery_keep_secrets(struct recovery *recovery, struct fault *fault) FAULT_CHECKED;
// What was read back, what was not, and what to do about that.
void recovery_tell_secrets(const struct recovery *recovery);
