// SPDX-License-Identifier: MIT
#include "net/credential.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>

struct credential {
    struct credential *next;
    char origin[ORIGIN_SIZE];
    char *line;  // a mapping of its own
    size_t size; // of the mapping
};

static bool same_name(const char *line, const char *name, size_t length)
{
    return strncasecmp(line, name, length) == 0 && line[length] == ':';
}

static void credential_drop(struct credential **link)
{
    struct credential *credential = *link;
    *link = credential->next;
    explicit_bzero(credential->line, credential->size);
    munmap(credential->line, credential->size);
    free(credential);
}

void credential_add(struct credential **list, const char *origin, const char *name,
                    const char *value)
{
    for (struct credential **link = list; *link;) {
        if (strcmp((*link)->origin, origin) == 0 &&
            same_name((*link)->line, name, strlen(name)))
            credential_drop(link);
        else
            link = &(*link)->next;
    }
    struct credential *credential = calloc(1, sizeof *credential);
    if (!credential)
        abort();
    size_t needed = strlen(name) + strlen(value) + 3;
    credential->size = (needed + 4095) / 4096 * 4096;
    credential->line = mmap(NULL, credential->size, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (credential->line == MAP_FAILED)
        abort();
    // A limit on locked memory is no reason to refuse work.
    (void) mlock(credential->line, credential->size);
    (void) madvise(credential->line, credential->size, MADV_DONTDUMP);
    snprintf(credential->line, needed, "%s: %s", name, value);
    snprintf(credential->origin, sizeof credential->origin, "%s", origin);
    credential->next = *list;
    *list = credential;
}

void credential_clear(struct credential **list)
{
    while (*list)
        credential_drop(list);
}

const struct credential *credential_next(const struct credential *list,
                                         const struct credential *previous,
                                         const char *origin)
{
    const struct credential *credential = previous ? previous->next : list;
    while (credential && strcmp(credential->origin, origin) != 0)
        credential = credential->next;
    return credential;
}

const char *credential_line(const struct credential *credential)
{
    return credential->line;
}
