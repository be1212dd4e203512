// SPDX-License-Identifier: MIT
//
// The lab's DNS: dnsmasq, which answers with authority for the zones it is given,
// forwards the few names that apt needs, and refuses the rest.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"

struct names_record {
    const char *name;  // "identity.pipster.app", a dot at the end may be there
    const char *type;  // A AAAA CNAME TXT MX NS CAA SRV, others are left out
    const char *value; // as in a zone file: a name without a last dot is the zone's
};

// `registry` is the registry's name, which always leads to the lab itself.
bool names_open(const char *directory, const char *registry,
                struct fault *fault) FAULT_CHECKED;

// Replaces all zones and records.
bool names_set(const char *directory, const char *const *zones,
               const struct names_record *records, size_t count,
               struct fault *fault) FAULT_CHECKED;
