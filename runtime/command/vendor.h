// SPDX-License-Identifier: MIT
//
// The vendors whose APIs are asked: where each is, and which token goes to that origin
// and to no other. One that has a stand-in in the lab, stdlib/lab/NAME.lua, gets a port
// and a token there, under the same variables.
#pragma once

#include <stddef.h>

#include "net/http.h"
#include "value/value.h"

struct vendor {
    const char *name;              // settings.endpoints.NAME
    const char *endpoint_variable; // wins over `endpoint`
    const char *endpoint;          // NULL: there is none but the variable's
    const char *token_variable;    // sent as a bearer; NULL: none is
    bool for_hosts;                // in the lab, its hosts reach it too
};

const struct vendor *vendor_list(size_t *count);
const struct vendor *vendor_find(const char *name); // or NULL
// From the environment, else the vendor's own; may be NULL.
const char *vendor_endpoint(const struct vendor *vendor);
// Of one whose token is the secret half of a key, which signs and is sent nowhere: where
// the name of the key is. NULL: the token is a bearer's.
const char *vendor_key_variable(const struct vendor *vendor);
// Whose stand-in serves it in the lab: its own, or that of another, below /NAME.
const char *vendor_stand_in(const struct vendor *vendor);
// "https://api.hetzner.cloud/v1" → "/v1"; "" when it has none.
const char *vendor_path(const struct vendor *vendor);
// All endpoints by name, and that of the lab.
const struct value *vendor_endpoints(struct arena *arena);
// By vendor, what its key says that it is and may: "sk_live". No more of the key.
const struct value *vendor_key_kinds(struct arena *arena);
// The tokens that the environment has, each for its origin, and none of them in a log.
void vendor_lend_tokens(struct http *http, struct arena *arena);
