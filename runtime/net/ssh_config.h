// SPDX-License-Identifier: MIT
//
// What ~/.ssh/config says of one host, by our own parser: Host (patterns, negations),
// HostName, Port, User, IdentityFile, IdentitiesOnly, ProxyJump, ProxyCommand (only to
// refuse it), Include. As in ssh the first value said wins, and identity files add up.
// Other keywords are passed over. A Match block is passed over too, with a note.
#pragma once

#include <stddef.h>

#include "base/arena.h"
#include "base/fault.h"

struct ssh_config {
    const char *host_name; // to connect to; the name asked for when nothing else is said
    int port;              // 0: not said
    const char *user;      // NULL: not said
    const char *const *identities;
    size_t identity_count;
    bool says_identities;      // also when they are none
    bool only_identities;      // other keys of the agent are not tried
    const char *jump;          // "none", "user@host:port,…"; NULL: not said
    const char *proxy_command; // NULL: not said
    const char *note;          // what was passed over and may matter; NULL: nothing
};

// A file that is not there says nothing. One that others may write, that ssh would not
// read either, or a line that cannot be read is a fault that names it.
bool ssh_config_read(struct arena *arena, const char *path, const char *host,
                     struct ssh_config *config, struct fault *fault) FAULT_CHECKED;
// The same of a text; an Include in it is passed over.
bool ssh_config_parse(struct arena *arena, const char *text, const char *host,
                      struct ssh_config *config, struct fault *fault) FAULT_CHECKED;
