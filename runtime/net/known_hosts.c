// SPDX-License-Identifier: MIT
//
// Lines of known_hosts as sshd(8) describes them: an optional marker, names (patterns of
// stars, question marks and negations, or one hashed name), a key type, a key. A line we
// cannot read is passed over, as ssh does, except for a @revoked one: passing that over
// would trust a stolen key.
#include "net/known_hosts.h"

#include "base/text.h"
#include "net/digest.h"
#include "net/host_pattern.h"
#include "net/late_ssh2.h"
#include "net/ssh_wire.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define FIELD_LIMIT ((size_t) 64 << 10)
#define NAME_LIMIT  1024

struct field {
    const char *at;
    size_t length;
};

struct keys {
    struct known_hosts_key *items;
    size_t count;
    size_t capacity;
};

struct line {
    struct field marker, names, type, blob;
};

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

static struct field next_field(struct field *rest)
{
    while (rest->length > 0 && is_blank(*rest->at)) {
        rest->at++;
        rest->length--;
    }
    struct field field = {rest->at, 0};
    while (field.length < rest->length && !is_blank(field.at[field.length]))
        field.length++;
    rest->at += field.length;
    rest->length -= field.length;
    return field;
}

static bool field_is(struct field field, const char *word)
{
    return field.length == strlen(word) && memcmp(field.at, word, field.length) == 0;
}

static bool hashed_name_matches(struct field names, const char *name)
{
    struct arena arena;
    arena_init(&arena, 0);
    bool matches = false;
    const char *salt = names.at + 3;
    const char *bar = memchr(salt, '|', names.length - 3);
    if (!bar)
        goto out;
    size_t salt_length = 0, hash_length = 0;
    unsigned char *salt_bytes =
        ssh_wire_unbase64(&arena, salt, (size_t) (bar - salt), &salt_length);
    unsigned char *hash = ssh_wire_unbase64(
        &arena, bar + 1, (size_t) (names.at + names.length - bar - 1), &hash_length);
    if (!salt_bytes || !hash || hash_length != DIGEST_SHA1_SIZE)
        goto out;
    unsigned char own[DIGEST_SHA1_SIZE];
    digest_hmac_sha1(salt_bytes, salt_length, name, strlen(name), own);
    matches = memcmp(own, hash, sizeof own) == 0;
out:
    arena_clear(&arena);
    return matches;
}

static bool names_match(struct field names, const char *name)
{
    if (names.length > 3 && memcmp(names.at, "|1|", 3) == 0)
        return hashed_name_matches(names, name);
    bool matches = false;
    const char *end = names.at + names.length;
    for (const char *at = names.at; at < end;) {
        const char *comma = memchr(at, ',', (size_t) (end - at));
        struct field pattern = {at, (size_t) ((comma ? comma : end) - at)};
        at += pattern.length + 1;
        bool negated = pattern.length > 0 && *pattern.at == '!';
        pattern.at += negated;
        pattern.length -= negated;
        if (!host_pattern_matches(pattern.at, pattern.length, name))
            continue;
        if (negated)
            return false;
        matches = true;
    }
    return matches;
}

static void add_key(struct arena *arena, struct keys *keys, struct known_hosts_key key)
{
    if (keys->count == keys->capacity) {
        size_t capacity = keys->capacity ? keys->capacity * 2 : 8;
        struct known_hosts_key *items = arena_alloc(arena, capacity * sizeof *items);
        if (keys->count > 0)
            memcpy(items, keys->items, keys->count * sizeof *items);
        keys->items = items;
        keys->capacity = capacity;
    }
    keys->items[keys->count++] = key;
}

// The blob names its own type: a line whose two types differ is not a key.
static bool read_key(struct arena *arena, struct field type, struct field blob,
                     struct known_hosts_key *key)
{
    size_t length = 0;
    if (blob.length == 0 || blob.length > FIELD_LIMIT)
        return false;
    unsigned char *bytes = ssh_wire_unbase64(arena, blob.at, blob.length, &length);
    if (!bytes)
        return false;
    key->type = ssh_wire_key_type(arena, bytes, length);
    key->base64 = arena_copy(arena, blob.at, blob.length);
    return *key->type && field_is(type, key->type);
}

static bool split_line(struct field rest, struct line *line)
{
    *line = (struct line){0};
    struct field first = next_field(&rest);
    if (first.length == 0 || *first.at == '#')
        return false;
    if (*first.at == '@') {
        line->marker = first;
        first = next_field(&rest);
    }
    line->names = first;
    line->type = next_field(&rest);
    line->blob = next_field(&rest);
    return true;
}

// "host", or "[host]:port" for another port than 22; lower case.
static bool lookup_name(char name[NAME_LIMIT], const char *host, int port,
                        struct fault *fault)
{
    int length = port == 22 || port == 0
                     ? snprintf(name, NAME_LIMIT, "%s", host)
                     : snprintf(name, NAME_LIMIT, "[%s]:%d", host, port);
    if (length < 0 || length >= NAME_LIMIT)
        return fault_set(fault, FAULT_ERROR, "the host name is too long");
    for (char *at = name; *at; at++)
        *at = (char) tolower((unsigned char) *at);
    return true;
}

