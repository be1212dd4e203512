// SPDX-License-Identifier: MIT
//
// Records as they travel: from a zone file's spelling to the bytes of RFC 1035, in hex,
// as dnsmasq takes those types that it has no words for.
#pragma once

#include <stdbool.h>

#include "base/text.h"

// The number of TXT, MX, NS, CAA, SRV; 0 for what has none here.
int rdata_type(const char *type);

// Adds the hex digits; false when `value` is not one of that type.
bool rdata_write(struct text *hex, int type, const char *value);
