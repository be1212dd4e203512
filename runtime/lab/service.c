// SPDX-License-Identifier: MIT
#include "lab/service.h"

#include "base/arena.h"
#include "base/clock.h"
#include "lab/spawn.h"
#include "lab/tool.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MS = 120000, RELEASE_MS = 5000, PATH_SIZE = 4096 };

static char *path_in(char path[PATH_SIZE], const char *directory, const char *folder,
                     const char *name, const char *end)
{
    snprintf(path, PATH_SIZE, "%s/%s/%s%s", directory, folder, name, end);
    return path;
}

static bool accepts(const char *ip, int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t) port)};
    inet_pton(AF_INET, ip, &address.sin_addr);
    int handle = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool open =
        handle >= 0 && connect(handle, (struct sockaddr *) &address, sizeof address) == 0;
    if (handle >= 0)
        close(handle);
    return open;
}

// The end of what it printed is the best reason there is.
static bool tell_why(const char *log, const char *name, struct fault *fault)
{
    struct arena arena;
    struct fault ignored = {0};
    const char *words = "";
    arena_init(&arena, 0);
    if (!tool_slurp(&arena, log, &words, &ignored))
        words = "";
    size_t length = strlen(words);
    fault_set(fault, FAULT_ERROR, "the lab's %s does not run", name);
    fault_why(fault, "%s", length > 600 ? words + length - 600 : words);
    fault_next(fault, "look into %s", log);
    arena_clear(&arena);
    return false;
}

static bool await(const struct service_call *call, pid_t pid, const char *log,
                  struct fault *fault)
{
    int64_t end = clock_monotonic_ms() + PATIENCE_MS;
    while (clock_monotonic_ms() < end) {
        if (accepts(call->address, call->port))
            return true;
        if (spawn_wait(pid, 20, NULL))
            break;
    }
    return tell_why(log, call->name, fault);
}

// What was ended just now may hold its port a moment longer: its children too must go.
static bool is_taken(const struct service_call *call)
{
    int64_t end = clock_monotonic_ms() + RELEASE_MS;
    while (accepts(call->address, call->port)) {
        if (clock_monotonic_ms() > end)
            return true;
        tool_pause(20);
    }
    return false;
}

// Somebody else's server would pass for ours: what a killed lab left, mostly.
static bool refuse_taken(const struct service_call *call, struct fault *fault)
{
    char place[80];
    struct arena arena;
    struct fault ignored = {0};
    const char *listeners = "";
    if (!is_taken(call))
        return true;
    snprintf(place, sizeof place, "%s:%d", call->address, call->port);
    const char *argv[] = {"ss", "-ltnpH", "src", place, NULL};
    arena_init(&arena, 0);
    if (!tool_read(&arena, argv, &listeners, &ignored))
        listeners = "";
    const char *pid = strstr(listeners, "pid=");
    fault_set(fault, FAULT_LOCKED, "the lab's %s cannot have %s", call->name, place);
    fault_why(fault, "another program listens there: %s",
              listeners[0] ? listeners : "it does not say which");
    if (pid)
        fault_next(fault, "when it is what a killed lab left: kill %d", atoi(pid + 4));
    else
        fault_next(fault, "see who it is: ss -ltnp");
    arena_clear(&arena);
    return false;
}

static const char *const *join_environment(struct arena *arena, const char *const *more)
{
    extern char **environ;
    size_t count = 0, added = 0;
    while (environ[count])
        count++;
    while (more && more[added])
        added++;
    const char **joined = arena_alloc(arena, (count + added + 1) * sizeof *joined);
    memcpy(joined, environ, count * sizeof *joined);
    if (added > 0)
        memcpy(joined + count, more, added * sizeof *joined);
    return joined;
}

bool service_start(const char *directory, const struct service_call *call,
                   struct fault *fault)
{
    char log[PATH_SIZE], record[PATH_SIZE];
    struct arena arena;
    pid_t pid;
    if (service_is_alive(directory, call->name))
        return true;
    if (!refuse_taken(call, fault))
        return false;
    path_in(log, directory, "log", call->name, ".log");
    path_in(record, directory, "run", call->name, ".pid");
    arena_init(&arena, 0);
    struct spawn_call spawn = {
        .argv = call->argv,
        .environment = join_environment(&arena, call->environment),
        .log = log,
        .descriptor = -1,
    };
    bool started = spawn_start(&spawn, &pid, fault);
    arena_clear(&arena);
    return started && spawn_record(record, pid, fault) && await(call, pid, log, fault);
}

static pid_t find(const char *directory, const char *name)
{
    char record[PATH_SIZE];
    return spawn_find(path_in(record, directory, "run", name, ".pid"));
}

bool service_is_alive(const char *directory, const char *name)
{
    return find(directory, name) > 0;
}

void service_signal(const char *directory, const char *name, int signal)
{
    pid_t pid = find(directory, name);
    if (pid > 0)
        kill(pid, signal);
}

void service_end(const char *directory, const char *name)
{
    char record[PATH_SIZE];
    spawn_end(path_in(record, directory, "run", name, ".pid"), SIGTERM);
}

void service_sweep(const char *directory)
{
    char path[PATH_SIZE];
    DIR *folder = opendir(path_in(path, directory, "run", "", ""));
    if (!folder)
        return;
    struct dirent *entry;
    while ((entry = readdir(folder))) {
        char *dot = strrchr(entry->d_name, '.');
        if (!dot || strcmp(dot, ".pid") != 0)
            continue;
        *dot = '\0';
        service_end(directory, entry->d_name);
    }
    closedir(folder);
}
