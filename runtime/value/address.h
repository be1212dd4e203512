// SPDX-License-Identifier: MIT
//
// Addresses: "hetzner.server/app", "host/app", "app:package/git",
// "app:file/etc/caddy/Caddyfile" (a name that begins with / brings the separator),
// "app:docker.engine" (a nameless thing on a host), "secret/jwt_key".
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/fault.h"

struct address {
    const char *host; // "app", or NULL
    const char *type; // "package"
    const char *name; // "git", "/etc/caddy/Caddyfile", or NULL
};

// Of things on a host, a name becomes a path ("/etc/hosts") when the type is file,
// directory, mount or swap, or when the type has no point and the name a second slash.
bool address_parse(struct arena *arena, const char *text, struct address *address,
                   struct fault *fault) FAULT_CHECKED;

// `host` and `name` may be NULL.
const char *address_format(struct arena *arena, const char *host, const char *type,
                           const char *name);

// Cloud names: 1 to 63 of a–z, 0–9 and inner hyphens.
bool address_name_is_valid(const char *name);

// Glob with * and ? over a whole address.
bool address_matches(const char *address, const char *pattern);
