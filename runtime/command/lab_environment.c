// SPDX-License-Identifier: MIT
#include "command/lab_environment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

// The hosts get the root of the lab's own CA as text, since they cannot read our files.
static void load_acme_root(void)
{
    const char *path = getenv("PIPSTER_ACME_ROOT");
    FILE *file = path ? fopen(path, "re") : NULL;
    if (!file)
        return;
    struct text pem;
    text_init(&pem, 1 << 20);
    char block[4096];
    size_t length;
    while ((length = fread(block, 1, sizeof block, file)) > 0)
        text_add_bytes(&pem, block, length);
    fclose(file);
    setenv("PIPSTER_ACME_ROOT_PEM", pem.bytes, 1);
    text_clear(&pem);
}

bool lab_environment_load(const char *directory, struct fault *fault)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/env", directory);
    FILE *file = fopen(path, "re");
    if (!file) {
        fault_set(fault, FAULT_ERROR, "the lab is not up");
        fault_where(fault, "%s", directory);
        return fault_next(fault, "pipster lab up");
    }
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    while ((length = getline(&line, &capacity, file)) > 0) {
        if (line[length - 1] == '\n')
            line[length - 1] = '\0';
        char *equals = strchr(line, '=');
        if (!equals || line[0] == '#')
            continue;
        *equals = '\0';
        setenv(line, equals + 1, 1);
    }
    free(line);
    fclose(file);
    load_acme_root();
    return true;
}
