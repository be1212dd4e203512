// SPDX-License-Identifier: MIT
#include "lab/tool.h"

#include "base/text.h"
#include "net/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool run(const char *const *argv, const char *input, struct arena *arena,
                struct process_result *result, struct fault *fault)
{
    struct process_call call = {
        .argv = argv,
        .input = input,
        .input_length = input ? strlen(input) : 0,
    };
    if (!process_run(&call, arena, result, fault))
        return fault_while(fault, "running %s for the lab", argv[0]);
    if (result->status == 0 && result->signal == 0)
        return true;
    struct text words;
    text_init(&words, 0);
    for (size_t i = 0; argv[i]; i++)
        text_format(&words, i ? " %s" : "%s", argv[i]);
    fault_set(fault, FAULT_ERROR, "the lab's `%.200s` failed (status %d)", words.bytes,
              result->status);
    text_clear(&words);
    return fault_why(fault, "%.1500s", result->errors_length ? result->errors : input);
}

bool tool_run(const char *const *argv, const char *input, struct fault *fault)
{
    struct arena arena;
    struct process_result result = {0};
    arena_init(&arena, 0);
    bool done = run(argv, input, &arena, &result, fault);
    arena_clear(&arena);
    return done;
}

bool tool_read(struct arena *arena, const char *const *argv, const char **output,
               struct fault *fault)
{
    struct process_result result = {0};
    if (!run(argv, NULL, arena, &result, fault))
        return false;
    size_t length = result.length;
    while (length > 0 && result.output[length - 1] == '\n')
        length--;
    *output = arena_copy(arena, result.output, length);
    return true;
}

static bool system_fault(struct fault *fault, const char *what, const char *path)
{
    int error = errno;
    fault_set(fault, FAULT_ERROR, "the lab cannot %s %s", what, path);
    fault_why(fault, "%s", strerror(error));
    if (error == EACCES || error == EPERM)
        fault_next(fault, "run `pipster lab` as root, or let it use sudo");
    return false;
}

bool tool_make_folder(const char *path, mode_t mode, struct fault *fault)
{
    char *copy = strdup(path);
    bool made = true;
    for (char *slash = copy + 1; made && *slash; slash++) {
        if (*slash != '/')
            continue;
        *slash = '\0';
        made = mkdir(copy, 0755) == 0 || errno == EEXIST;
        *slash = '/';
    }
    if (made) {
        made = mkdir(copy, mode) == 0;
        if (made)
            chmod(copy, mode); // whatever the umask
        else
            made = errno == EEXIST;
    }
    free(copy);
    return made || system_fault(fault, "make the folder", path);
}

static bool write_all(int file, const char *content)
{
    size_t left = strlen(content);
    while (left > 0) {
        ssize_t count = write(file, content, left);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return false;
        content += count;
        left -= (size_t) count;
    }
    return true;
}

bool tool_write(const char *path, mode_t mode, const char *content, struct fault *fault)
{
    char beside[4096];
    snprintf(beside, sizeof beside, "%s.new", path);
    int file = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (file < 0)
        return system_fault(fault, "write", path);
    bool done = fchmod(file, mode) == 0 && write_all(file, content);
    if (close(file) != 0 || !done || rename(beside, path) != 0)
        return system_fault(fault, "write", path);
    return true;
}

static bool write_open(const char *path, int flags, const char *content,
                       struct fault *fault)
{
    int file = open(path, O_WRONLY | O_CLOEXEC | flags, 0644);
    if (file < 0)
        return system_fault(fault, "open", path);
    bool done = write_all(file, content);
    int error = errno;
    close(file);
    errno = error;
    return done || system_fault(fault, "write", path);
}

bool tool_append(const char *path, const char *content, struct fault *fault)
{
    return write_open(path, O_APPEND | O_CREAT, content, fault);
}

bool tool_poke(const char *path, const char *content, struct fault *fault)
{
    return write_open(path, 0, content, fault);
}

bool tool_slurp(struct arena *arena, const char *path, const char **content,
                struct fault *fault)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return system_fault(fault, "read", path);
    struct text text;
    text_init(&text, 0);
    char bytes[8192];
    ssize_t count;
    while ((count = read(file, bytes, sizeof bytes)) > 0)
        text_add_bytes(&text, bytes, (size_t) count);
    close(file);
    *content = arena_copy(arena, text.bytes, text.length);
    text_clear(&text);
    return count == 0 || system_fault(fault, "read", path);
}

bool tool_remove(const char *path, struct fault *fault)
{
    const char *argv[] = {"rm", "-rf", "--one-file-system", "--", path, NULL};
    return tool_run(argv, NULL, fault);
}

void tool_pause(int ms)
{
    poll(NULL, 0, ms);
}
