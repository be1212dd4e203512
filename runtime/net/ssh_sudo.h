// SPDX-License-Identifier: MIT
//
// How a login that is not root becomes root on one channel. For the files of an SSH
// session alone, as ssh_private.h is.
#pragma once

#include "net/ssh_private.h"

// Where it stands with sudo.
struct ssh_sudo {
    char nonce[33];
    struct text said;   // on stderr, without our own words
    struct text answer; // to be written
    size_t sent;        // of it
    bool was_asked;
    bool is_refused; // it asked again
    bool is_root;
};

bool ssh_sudo_is_needed(const struct ssh *ssh);
void ssh_sudo_init(struct ssh_sudo *sudo);
void ssh_sudo_clear(struct ssh_sudo *sudo);
// What the login's shell is to run for a root shell, or for a script (without single
// quotes) as root.
const char *ssh_sudo_command(const struct ssh *ssh, const struct ssh_sudo *sudo,
                             struct arena *arena, const char *script);
// Takes what came on stderr; there may be an answer to write then.
void ssh_sudo_hear(struct ssh *ssh, struct ssh_sudo *sudo, const char *bytes,
                   size_t length);
// Why the shell ended before there was root's.
void ssh_sudo_explain(struct ssh *ssh, const struct ssh_sudo *sudo,
                      const struct text *said, struct fault *fault);
