// SPDX-License-Identifier: MIT
//
// Any text is an ssh_config: reading it ends, with a fault that names a line or with a
// host to connect to. What was said before counts, whatever is appended.
#include "net/ssh_config.h"

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
    struct ssh_config config, longer;
    struct fault fault = {0};
    arena_init(&arena, 0);
    char *text = arena_copy(&arena, (const char *) input, length);
    if (!ssh_config_parse(&arena, text, "web1.example", &config, &fault)) {
        require(fault_is_set(&fault) && fault.where[0] && fault.next[0]);
    } else {
        require(config.host_name && config.port >= 0 && config.port <= 65535);
        for (size_t i = 0; i < config.identity_count; i++)
            require(config.identities[i] != NULL);
        const char *more = "\nHost *\nPort 7\nUser zed\nHostName other\n";
        char *whole = arena_format(&arena, "%s%s", text, more);
        require(ssh_config_parse(&arena, whole, "web1.example", &longer, &fault));
        require(longer.port == (config.port ? config.port : 7));
        require(strcmp(longer.user, config.user ? config.user : "zed") == 0);
    }
    arena_clear(&arena);
    return 0;
}
