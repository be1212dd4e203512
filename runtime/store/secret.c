// SPDX-License-Identifier: MIT
#include "store/secret.h"

#include "base/clock.h"
#include "base/crashpoint.h"
#include "base/redact.h"
#include "store/query.h"
#include "store/transaction.h"
#include "store/vault.h"

#include <sodium.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

// Harmless when it was done before, and it cannot fail on Linux once randomness is there.
static void start_sodium(void)
{
    if (sodium_init() < 0)
        abort();
}

const struct value *secret_generate(struct arena *arena, const char *label, size_t length)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    start_sodium();
    char *bytes = arena_alloc(arena, length + 1);
    for (size_t i = 0; i < length; i++)
        bytes[i] = letters[randombytes_uniform(sizeof letters - 1)];
    redact_add(bytes, length);
    return value_secret(arena, label, bytes, length);
}

// `echo` and editors end a line; a key of several lines needs its last one.
static void drop_line_break(struct text *text)
{
    const char *first = memchr(text->bytes, '\n', text->length);
    if (!first || first != text->bytes + text->length - 1)
        return;
    text->bytes[--text->length] = '\0';
    if (text->length > 0 && text->bytes[text->length - 1] == '\r')
        text->bytes[--text->length] = '\0';
}

bool secret_tidy(struct text *text, const char *name, struct fault *fault)
{
    drop_line_break(text);
    bool too_long = text->overflow || text->length > SECRET_LONGEST;
    if (!too_long && !memchr(text->bytes, '\0', text->length))
        return redact_check(name, text->bytes, text->length, fault);
    fault_set(fault, FAULT_ERROR, "%s cannot be sealed", name);
    fault_why(fault, "%s", too_long ? "it is longer than 64 KiB"
                                    : "it is no text: a NUL byte is in it");
    return fault_next(fault, "keep it as text, in base64 for example");
}

void secret_put(struct transaction *transaction, const struct vault *vault,
                const struct value *secret, const char *source)
{
    secret_put_made(transaction, vault, secret, source, clock_now_ms());
}

void secret_put_made(struct transaction *transaction, const struct vault *vault,
                     const struct value *secret, const char *source, int64_t made_at_ms)
{
    assert(secret->kind == VALUE_SECRET && secret->secret.label);
    size_t length = secret->secret.length + VAULT_SEALED_EXTRA;
    unsigned char *sealed = arena_alloc(&transaction->arena, length);
    vault_seal(vault, secret->secret.label, secret->secret.bytes, secret->secret.length,
               sealed);
    crashpoint("secret-sealing");
    struct statement *put = transaction_add(transaction, STATEMENT_SECRET_PUT);
    statement_add_text(put, secret->secret.label);
    statement_add_blob(put, sealed, length);
    statement_add_text(put, source);
    statement_add_integer(put, made_at_ms);
}

void secret_remove(struct transaction *transaction, const char *label)
{
    statement_add_text(transaction_add(transaction, STATEMENT_SECRET_REMOVE), label);
}

static void read_row(struct query *query, struct arena *arena, struct secret_row *row)
{
    const char *source = query_text(query, 1, arena);
    int64_t sealed = query_integer(query, 2);
    row->label = query_text(query, 0, arena);
    row->source = source ? source : "generated";
    row->length = sealed > VAULT_SEALED_EXTRA ? (size_t) sealed - VAULT_SEALED_EXTRA : 0;
    row->made_at_ms = query_integer(query, 3);
}

bool secret_list(struct database *database, struct arena *arena, struct secret_row **rows,
                 size_t *count, struct fault *fault)
{
    struct statement statement;
    struct query query;
    size_t room = 0;
    *rows = NULL;
    *count = 0;
    if (!database)
        return true;
    statement_init(&statement, STATEMENT_SECRET_LIST, arena);
    if (!query_start(&query, database->reader, &statement, fault))
        return fault_while(fault, "reading the secrets");
    while (query_next(&query)) {
        if (*count == room) {
            struct secret_row *wider =
                arena_alloc(arena, (2 * room + 16) * sizeof *wider);
            if (room > 0)
                memcpy(wider, *rows, room * sizeof *wider);
            room = 2 * room + 16;
            *rows = wider;
        }
        read_row(&query, arena, &(*rows)[(*count)++]);
    }
    return query_end(&query, fault) || fault_while(fault, "reading the secrets");
}

bool secret_find(struct database *database, struct arena *arena, const char *label,
                 struct secret_row *row, struct fault *fault)
{
    struct statement statement;
    struct query query;
    *row = (struct secret_row){0};
    statement_init(&statement, STATEMENT_SECRET_FIND, arena);
    statement_add_text(&statement, label);
    if (!query_start(&query, database->reader, &statement, fault))
        return fault_while(fault, "looking for the secret %s", label);
    if (query_next(&query))
        read_row(&query, arena, row);
    return query_end(&query, fault) ||
           fault_while(fault, "looking for the secret %s", label);
}

static bool load_sealed(struct database *database, struct arena *arena, const char *label,
                        struct vault_sealed *sealed, struct fault *fault)
{
    struct statement statement;
    struct query query;
    *sealed = (struct vault_sealed){0};
    statement_init(&statement, STATEMENT_SECRET_GET, arena);
    statement_add_text(&statement, label);
    if (!query_start(&query, database->reader, &statement, fault))
        return false;
    if (query_next(&query)) {
        sealed->label = query_text(&query, 0, arena);
        sealed->bytes = query_blob(&query, 1, arena, &sealed->length);
    }
    return query_end(&query, fault);
}

// A plan makes no key; but a secret that is there says that one is missing.
static bool refuse_without_key(struct database *database, const char *label,
                               struct fault *fault)
{
    char *path = vault_find_key_path(database->project_id, fault);
    if (!path)
        return false;
    vault_refuse_without(path, label, fault);
    free(path);
    return false;
}

bool secret_load(struct database *database, const struct vault *vault,
                 struct arena *arena, const char *label, const struct value **secret,
                 struct fault *fault)
{
    struct vault_sealed sealed;
    const char *bytes = NULL;
    size_t length = 0;
    *secret = NULL;
    if (!database)
        return true;
    if (!load_sealed(database, arena, label, &sealed, fault))
        return fault_while(fault, "reading the secret %s", label);
    if (!sealed.label)
        return true;
    if (!vault)
        return refuse_without_key(database, label, fault);
    if (!vault_unseal(vault, arena, &sealed, &bytes, &length))
        return vault_refuse_key(vault_key_path(vault), label, fault);
    redact_add(bytes, length);
    *secret = value_secret(arena, label, bytes, length);
    return true;
}

void secret_sha256(const char *bytes, size_t length, char hex[SECRET_SHA256_SIZE])
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *) bytes, length);
    sodium_bin2hex(hex, SECRET_SHA256_SIZE, hash, sizeof hash);
}

void secret_random_hex(char *out, size_t bytes)
{
    start_sodium();
    for (size_t i = 0; i < bytes; i++) {
        unsigned char byte = (unsigned char) randombytes_uniform(256);
        sodium_bin2hex(out + 2 * i, 3, &byte, 1);
    }
}
