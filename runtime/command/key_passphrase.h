// SPDX-License-Identifier: MIT
//
// The passphrases of SSH keys: PIPSTER_SSH_PASSPHRASE for all of them, else asked for on
// the terminal, once for each key and process.
#pragma once

#include "base/arena.h"
#include "command/options.h"

struct key_passphrase_entry;

struct key_passphrase {
    const struct options *options;
    struct arena arena;
    struct key_passphrase_entry *first;
    bool gave_up; // whoever does not answer one question is not asked the next
};

void key_passphrase_init(struct key_passphrase *passphrases,
                         const struct options *options);
void key_passphrase_clear(struct key_passphrase *passphrases);
// As ssh_target wants it; the context is a struct key_passphrase.
const char *key_passphrase_find(void *context, const char *key, bool again);
