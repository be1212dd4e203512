// SPDX-License-Identifier: MIT
//
// One random master key in a file; from it one key to seal with and one for digests, so
// that neither use can weaken the other.
#include "store/vault.h"

#include "store/file.h"
#include "store/heap.h"
#include "store/query.h"
#include "store/transaction.h"
#include "value/json.h"

#include <sodium.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_PREFIX    "pipster-key-1 "
#define KEY_BYTES     ((size_t) crypto_kdf_KEYBYTES)
#define KEY_TEXT_SIZE (sizeof KEY_PREFIX - 1 + 2 * KEY_BYTES + 1)
#define KDF_CONTEXT   "pipvault" // crypto_kdf_CONTEXTBYTES

#define SEALED_VERSION 1
#define NONCE_BYTES    crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES      crypto_aead_xchacha20poly1305_ietf_ABYTES
_Static_assert(VAULT_SEALED_EXTRA == 1 + NONCE_BYTES + TAG_BYTES, "sealed layout");

enum subkey { SUBKEY_SEAL = 1, SUBKEY_DIGEST = 2 };

// Lies in memory that is locked, guarded and wiped when freed.
struct keys {
    unsigned char seal[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
    unsigned char digest[crypto_generichash_KEYBYTES];
};

struct vault {
    char *key_path;
    struct keys *keys;
};

char *vault_find_key_path(const char *project_id, struct fault *fault)
{
    const char *config = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    struct text path;
    text_init(&path, 0);
    if (config && *config == '/') {
        text_format(&path, "%s/pipster/keys/%s", config, project_id);
    } else if (home && *home == '/') {
        text_format(&path, "%s/.config/pipster/keys/%s", home, project_id);
    } else {
        fault_set(fault, FAULT_ERROR, "there is no place for the key of the secrets");
        fault_why(fault, "neither XDG_CONFIG_HOME nor HOME names a folder");
        fault_next(fault, "set HOME and run the command again");
        text_clear(&path);
        return NULL;
    }
    char *taken = text_take(&path);
    text_clear(&path);
    return taken;
}

static bool refuse_file(const char *path, const char *why, const char *next,
                        struct fault *fault)
{
    fault_set(fault, FAULT_ERROR, "the key of the secrets cannot be used");
    fault_where(fault, "%s", path);
    fault_why(fault, "%s", why);
    return fault_next(fault, "%s %s", next, path);
}

static bool read_text(const char *path, char text[KEY_TEXT_SIZE + 1], struct fault *fault)
{
    struct stat status;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0)
        return file_fail(fault, "open", path);
    ssize_t length = read(descriptor, text, KEY_TEXT_SIZE);
    bool readable = length >= 0 && fstat(descriptor, &status) == 0;
    if (!readable)
        file_fail(fault, "read", path);
    close(descriptor);
    if (!readable)
        return false;
    text[length] = '\0';
    if (status.st_mode & 077)
        return refuse_file(path, "other users can read it",
                           "take their rights away: chmod 600", fault);
    return true;
}

static bool derive_keys(struct vault *vault, const unsigned char *master)
{
    struct keys *keys = vault->keys;
    return crypto_kdf_derive_from_key(keys->seal, sizeof keys->seal, SUBKEY_SEAL,
                                      KDF_CONTEXT, master) == 0 &&
           crypto_kdf_derive_from_key(keys->digest, sizeof keys->digest, SUBKEY_DIGEST,
                                      KDF_CONTEXT, master) == 0;
}

static bool read_key(struct vault *vault, struct fault *fault)
{
    char text[KEY_TEXT_SIZE + 1];
    unsigned char master[KEY_BYTES];
    const size_t prefix = sizeof KEY_PREFIX - 1;
    size_t length = 0;
    bool usable = false;
    if (!read_text(vault->key_path, text, fault))
        goto out;
    usable = strncmp(text, KEY_PREFIX, prefix) == 0 &&
             sodium_hex2bin(master, sizeof master, text + prefix, 2 * KEY_BYTES, NULL,
                            &length, NULL) == 0 &&
             length == KEY_BYTES && derive_keys(vault, master);
    if (!usable)
        refuse_file(vault->key_path, "it does not hold a key of pipster's",
                    "restore it from its backup:", fault);
out:
    sodium_memzero(text, sizeof text);
    sodium_memzero(master, sizeof master);
    return usable;
}

static bool write_text(const char *path, const char *text, struct fault *fault)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return file_fail(fault, "create", path);
    ssize_t length = (ssize_t) strlen(text);
    bool written = write(descriptor, text, (size_t) length) == length ||
                   file_fail(fault, "write", path);
    if (close(descriptor) != 0 && written)
        written = file_fail(fault, "write", path);
    if (!written)
        unlink(path);
    return written;
}

