// SPDX-License-Identifier: MIT
#include "command/written_file.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/file.h"

static bool write_bytes(int descriptor, const struct text *text)
{
    size_t written = 0;
    while (written < text->length) {
        ssize_t count = write(descriptor, text->bytes + written, text->length - written);
        if (count < 0 && errno != EINTR)
            return false;
        written += count > 0 ? (size_t) count : 0;
    }
    return true;
}

static bool set_mode(int descriptor)
{
    mode_t mask = umask(0);
    umask(mask);
    return fchmod(descriptor, 0666 & ~mask) == 0;
}

bool written_file_put(const struct text *text, const char *path, struct arena *arena,
                      struct fault *fault)
{
    char *fresh = arena_format(arena, "%s.XXXXXX", path);
    int descriptor = mkstemp(fresh);
    if (descriptor < 0)
        return file_fail(fault, "create", path);
    bool written = (write_bytes(descriptor, text) && set_mode(descriptor)) ||
                   file_fail(fault, "write", path);
    if (close(descriptor) != 0 && written)
        written = file_fail(fault, "write", path);
    if (!written)
        unlink(fresh);
    return written && file_publish(fresh, path, NULL, fault);
}
