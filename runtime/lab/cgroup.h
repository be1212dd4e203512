// SPDX-License-Identifier: MIT
//
// The control groups of a host, one per hierarchy that the machine has mounted, v1, v2 or
// both: "lab-NETWORK/ID" below each root, by the number of the network namespace.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

#define CGROUP_LIMIT 24

struct cgroup_mount {
    char path[256];    // "/sys/fs/cgroup/memory"
    char options[128]; // v1: what to mount it by, "memory", "none,name=systemd"
    bool unified;      // v2
};

struct cgroup_layout {
    char group[32]; // of this network namespace's lab: "lab-4026531840"
    struct cgroup_mount mounts[CGROUP_LIMIT];
    size_t count;
};

bool cgroup_read(struct cgroup_layout *layout, struct fault *fault) FAULT_CHECKED;

bool cgroup_make(const struct cgroup_layout *layout, int64_t id,
                 struct fault *fault) FAULT_CHECKED;
// The calling process moves into the host's groups.
bool cgroup_join(const struct cgroup_layout *layout, int64_t id,
                 struct fault *fault) FAULT_CHECKED;
bool cgroup_limit(const struct cgroup_layout *layout, int64_t id, int cores,
                  double memory_gb, struct fault *fault) FAULT_CHECKED;
// Mounts what the machine has below ROOT/sys/fs/cgroup, seen from inside the groups.
bool cgroup_mount_into(const struct cgroup_layout *layout, const char *root,
                       struct fault *fault) FAULT_CHECKED;
// The groups of one host (all its processes have ended), or with -1 the empty parent.
void cgroup_remove(const struct cgroup_layout *layout, int64_t id);
