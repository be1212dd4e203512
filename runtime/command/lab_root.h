// SPDX-License-Identifier: MIT
//
// Hosts are namespaces, mounts and cgroups of this machine: only `lab up` and `lab down`
// become root, by sudo. The project's folders stay the caller's.
#pragma once

#include "command/lab_daemon.h"

// Runs `pipster lab VERB` again through sudo and does not return; fails without sudo. The
// new process gets all it needs as flags, so nothing of the environment.
bool lab_root_become(const struct project *project, const struct options *options,
                     const char *verb, struct fault *fault) FAULT_CHECKED;

// The lab in this folder was started by another user, root: only root can take it down.
bool lab_root_is_needed(const char *directory);

// As root under sudo: what pipster made anew in the project, and what a caller reads of
// the lab, is given to whoever called. Else nothing.
void lab_root_give(const struct project *project);