// Written beside, synced, and named only if no key has that name by then.
static bool make_key(const char *path, struct fault *fault)
{
    unsigned char master[KEY_BYTES];
    char text[KEY_TEXT_SIZE + 1] = KEY_PREFIX, suffix[24] = ".new-";
    bool kept = false;
    randombytes_buf(master, sizeof master);
    sodium_bin2hex(text + strlen(text), 2 * KEY_BYTES + 1, master, sizeof master);
    text[strlen(text)] = '\n';
    secret_random_hex(suffix + strlen(suffix), 8);
    char *beside = heap_join(path, suffix);
    bool made = file_make_folder(path, fault) && write_text(beside, text, fault) &&
                file_publish(beside, path, &kept, fault);
    free(beside);
    sodium_memzero(master, sizeof master);
    sodium_memzero(text, sizeof text);
    return made || fault_while(fault, "making the key of the secrets");
}

static const char *name_of(const char *label)
{
    return strncmp(label, "secret/", 7) == 0 ? label + 7 : label;
}

bool vault_refuse_key(const char *key_path, const char *label, struct fault *fault)
{
    fault_set(fault, FAULT_ERROR, "the secret %s cannot be opened", label);
    fault_where(fault, "%s", key_path);
    fault_why(fault,
              "this key is not the one it was sealed with, or the row was changed");
    return fault_next(fault,
                      "restore the key of this project to %s from its backup; or pipster "
                      "secrets import FILE; or pipster secrets set %s, or rotate %s",
                      key_path, name_of(label), name_of(label));
}

bool vault_refuse_without(const char *key_path, const char *label, struct fault *fault)
{
    fault_set(fault, FAULT_ERROR, "the secret %s cannot be opened", label);
    fault_where(fault, "%s", key_path);
    fault_why(fault, "the key it was sealed with is missing; nothing else is lost");
    return fault_next(fault,
                      "restore it to %s from its backup; or, from an export, pipster "
                      "secrets import FILE; or make each anew: pipster secrets rotate %s "
                      "(set, for one that is not made here)",
                      key_path, name_of(label));
}

// A new key beside secrets sealed with a lost one would only hide the loss. Of those that
// are there, one that it opens is enough: the others say so themselves when they are
// needed. One that is to be made anew does not count.
static bool check_key(const struct vault *vault, struct database *database, bool has_key,
                      struct fault *fault)
{
    struct arena arena;
    struct statement statement;
    struct query query;
    const char *label = NULL;
    bool fits = false;
    arena_init(&arena, 0);
    statement_init(&statement, STATEMENT_SECRET_KEPT, &arena);
    bool read = query_start(&query, database->reader, &statement, fault);
    if (read) {
        while (!fits && query_next(&query)) {
            struct vault_sealed sealed = {.label = query_text(&query, 0, &arena)};
            const char *bytes = NULL;
            size_t length = 0;
            sealed.bytes = query_blob(&query, 1, &arena, &sealed.length);
            label = label ? label : sealed.label;
            fits = has_key && vault_unseal(vault, &arena, &sealed, &bytes, &length);
        }
        read = query_end(&query, fault);
    }
    if (read && label && !fits)
        read = has_key ? vault_refuse_key(vault->key_path, label, fault)
                       : vault_refuse_without(vault->key_path, label, fault);
    arena_clear(&arena);
    return read;
}

static bool open_key(struct vault *vault, struct fault *fault)
{
    vault->keys = sodium_malloc(sizeof *vault->keys);
    if (!vault->keys)
        abort();
    return read_key(vault, fault);
}

// An empty one: its place is known, its key is not read yet.
static struct vault *new_vault(struct database *database, bool *exists,
                               struct fault *fault)
{
    if (sodium_init() < 0) {
        fault_set(fault, FAULT_INTERNAL, "the cryptography library does not start");
        return NULL;
    }
    struct vault *vault = heap_new(sizeof *vault);
    vault->key_path = vault_find_key_path(database->project_id, fault);
    if (vault->key_path && file_check_owner(vault->key_path, exists, fault))
        return vault;
    vault_close(vault);
    return NULL;
}

bool vault_open(struct vault **opened, struct database *database, bool create,
                struct fault *fault)
{
    bool exists = false;
    *opened = NULL;
    if (!database)
        return true;
    struct vault *vault = new_vault(database, &exists, fault);
    if (!vault)
        return false;
    if (!exists && !create) {
        vault_close(vault);
        return true;
    }
    bool done = (exists || (check_key(vault, database, false, fault) &&
                            make_key(vault->key_path, fault))) &&
                open_key(vault, fault) && check_key(vault, database, true, fault);
    if (done)
        *opened = vault;
    else
        vault_close(vault);
    return done;
}

