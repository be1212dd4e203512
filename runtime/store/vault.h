// SPDX-License-Identifier: MIT
//
// What secret.c needs of the vault: sealing and opening under its key.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "store/secret.h"

struct vault_sealed {
    const char *label;
    const char *bytes;
    size_t length;
};

// version byte, nonce, ciphertext with its tag
#define VAULT_SEALED_EXTRA 41

// `sealed` holds length + VAULT_SEALED_EXTRA bytes. The label goes in as associated data,
// so that two rows cannot be swapped.
void vault_seal(const struct vault *vault, const char *label, const char *bytes,
                size_t length, unsigned char *sealed);
// False when the key or the label is another, or the bytes were changed. *bytes is in the
// arena.
bool vault_unseal(const struct vault *vault, struct arena *arena,
                  const struct vault_sealed *sealed, const char **bytes, size_t *length);

// The fault for a key that does not open what is sealed; answers false.
bool vault_refuse_key(const char *key_path, const char *label, struct fault *fault);
// The same for one whose key is missing.
bool vault_refuse_without(const char *key_path, const char *label, struct fault *fault);
// Where the key of a project is kept; on the heap. NULL and a fault when there is no
// home.
char *vault_find_key_path(const char *project_id, struct fault *fault);
