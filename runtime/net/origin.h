// SPDX-License-Identifier: MIT
//
// Origins: "https://api.hetzner.cloud:443", in one spelling, so that two of them can be
// compared as text.
#pragma once

#include <stdbool.h>

#define ORIGIN_SIZE 300

// The origin of a URL. False when it is no http or https URL, has a user in it, or a host
// that does not fit.
bool origin_read(const char *url, char origin[ORIGIN_SIZE]);
