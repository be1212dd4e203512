// SPDX-License-Identifier: MIT
//
// Logging in with a key that a passphrase encrypts: opening it takes a tenth of a second
// and more of a processor, so it is done on a thread, with the whole login, since libssh2
// gives the opened key to nobody. For the files of an SSH session alone.
#pragma once

#include "net/ssh_private.h"

// As libssh2_userauth_publickey: LIBSSH2_ERROR_EAGAIN while the thread works (`resume` is
// called then), or while nothing came. *why says, instead of the code, what is wrong with
// the passphrase.
int ssh_passphrase_try(struct ssh *ssh, struct ssh_key *key, loop_fn resume,
                       const char **why);
bool ssh_passphrase_is_working(const struct ssh *ssh);
void ssh_passphrase_abandon(struct ssh *ssh);
