// SPDX-License-Identifier: MIT
//
// A key to log in with: from the agent, from an identity file, or given in memory. What
// libssh2 cannot use is found out here, before a server is asked, and said in words.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct ssh_key {
    const char *origin; // for messages: "/home/u/.ssh/id_ed25519", "agent key u@laptop"
    const char *type;   // "ssh-ed25519"; "" when only the private half tells
    const unsigned char *blob; // the public half; NULL when not known
    size_t blob_length;
    const char *pem; // the private half; NULL for a key of the agent
    size_t pem_length;
    bool is_encrypted;
    const char *passphrase; // that was given for it
    unsigned attempts;      // how often it was asked for
    const char *unusable;   // why this key cannot be used; NULL when it can
};

// `pem` is any text: what is not a private key becomes an unusable key.
struct ssh_key ssh_key_parse(struct arena *arena, const char *pem, size_t length,
                             const char *origin);
// Blocks; a file that cannot be read becomes an unusable key.
struct ssh_key ssh_key_load(struct arena *arena, const char *path);
struct ssh_key ssh_key_of_agent(struct arena *arena, const unsigned char *blob,
                                size_t length, const char *comment);
bool ssh_key_same(const struct ssh_key *one, const struct ssh_key *other);
