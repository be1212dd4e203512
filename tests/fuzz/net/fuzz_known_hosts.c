// SPDX-License-Identifier: MIT
//
// Any text is a known_hosts file: reading it ends, what it found judges itself as a match
// (or as revoked), and every key has a fingerprint. The same text as a key, too.
#include "net/known_hosts.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void require(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t length)
{
    struct arena arena;
    struct known_hosts known = {0};
    struct known_hosts_key key;
    struct fault fault = {0};
    arena_init(&arena, 0);
    char *text = arena_copy(&arena, (const char *) input, length);
    int port = length % 2 ? 22 : 2222;
    if (known_hosts_read(&arena, text, "Host.example", port, &known, &fault)) {
        for (size_t i = 0; i < known.count; i++) {
            const struct known_hosts_key *each = &known.keys[i];
            enum known_hosts_verdict verdict =
                known_hosts_judge(&known, each->type, each->base64);
            require(verdict == KNOWN_HOSTS_MATCH || verdict == KNOWN_HOSTS_REVOKED);
            require(strncmp(known_hosts_fingerprint(&arena, each->base64),
                            "SHA256:", 7) == 0);
        }
        require(known_hosts_preference(&arena, known.keys, known.count)[0] != '\0');
    } else {
        require(fault_is_set(&fault));
    }
    if (known_hosts_parse_key(&arena, text, &key, &fault))
        require(key.type[0] != '\0');
    arena_clear(&arena);
    return 0;
}
