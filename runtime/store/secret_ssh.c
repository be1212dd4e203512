// SPDX-License-Identifier: MIT
//
// OpenSSH's own formats (PROTOCOL.key): a public key is a blob of length-prefixed
// strings, a private key file holds that blob and a section padded to the cipher's block
// of 8.
#include "store/secret.h"

#include "base/redact.h"

#include <sodium.h>

#include <stdlib.h>
#include <string.h>

#define KEY_TYPE "ssh-ed25519"
#define MAGIC    "openssh-key-v1" // its NUL belongs to it
#define BLOCK    8
#define LINE     70

static void add_number(struct text *text, uint32_t number)
{
    const char bytes[4] = {(char) (number >> 24), (char) (number >> 16),
                           (char) (number >> 8), (char) number};
    text_add_bytes(text, bytes, sizeof bytes);
}

static void add_string(struct text *text, const void *bytes, size_t length)
{
    add_number(text, (uint32_t) length);
    text_add_bytes(text, bytes, length);
}

static char *to_base64(struct arena *arena, const struct text *text)
{
    size_t size = sodium_base64_encoded_len(text->length, sodium_base64_VARIANT_ORIGINAL);
    char *encoded = arena_alloc(arena, size);
    return sodium_bin2base64(encoded, size, (const unsigned char *) text->bytes,
                             text->length, sodium_base64_VARIANT_ORIGINAL);
}

static void add_public_blob(struct text *text, const unsigned char *public_key)
{
    add_string(text, KEY_TYPE, strlen(KEY_TYPE));
    add_string(text, public_key, crypto_sign_PUBLICKEYBYTES);
}

// libsodium's secret key is seed and public key, just as OpenSSH writes it.
static void add_private_section(struct text *text, const unsigned char *public_key,
                                const unsigned char *private_key, const char *comment)
{
    struct text section;
    uint32_t check = randombytes_random();
    text_init(&section, 0);
    add_number(&section, check);
    add_number(&section, check);
    add_public_blob(&section, public_key);
    add_string(&section, private_key, crypto_sign_SECRETKEYBYTES);
    add_string(&section, comment, strlen(comment));
    for (char pad = 1; section.length % BLOCK != 0; pad++)
        text_add_char(&section, pad);
    add_string(text, section.bytes, section.length);
    text_clear(&section);
}

static void add_armour(struct text *text, const char *encoded)
{
    text_add(text, "-----BEGIN OPENSSH PRIVATE KEY-----\n");
    for (size_t left = strlen(encoded); left > 0;) {
        size_t length = left < LINE ? left : LINE;
        text_add_bytes(text, encoded, length);
        text_add_char(text, '\n');
        encoded += length;
        left -= length;
    }
    text_add(text, "-----END OPENSSH PRIVATE KEY-----\n");
}

void secret_ssh_keypair(struct arena *arena, const char *comment,
                        const struct value **private_value, const char **public_text)
{
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
    unsigned char private_key[crypto_sign_SECRETKEYBYTES];
    struct text blob, file, armour;
    if (sodium_init() < 0)
        abort();
    crypto_sign_keypair(public_key, private_key);

    text_init(&blob, 0);
    add_public_blob(&blob, public_key);
    *public_text =
        arena_format(arena, KEY_TYPE " %s %s", to_base64(arena, &blob), comment);

    text_init(&file, 0);
    text_add_bytes(&file, MAGIC, sizeof MAGIC);
    add_string(&file, "none", 4); // cipher
    add_string(&file, "none", 4); // key derivation
    add_string(&file, "", 0);     // its options
    add_number(&file, 1);         // one key
    add_string(&file, blob.bytes, blob.length);
    add_private_section(&file, public_key, private_key, comment);

    text_init(&armour, 0);
    add_armour(&armour, to_base64(arena, &file));
    redact_add(armour.bytes, armour.length);
    *private_value = value_secret(arena, comment, armour.bytes, armour.length);
    text_clear(&armour);
    text_clear(&file);
    text_clear(&blob);
    sodium_memzero(private_key, sizeof private_key);
}

// Steps over a length-prefixed string; false where it does not fit.
static bool take_string(const unsigned char **at, size_t *left,
                        const unsigned char **bytes, size_t *length)
{
    const unsigned char *here = *at;
    if (*left < 4)
        return false;
    *length =
        (size_t) here[0] << 24 | (size_t) here[1] << 16 | (size_t) here[2] << 8 | here[3];
    if (*length > *left - 4)
        return false;
    *bytes = here + 4;
    *at += 4 + *length;
    *left -= 4 + *length;
    return true;
}

// The public blob stands in clear behind the cipher, its key's making and the count.
static bool find_blob(const unsigned char *file, size_t size, const unsigned char **blob,
                      size_t *length)
{
    if (size < sizeof MAGIC || memcmp(file, MAGIC, sizeof MAGIC) != 0)
        return false;
    file += sizeof MAGIC;
    size -= sizeof MAGIC;
    for (int i = 0; i < 3; i++)
        if (!take_string(&file, &size, blob, length))
            return false;
    if (size < 4)
        return false;
    file += 4;
    size -= 4;
    return take_string(&file, &size, blob, length) &&
           *length == 4 + strlen(KEY_TYPE) + 4 + crypto_sign_PUBLICKEYBYTES &&
           memcmp(*blob, "\0\0\0\x0b" KEY_TYPE, 4 + strlen(KEY_TYPE)) == 0;
}

const char *secret_ssh_public(struct arena *arena, const struct value *private_key)
{
    static const char head[] = "-----BEGIN OPENSSH PRIVATE KEY-----";
    const char *text = private_key->secret.bytes;
    size_t length = private_key->secret.length, size = 0, blob_size = 0;
    if (length < sizeof head || memcmp(text, head, sizeof head - 1) != 0)
        return NULL;
    const char *body = text + sizeof head - 1;
    const char *end = NULL;
    const unsigned char *blob = NULL;
    unsigned char *file = malloc(length);
    if (file == NULL)
        abort();
    // Ends at the first "-", which is no letter of base64.
    int status = sodium_base642bin(file, length, body, length - sizeof head + 1, "\r\n",
                                   &size, &end, sodium_base64_VARIANT_ORIGINAL);
    const char *public_key = NULL;
    if (status == 0 && find_blob(file, size, &blob, &blob_size)) {
        struct text bytes;
        text_init(&bytes, 0);
        text_add_bytes(&bytes, (const char *) blob, blob_size);
        public_key = arena_format(arena, KEY_TYPE " %s", to_base64(arena, &bytes));
        text_clear(&bytes);
    }
    sodium_memzero(file, length);
    free(file);
    return public_key;
}
