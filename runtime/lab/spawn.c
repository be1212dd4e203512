// SPDX-License-Identifier: MIT
#include "lab/spawn.h"

#include "lab/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int set_files(posix_spawn_file_actions_t *files, const struct spawn_call *call)
{
    int error = posix_spawn_file_actions_addopen(files, 0, "/dev/null", O_RDONLY, 0);
    if (error == 0)
        error = posix_spawn_file_actions_addopen(files, 1, call->log,
                                                 O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (error == 0)
        error = posix_spawn_file_actions_adddup2(files, 1, 2);
    if (error == 0 && call->descriptor >= 0)
        error = posix_spawn_file_actions_adddup2(files, call->descriptor, 3);
    if (error == 0 && call->directory)
        error = posix_spawn_file_actions_addchdir_np(files, call->directory);
    // Nothing of ours leaks into a process that outlives us.
    if (error == 0)
        error = posix_spawn_file_actions_addclosefrom_np(files,
                                                         call->descriptor >= 0 ? 4 : 3);
    return error;
}

bool spawn_start(const struct spawn_call *call, pid_t *pid, struct fault *fault)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t all, none;
    extern char **environ;

    sigfillset(&all);
    sigemptyset(&none);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF |
                                              POSIX_SPAWN_SETSIGMASK);
    int error = set_files(&files, call);
    if (error == 0)
        error = posix_spawnp(
            pid, call->argv[0], &files, &attributes, (char *const *) call->argv,
            call->environment ? (char *const *) call->environment : environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    if (error == 0)
        return true;
    fault_set(fault, FAULT_ERROR, "the lab cannot start %s", call->argv[0]);
    fault_why(fault, "%s", strerror(error));
    if (error == ENOENT)
        fault_next(fault, "install what the lab needs: tests/packages lab");
    return false;
}

// The start time in clock ticks since boot, field 22 of stat; 0 for a dead process.
static unsigned long long start_time(pid_t pid)
{
    char path[64], line[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", (int) pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return 0;
    size_t length = fread(line, 1, sizeof line - 1, file);
    fclose(file);
    line[length] = '\0';
    char *field = strrchr(line, ')');
    if (!field || field[1] == '\0' || field[2] == 'Z')
        return 0;
    for (int number = 2; field && number < 22; number++)
        field = strchr(field + 1, ' ');
    return field ? strtoull(field + 1, NULL, 10) : 0;
}

bool spawn_record(const char *path, pid_t pid, struct fault *fault)
{
    char line[64];
    snprintf(line, sizeof line, "%d %llu\n", (int) pid, start_time(pid));
    return tool_write(path, 0644, line, fault);
}

pid_t spawn_find(const char *path)
{
    int pid = 0;
    unsigned long long started = 0;
    FILE *file = fopen(path, "re");
    if (!file)
        return 0;
    int fields = fscanf(file, "%d %llu", &pid, &started);
    fclose(file);
    if (fields != 2 || pid <= 1 || started == 0 || start_time(pid) != started)
        return 0;
    return pid;
}

bool spawn_wait(pid_t pid, int timeout_ms, int *status)
{
    int ended = 0;
    int handle = (int) syscall(SYS_pidfd_open, pid, 0);
    if (handle >= 0) {
        struct pollfd event = {.fd = handle, .events = POLLIN};
        int count;
        do
            count = poll(&event, 1, timeout_ms);
        while (count < 0 && errno == EINTR);
        close(handle);
        if (count <= 0)
            return false;
    }
    pid_t reaped = waitpid(pid, &ended, WNOHANG);
    if (status)
        *status = reaped == pid ? ended : 0;
    return true;
}

void spawn_end(const char *path, int signal)
{
    pid_t pid = spawn_find(path);
    if (pid > 0) {
        kill(pid, signal);
        if (!spawn_wait(pid, 2000, NULL)) {
            kill(-pid, SIGKILL);
            kill(pid, SIGKILL);
            spawn_wait(pid, 5000, NULL);
        } else {
            kill(-pid, SIGKILL); // what it started, if anything is left of it
        }
    }
    unlink(path);
}
