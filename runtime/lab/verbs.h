// SPDX-License-Identifier: MIT
//
// The driver as the stand-in calls it: a verb and a map, an answer or a fault. What
// cannot be done yet because the host is not there is kept for its start.
#pragma once

#include "lab/lab.h"
#include "value/value.h"

// verbs: start stop reset reboot resize remove firewall dns status notices. `argument`
// may be NULL for notices; the answer is VALUE_NULL where there is nothing to say.
//   status { id }  → "running" "off" "absent"
//   notices {}     → what lab_watch heard since: [{ id, what = "reboot" "poweroff"
//   "crash" }]
bool verbs_call(void *lab, const char *verb, const struct value *argument,
                struct arena *arena, const struct value **answer,
                struct fault *fault) FAULT_CHECKED;
