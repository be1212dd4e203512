// SPDX-License-Identifier: MIT
//
// What a new host finds in its root besides the shared one: its name, its resolver, the
// authorities it trusts, and what the cloud tells cloud-init (NoCloud). For a light host,
// which has no cloud-init, the keys that cloud-init would have put down; for an appliance
// its files.
#pragma once

#include "lab/driver.h"

bool seed_write(const char *folder, const struct driver_host *host,
                const struct driver_settings *settings,
                struct fault *fault) FAULT_CHECKED;
