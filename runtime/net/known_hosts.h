// SPDX-License-Identifier: MIT
//
// Host keys: which key a host may answer with. Pins are given by the caller (from state,
// cloud-init or code); the known_hosts file is read by our own parser, since libssh2
// takes a @revoked key for a new one and knows no patterns.
#pragma once

#include <stddef.h>

#include "base/arena.h"
#include "base/fault.h"

enum known_hosts_verdict {
    KNOWN_HOSTS_MATCH,
    KNOWN_HOSTS_NEW,     // nothing is known of this host
    KNOWN_HOSTS_CHANGED, // other keys are known, of the same type
    KNOWN_HOSTS_OTHER,   // keys are known, but none of the type offered
    KNOWN_HOSTS_REVOKED,
};

struct known_hosts_key {
    const char *type;   // "ssh-ed25519"
    const char *base64; // the blob
};

// What a known_hosts file says of one host.
struct known_hosts {
    struct known_hosts_key *keys;
    size_t count;
    struct known_hosts_key *revoked;
    size_t revoked_count;
    bool has_authority; // @cert-authority, which is not supported: it makes no key known
};

// The key types known for a host, preferred first, as libssh2's LIBSSH2_METHOD_HOSTKEY
// wants them: "ssh-ed25519,ecdsa-sha2-nistp256".
const char *known_hosts_preference(struct arena *arena,
                                   const struct known_hosts_key *pins, size_t pin_count);
// Whether one of them is of a type that can be asked for: RSA needs libssh2 1.11.
bool known_hosts_can_be_asked(const struct known_hosts *known);
// All keys that `text` (a known_hosts file) holds for host:port, hashed names included.
bool known_hosts_read(struct arena *arena, const char *text, const char *host, int port,
                      struct known_hosts *known, struct fault *fault) FAULT_CHECKED;
enum known_hosts_verdict known_hosts_judge(const struct known_hosts *known,
                                           const char *offered_type,
                                           const char *offered_base64);
// "SHA256:…" as ssh-keygen prints it.
const char *known_hosts_fingerprint(struct arena *arena, const char *base64);
// "ssh-ed25519 AAAA… comment" → type and blob.
bool known_hosts_parse_key(struct arena *arena, const char *line,
                           struct known_hosts_key *key,
                           struct fault *fault) FAULT_CHECKED;
