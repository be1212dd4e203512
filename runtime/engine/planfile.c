// SPDX-License-Identifier: MIT
#include "engine/planfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/planfile_decode.h"
#include "engine/planfile_digest.h"
#include "engine/planfile_encode.h"
#include "store/file.h"

#define LONGEST ((off_t) 1 << 30)

static int compare_marks(const void *left, const void *right)
{
    return strcmp(((const struct planfile_mark *) left)->name,
                  ((const struct planfile_mark *) right)->name);
}

void planfile_sort_marks(struct planfile_marks *marks)
{
    if (marks->count > 1)
        qsort(marks->items, marks->count, sizeof *marks->items, compare_marks);
}

const struct planfile_mark *planfile_find_mark(const struct planfile_marks *marks,
                                               const char *name)
{
    for (size_t i = 0; i < marks->count; i++)
        if (strcmp(marks->items[i].name, name) == 0)
            return &marks->items[i];
    return NULL;
}

static bool write_bytes(const char *path, const struct text *text, struct fault *fault)
{
    int descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0)
        return file_fail(fault, "open", path);
    size_t written = 0;
    bool done = true;
    while (done && written < text->length) {
        ssize_t length = write(descriptor, text->bytes + written, text->length - written);
        if (length >= 0)
            written += (size_t) length;
        else if (errno != EINTR)
            done = file_fail(fault, "write", path);
    }
    close(descriptor);
    return done;
}

// A slip of the keyboard must not cost a playbook.
static bool may_replace(const char *path, struct fault *fault)
{
    struct stat status;
    char head[64] = "";
    if (stat(path, &status) != 0)
        return errno == ENOENT || file_fail(fault, "look at", path);
    int descriptor = S_ISREG(status.st_mode) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    ssize_t length = descriptor >= 0 ? read(descriptor, head, sizeof head - 1) : -1;
    if (descriptor >= 0)
        close(descriptor);
    if (length == 0 || (length > 0 && strstr(head, "\"pipster_plan\"") != NULL))
        return true;
    fault_set(fault, FAULT_USAGE, "there is something else at %s", path);
    fault_why(fault, "only a saved plan is replaced by another one");
    return fault_next(fault, "give --out another name, or move that away");
}

bool planfile_write(const char *path, const struct planfile *file,
                    const struct vault *vault, struct fault *fault)
{
    struct text text, beside;
    text_init(&text, 0);
    text_init(&beside, 0);
    text_format(&beside, "%s.%s.new", path, file->id);
    planfile_encode(&text, file);
    planfile_encode_end(&text, file, vault);
    bool done = false;
    if (text.overflow)
        fault_set(fault, FAULT_ERROR, "the plan is too large to be saved");
    else
        done = may_replace(path, fault) && file_create(beside.bytes, true, fault);
    if (done) {
        done = write_bytes(beside.bytes, &text, fault) &&
               file_publish(beside.bytes, path, NULL, fault);
        if (!done)
            unlink(beside.bytes);
    }
    text_clear(&beside);
    text_clear(&text);
    return done || fault_while(fault, "saving the plan");
}

static bool read_bytes(struct arena *arena, const char *path, const char **bytes,
                       size_t *length, struct fault *fault)
{
    struct stat status;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        int code = errno;
        fault_set(fault, FAULT_USAGE, "the plan %s cannot be read", path);
        fault_why(fault, "%s", strerror(code));
        return fault_next(fault, "pipster plan --out FILE makes one");
    }
    bool plain = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) &&
                 status.st_size <= LONGEST;
    size_t room = plain ? (size_t) status.st_size : 0;
    char *start = arena_alloc(arena, room + 1);
    *length = 0;
    while (plain && *length < room) {
        ssize_t got = read(descriptor, start + *length, room - *length);
        if (got == 0 || (got < 0 && errno != EINTR))
            break;
        *length += got > 0 ? (size_t) got : 0;
    }
    close(descriptor);
    *bytes = start;
    return plain ||
           fault_set(fault, FAULT_USAGE, "%s is no plain file, so no plan", path);
}

bool planfile_read(struct arena *arena, const char *path, struct planfile *file,
                   struct fault *fault)
{
    const char *bytes = NULL;
    size_t length = 0;
    if (!read_bytes(arena, path, &bytes, &length, fault))
        return false;
    if (planfile_decode(arena, bytes, length, file, fault))
        return true;
    return fault_where(fault, "%s", path);
}

bool planfile_is_sealed(const struct planfile *file, const struct vault *vault)
{
    struct arena arena;
    if (file->seal == NULL || file->checksum == NULL || vault == NULL)
        return false;
    arena_init(&arena, 0);
    const char *sealed = arena_format(&arena, "seal:%s", file->checksum);
    const char *seal = planfile_digest_bytes(&arena, vault, sealed, strlen(sealed));
    bool same = strcmp(seal, file->seal) == 0;
    arena_clear(&arena);
    return same;
}
