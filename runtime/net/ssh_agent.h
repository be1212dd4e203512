// SPDX-License-Identifier: MIT
//
// A client of ssh-agent (SSH_AUTH_SOCK). Its calls block, since a person may have to
// touch a key or say yes: only for a thread of the pool.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct ssh_agent_key {
    const unsigned char *blob;
    size_t length;
    const char *comment;
};

// False when the agent does not answer; *why says so.
bool ssh_agent_list(struct arena *arena, const char *socket_path,
                    struct ssh_agent_key **keys, size_t *count, const char **why);

struct ssh_agent_request {
    const char *socket_path;
    const void *blob; // the public key
    size_t blob_length;
    const void *message;
    size_t message_length;
};

// The signature alone, without its type in front; NULL when the agent refuses.
const unsigned char *ssh_agent_sign(struct arena *arena,
                                    const struct ssh_agent_request *request,
                                    size_t *length);
