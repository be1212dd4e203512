// SPDX-License-Identifier: MIT
//
// What a host's PID 1 does before it is the host's: its mounts, its new root, its rights.
#pragma once

#include <stdbool.h>

#include "base/fault.h"
#include "lab/cgroup.h"

// In a mount namespace of its own: puts the host's overlay together in FOLDER/root,
// mounts what a system needs, and makes it the root. Nothing of the machine stays
// visible.
bool guest_mount(const char *folder, const char *lower,
                 const struct cgroup_layout *layout, struct fault *fault) FAULT_CHECKED;

// Becomes systemd, or for a light host sshd or, where there is one, /usr/sbin/lab-init.
// Returns only when it failed.
bool guest_become_init(bool light, struct fault *fault) FAULT_CHECKED;
