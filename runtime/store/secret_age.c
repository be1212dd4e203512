// SPDX-License-Identifier: MIT
//
// age's native identity is an X25519 private key in Bech32 (BIP 173) with the prefix
// "age-secret-key-", in capitals: groups of five bits, then a checksum of six of them.
#include "store/secret.h"

#include "base/redact.h"

#include <sodium.h>

#include <stdlib.h>

#define PREFIX    "age-secret-key-"
#define KEY_SIZE  32
#define CHECKSUM  6
#define GROUPS    ((KEY_SIZE * 8 + 4) / 5)
#define TEXT_SIZE (sizeof PREFIX + 1 + GROUPS + CHECKSUM)

static uint32_t add_group(uint32_t checksum, unsigned group)
{
    static const uint32_t generator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                         0x2a1462b3};
    uint32_t top = checksum >> 25;
    checksum = ((checksum & 0x1ffffff) << 5) ^ group;
    for (unsigned i = 0; i < 5; i++)
        if ((top >> i) & 1)
            checksum ^= generator[i];
    return checksum;
}

static void split(const unsigned char *bytes, unsigned char *groups)
{
    uint32_t held = 0, bits = 0, count = 0;
    for (size_t i = 0; i < KEY_SIZE; i++) {
        held = (held << 8) | bytes[i];
        for (bits += 8; bits >= 5; bits -= 5)
            groups[count++] = (held >> (bits - 5)) & 31;
    }
    if (bits > 0)
        groups[count] = (held << (5 - bits)) & 31;
}

static uint32_t checksum_of(const unsigned char *groups)
{
    uint32_t checksum = 1;
    for (const char *letter = PREFIX; *letter != '\0'; letter++)
        checksum = add_group(checksum, (unsigned char) *letter >> 5);
    checksum = add_group(checksum, 0);
    for (const char *letter = PREFIX; *letter != '\0'; letter++)
        checksum = add_group(checksum, (unsigned char) *letter & 31);
    for (size_t i = 0; i < GROUPS; i++)
        checksum = add_group(checksum, groups[i]);
    for (size_t i = 0; i < CHECKSUM; i++)
        checksum = add_group(checksum, 0);
    return checksum ^ 1;
}

const struct value *secret_age_identity(struct arena *arena, const char *label)
{
    static const char letters[] = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
    unsigned char key[KEY_SIZE], groups[GROUPS];
    char text[TEXT_SIZE] = "AGE-SECRET-KEY-1";
    size_t length = sizeof PREFIX;
    if (sodium_init() < 0)
        abort();
    randombytes_buf(key, sizeof key);
    split(key, groups);
    for (size_t i = 0; i < GROUPS; i++)
        text[length++] = letters[groups[i]];
    uint32_t checksum = checksum_of(groups);
    for (unsigned i = 0; i < CHECKSUM; i++)
        text[length++] = letters[(checksum >> (5 * (CHECKSUM - 1 - i))) & 31];
    redact_add(text, length);
    const struct value *identity = value_secret(arena, label, text, length);
    sodium_memzero(key, sizeof key);
    sodium_memzero(groups, sizeof groups);
    sodium_memzero(text, sizeof text);
    return identity;
}