bool known_hosts_read(struct arena *arena, const char *text, const char *host, int port,
                      struct known_hosts *known, struct fault *fault)
{
    struct keys found = {0}, taken_back = {0};
    char name[NAME_LIMIT];
    if (!lookup_name(name, host, port, fault))
        return false;
    bool has_authority = false;
    int number = 0;
    for (const char *at = text; *at;) {
        struct field whole = {at, strcspn(at, "\r\n")};
        at += whole.length;
        number += *at != '\r';
        at += *at != '\0';
        struct line line;
        struct known_hosts_key key;
        if (!split_line(whole, &line))
            continue;
        bool is_revoked = field_is(line.marker, "@revoked");
        if (!names_match(line.names, name))
            continue;
        if (line.marker.length > 0 && !is_revoked) {
            has_authority |= field_is(line.marker, "@cert-authority");
            continue;
        }
        bool readable = read_key(arena, line.type, line.blob, &key);
        if (readable) {
            add_key(arena, is_revoked ? &taken_back : &found, key);
        } else if (is_revoked) {
            fault_set(fault, FAULT_ERROR,
                      "line %d of known_hosts revokes a key that cannot be read", number);
            return fault_next(fault, "correct or remove that line");
        }
    }
    *known = (struct known_hosts){
        .keys = found.items,
        .count = found.count,
        .revoked = taken_back.items,
        .revoked_count = taken_back.count,
        .has_authority = has_authority,
    };
    return true;
}

// Same key, whatever the padding: '=' at the end is all that two spellings may differ in.
static bool same_blob(const char *one, const char *other)
{
    size_t length = strcspn(one, "=");
    return length == strcspn(other, "=") && memcmp(one, other, length) == 0;
}

enum known_hosts_verdict known_hosts_judge(const struct known_hosts *known,
                                           const char *offered_type,
                                           const char *offered_base64)
{
    for (size_t i = 0; i < known->revoked_count; i++) {
        if (same_blob(known->revoked[i].base64, offered_base64))
            return KNOWN_HOSTS_REVOKED;
    }
    bool same_type = false;
    for (size_t i = 0; i < known->count; i++) {
        if (strcmp(known->keys[i].type, offered_type) != 0)
            continue;
        if (same_blob(known->keys[i].base64, offered_base64))
            return KNOWN_HOSTS_MATCH;
        same_type = true;
    }
    if (known->count == 0)
        return KNOWN_HOSTS_NEW;
    return same_type ? KNOWN_HOSTS_CHANGED : KNOWN_HOSTS_OTHER;
}

// The type of a key, and what is asked for to get it.
static const char *const methods[][2] = {
    {"ssh-ed25519", "ssh-ed25519"},
    {"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256"},
    {"ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384"},
    {"ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521"},
#if LIBSSH2_VERSION_NUM >= 0x010b00
    {"ssh-rsa", "rsa-sha2-512,rsa-sha2-256"},
#endif
};

bool known_hosts_can_be_asked(const struct known_hosts *known)
{
    for (size_t i = 0; i < known->count; i++) {
        for (size_t k = 0; k < sizeof methods / sizeof methods[0]; k++) {
            if (strcmp(known->keys[i].type, methods[k][0]) == 0)
                return true;
        }
    }
    return false;
}

const char *known_hosts_preference(struct arena *arena,
                                   const struct known_hosts_key *pins, size_t pin_count)
{
    struct text text;
    text_init(&text, 0);
    // First those known, so that a host with several keys answers with one we can judge.
    for (int known = 1; known >= 0; known--) {
        for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
            bool is_known = false;
            for (size_t k = 0; k < pin_count; k++)
                is_known |= strcmp(pins[k].type, methods[i][0]) == 0;
            if (is_known == (known == 1))
                text_format(&text, "%s%s", text.length > 0 ? "," : "", methods[i][1]);
        }
    }
    char *preference = arena_copy(arena, text.bytes, text.length);
    text_clear(&text);
    return preference;
}

const char *known_hosts_fingerprint(struct arena *arena, const char *base64)
{
    size_t length = 0;
    unsigned char *blob = ssh_wire_unbase64(arena, base64, strlen(base64), &length);
    if (!blob)
        return "SHA256:(not a key)";
    unsigned char digest[DIGEST_SHA256_SIZE];
    digest_sha256(blob, length, digest);
    char *text = ssh_wire_base64(arena, digest, sizeof digest);
    text[strcspn(text, "=")] = '\0';
    return arena_format(arena, "SHA256:%s", text);
}

bool known_hosts_parse_key(struct arena *arena, const char *line,
                           struct known_hosts_key *key, struct fault *fault)
{
    struct field rest = {line, strcspn(line, "\r\n")};
    struct field type = next_field(&rest);
    struct field blob = next_field(&rest);
    if (read_key(arena, type, blob, key))
        return true;
    fault_set(fault, FAULT_ERROR, "this is not a public key: %.60s", line);
    return fault_next(fault, "give it as ssh-keyscan or a .pub file has it: "
                             "\"ssh-ed25519 AAAA…\"");
}
