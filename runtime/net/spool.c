// SPDX-License-Identifier: MIT
#include "net/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CEILING ((uint64_t) 5 << 30)

struct spool {
    int fd;
    uint64_t length;
    char path[];
};

struct spool *spool_new(const char *folder)
{
    static const char name[] = "/body-XXXXXX";
    size_t size = strlen(folder) + sizeof name;
    struct spool *spool = calloc(1, sizeof *spool + size);
    if (!spool)
        abort();
    snprintf(spool->path, size, "%s%s", folder, name);
    spool->fd = mkostemp(spool->path, O_CLOEXEC);
    if (spool->fd >= 0)
        return spool;
    free(spool);
    return NULL;
}

bool spool_add(struct spool *spool, const char *bytes, size_t length)
{
    spool->length += length;
    if (spool->length > CEILING)
        return false;
    while (length > 0) {
        ssize_t written = write(spool->fd, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes += written;
        length -= (size_t) written;
    }
    return true;
}

const char *spool_path(const struct spool *spool)
{
    return spool->path;
}

void spool_free(struct spool *spool)
{
    if (!spool)
        return;
    close(spool->fd);
    unlink(spool->path);
    free(spool);
}