bool vault_is_lost(struct database *database, bool *lost, struct fault *fault)
{
    bool exists = false;
    *lost = false;
    struct vault *vault = new_vault(database, &exists, fault);
    if (!vault)
        return false;
    struct fault tale = {0};
    *lost = !exists && !check_key(vault, database, false, &tale);
    vault_close(vault);
    return true;
}

bool vault_renew(struct vault **opened, struct database *database, struct fault *fault)
{
    bool exists = false;
    *opened = NULL;
    struct vault *vault = new_vault(database, &exists, fault);
    if (!vault)
        return false;
    bool done = exists ? open_key(vault, fault) && check_key(vault, database, true, fault)
                       : make_key(vault->key_path, fault) && open_key(vault, fault);
    if (done)
        *opened = vault;
    else
        vault_close(vault);
    return done;
}

void vault_close(struct vault *vault)
{
    if (!vault)
        return;
    sodium_free(vault->keys);
    free(vault->key_path);
    free(vault);
}

void vault_word(const struct vault *vault, char word[VAULT_WORD_SIZE])
{
    static const char asked[] = "which key is this?";
    char digest[SECRET_DIGEST_SIZE];
    vault_digest(vault, asked, sizeof asked - 1, digest);
    snprintf(word, VAULT_WORD_SIZE, "%.16s", digest);
}

const char *vault_library(void)
{
    return sodium_version_string();
}

const char *vault_key_path(const struct vault *vault)
{
    return vault->key_path;
}

void vault_seal(const struct vault *vault, const char *label, const char *bytes,
                size_t length, unsigned char *sealed)
{
    unsigned char *nonce = sealed + 1;
    *sealed = SEALED_VERSION;
    randombytes_buf(nonce, NONCE_BYTES);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        nonce + NONCE_BYTES, NULL, (const unsigned char *) bytes, length,
        (const unsigned char *) label, strlen(label), NULL, nonce, vault->keys->seal);
}

bool vault_unseal(const struct vault *vault, struct arena *arena,
                  const struct vault_sealed *sealed, const char **bytes, size_t *length)
{
    const unsigned char *from = (const unsigned char *) sealed->bytes;
    if (sealed->length < VAULT_SEALED_EXTRA || *from != SEALED_VERSION)
        return false;
    const unsigned char *nonce = from + 1;
    size_t plain_length = sealed->length - VAULT_SEALED_EXTRA;
    unsigned char *plain = arena_alloc(arena, plain_length + 1);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            plain, NULL, NULL, nonce + NONCE_BYTES, plain_length + TAG_BYTES,
            (const unsigned char *) sealed->label, strlen(sealed->label), nonce,
            vault->keys->seal) != 0)
        return false;
    *bytes = (const char *) plain;
    *length = plain_length;
    return true;
}

void vault_digest(const struct vault *vault, const char *bytes, size_t length,
                  char digest[SECRET_DIGEST_SIZE])
{
    unsigned char hash[crypto_generichash_BYTES];
    crypto_generichash(hash, sizeof hash, (const unsigned char *) bytes, length,
                       vault->keys->digest, sizeof vault->keys->digest);
    sodium_bin2hex(digest, SECRET_DIGEST_SIZE, hash, sizeof hash);
}

void vault_write_digest(void *context, struct text *out, const struct value *secret)
{
    const struct vault *vault = context;
    const char *label = secret->secret.label ? secret->secret.label : "";
    const struct value text = {.kind = VALUE_STRING,
                               .string = {.bytes = label, .length = strlen(label)}};
    char digest[SECRET_DIGEST_SIZE];
    vault_digest(vault, secret->secret.bytes, secret->secret.length, digest);
    // Keys in their canonical order, as json_write would give them.
    text_format(out, "{\"$secret\":");
    json_write(out, &text, NULL, NULL);
    text_format(out, ",\"digest\":\"%s\"}", digest);
}

bool vault_digest_matches(const struct vault *vault, const struct value *recorded,
                          const struct value *secret)
{
    char digest[SECRET_DIGEST_SIZE];
    const char *known = value_find_text(recorded, "digest", NULL);
    if (!vault || !known || strlen(known) != SECRET_DIGEST_SIZE - 1 || !secret ||
        secret->kind != VALUE_SECRET || !value_find(recorded, "$secret"))
        return false;
    vault_digest(vault, secret->secret.bytes, secret->secret.length, digest);
    return sodium_memcmp(known, digest, SECRET_DIGEST_SIZE) == 0;
}
