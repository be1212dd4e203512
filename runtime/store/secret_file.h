// SPDX-License-Identifier: MIT
//
// Secrets in a file, to be kept apart from the state: encrypted with a passphrase
// (Argon2id, then XChaCha20-Poly1305 as libsodium's secretstream), mode 0600. What is cut
// off or changed is refused whole.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/text.h"

struct secret_entry {
    const char *label; // "secret/db"
    const char *source;
    int64_t made_at_ms;
    const char *bytes;
    size_t length;
};

// Written beside and renamed: it is whole, or what was there stays.
bool secret_file_write(const char *path, const struct text *passphrase,
                       const struct secret_entry *entries, size_t count,
                       struct fault *fault) FAULT_CHECKED;
bool secret_file_read(const char *path, const struct text *passphrase,
                      struct arena *arena, struct secret_entry **entries, size_t *count,
                      struct fault *fault) FAULT_CHECKED;

// One entry of what was decrypted; false when it is none.
bool secret_file_parse(struct arena *arena, const char *bytes, size_t length,
                       struct secret_entry *entry);
