// SPDX-License-Identifier: MIT
//
// Any secret may be said to be an SSH key: its public half is one line of ed25519, or
// there is none. The bytes as they are, and as what the armour of a key holds.
#include "store/secret.h"

#include <sodium.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/redact.h"
#include "base/text.h"

#define HEAD "-----BEGIN OPENSSH PRIVATE KEY-----\n"
#define TAIL "\n-----END OPENSSH PRIVATE KEY-----\n"

static void judge(struct arena *arena, const char *bytes, size_t size)
{
    const char *half =
        secret_ssh_public(arena, value_secret(arena, "secret/key", bytes, size));
    if (half == NULL)
        return;
    if (strncmp(half, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", 32) != 0 ||
        strlen(half) != 80 || strchr(half, '\n') != NULL)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena arena;
    struct text text;
    arena_init(&arena, 0);
    judge(&arena, (const char *) bytes, size);
    size_t room = sodium_base64_encoded_len(size, sodium_base64_VARIANT_ORIGINAL);
    char *encoded = arena_alloc(&arena, room);
    sodium_bin2base64(encoded, room, bytes, size, sodium_base64_VARIANT_ORIGINAL);
    text_init(&text, 0);
    text_format(&text, HEAD "%s" TAIL, encoded);
    judge(&arena, text.bytes, text.length);
    text_clear(&text);
    redact_clear();
    arena_clear(&arena);
    return 0;
}
