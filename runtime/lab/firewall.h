// SPDX-License-Identifier: MIT
//
// The cloud's firewall: chains per host in a table on the machine, which a guest can
// neither see nor flush. Traffic between hosts passes it as well, since bridged packets
// go through the forward hook; what the machine itself sends goes through output.
#pragma once

#include "lab/driver.h"

// The table, and address translation for what hosts send to the world.
bool firewall_open(struct fault *fault) FAULT_CHECKED;
void firewall_close(void);

// Replaces the rules of one host at once. NULL lifts them.
bool firewall_set(int64_t id, const char *ip, const struct driver_rule *rules,
                  size_t count, struct fault *fault) FAULT_CHECKED;
