// SPDX-License-Identifier: MIT
//
// The vault: secrets are sealed (XChaCha20-Poly1305, the label as associated data) with a
// random key in a file of mode 0600, $XDG_CONFIG_HOME/pipster/keys/PROJECT-ID, made at
// first need. State and journal keep keyed digests only.
#pragma once

#include <stddef.h>

#include "base/text.h"
#include "store/database.h"

struct vault;

// `create` false: a missing key leaves *vault NULL and answers true (a plan makes none).
bool vault_open(struct vault **vault, struct database *database, bool create,
                struct fault *fault) FAULT_CHECKED;
// Whether there are secrets, and the key they were sealed with is not there.
bool vault_is_lost(struct database *database, bool *lost,
                   struct fault *fault) FAULT_CHECKED;
// As a writer: a missing key is made anew, whatever was sealed with the old one. Nothing
// is removed: each of those says that it cannot be opened.
bool vault_renew(struct vault **vault, struct database *database,
                 struct fault *fault) FAULT_CHECKED;
void vault_close(struct vault *vault);
// A word for the key that tells nothing of it: another key, another word. Of 16 digits.
#define VAULT_WORD_SIZE 17
void vault_word(const struct vault *vault, char word[VAULT_WORD_SIZE]);
// The version of libsodium.
const char *vault_library(void);
const char *vault_key_path(const struct vault *vault);

// A fresh secret of `length` characters of A–Z a–z 0–9, from the system's randomness.
const struct value *secret_generate(struct arena *arena, const char *label,
                                    size_t length);
// Queues the sealed secret; `source` says where it comes from: "generated", "set" …
void secret_put(struct transaction *transaction, const struct vault *vault,
                const struct value *secret, const char *source);
// The same for one that was made then.
void secret_put_made(struct transaction *transaction, const struct vault *vault,
                     const struct value *secret, const char *source, int64_t made_at_ms);
// What was typed or read becomes a secret: the line break at the end of a value of one
// line is taken off; what is no text, or cannot be redacted, is refused. `name` is whose
// it is.
#define SECRET_LONGEST ((size_t) 64 << 10)
bool secret_tidy(struct text *text, const char *name, struct fault *fault) FAULT_CHECKED;
void secret_remove(struct transaction *transaction, const char *label);

// What is known of one without opening it.
struct secret_row {
    const char *label;  // NULL: there is none
    const char *source; // "generated", "env DB_PASSWORD", "set" …
    size_t length;
    int64_t made_at_ms; // 0: before that was kept
};
bool secret_find(struct database *database, struct arena *arena, const char *label,
                 struct secret_row *row, struct fault *fault) FAULT_CHECKED;
// All of them, by label. `database` may be NULL.
bool secret_list(struct database *database, struct arena *arena, struct secret_row **rows,
                 size_t *count, struct fault *fault) FAULT_CHECKED;
// *secret is NULL when there is none of that label. A wrong key is a fault that says so.
bool secret_load(struct database *database, const struct vault *vault,
                 struct arena *arena, const char *label, const struct value **secret,
                 struct fault *fault) FAULT_CHECKED;

#define SECRET_DIGEST_SIZE 65
// Keyed BLAKE2b in hex: equal secrets give equal digests under one key only.
void vault_digest(const struct vault *vault, const char *bytes, size_t length,
                  char digest[SECRET_DIGEST_SIZE]);
// A json_secret_fn; context is the vault: {"$secret": label, "digest": …}.
void vault_write_digest(void *vault, struct text *out, const struct value *secret);
// Whether a recorded {"$secret":…,"digest":…} map stands for these bytes.
bool vault_digest_matches(const struct vault *vault, const struct value *recorded,
                          const struct value *secret);

// For host keys and probes; plain, unkeyed. hex of 64 + NUL.
#define SECRET_SHA256_SIZE 65
void secret_sha256(const char *bytes, size_t length, char hex[SECRET_SHA256_SIZE]);
// `bytes` random bytes in hex; out holds 2 × bytes + 1.
void secret_random_hex(char *out, size_t bytes);
// An ed25519 key pair in OpenSSH's formats: the private PEM as a secret, the public as
// "ssh-ed25519 AAAA…" followed by the comment.
void secret_ssh_keypair(struct arena *arena, const char *comment,
                        const struct value **private_key, const char **public_key);
// The public half of such a private key, "ssh-ed25519 AAAA…"; NULL where it is none.
const char *secret_ssh_public(struct arena *arena, const struct value *private_key);
// A fresh identity for age(1), "AGE-SECRET-KEY-1…".
const struct value *secret_age_identity(struct arena *arena, const char *label);
