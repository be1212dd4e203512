// SPDX-License-Identifier: MIT
//
// What address_parse takes, address_format gives back byte by byte, whatever the bytes;
// names and hosts that come out of it keep their rules; and a glob made of an
// address matches that address.
#include "value/address.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_address(struct arena *arena, const char *text)
{
    struct address address;
    struct fault fault;

    fault_clear(&fault);
    if (!address_parse(arena, text, &address, &fault)) {
        require(fault_is_set(&fault));
        return;
    }
    require(!address.host || address_name_is_valid(address.host));
    require(!address.name || address.name[0]);
    require(strcmp(text,
                   address_format(arena, address.host, address.type, address.name)) == 0);
}

static void check_glob(struct arena *arena, const char *text, size_t length)
{
    char *pattern = arena_text(arena, text);

    require(address_matches(text, "*"));
    require(address_matches(text, pattern));
    for (size_t i = 0; i < length; i += 3) {
        pattern[i] = i % 2 ? '*' : '?';
    }
    require(address_matches(text, pattern));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct arena arena;
    char *text;

    arena_init(&arena, 0);
    text = arena_copy(&arena, (const char *) bytes, length);
    check_address(&arena, text);
    check_glob(&arena, text, strlen(text));
    arena_clear(&arena);
    return 0;
}
