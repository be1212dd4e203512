// SPDX-License-Identifier: MIT
#include "lab/host.h"

#include "lab/cgroup.h"
#include "lab/launch.h"
#include "lab/link.h"
#include "lab/seed.h"
#include "lab/spawn.h"
#include "lab/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct host *host_new(const char *directory, const struct driver_host *made)
{
    struct host *host = calloc(1, sizeof *host);
    if (!host)
        abort();
    arena_init(&host->arena, 0);
    struct arena *arena = &host->arena;
    host->id = made->id;
    host->power = DRIVER_OFF;
    host->folder = arena_format(arena, "%s/hosts/%lld", directory, (long long) made->id);
    host->made = (struct driver_host){
        .id = made->id,
        .name = arena_text(arena, made->name),
        .hostname = arena_text(arena, made->hostname ? made->hostname : made->name),
        .ip = arena_text(arena, made->ip),
        .cores = made->cores,
        .memory_gb = made->memory_gb,
        .image = arena_text(arena, made->image),
        .user_data = arena_text(arena, made->user_data),
        .ssh_keys = arena_texts(arena, made->ssh_keys),
        .is_appliance = made->is_appliance,
    };
    return host;
}

void host_free(struct host *host)
{
    if (!host)
        return;
    arena_clear(&host->arena);
    free(host);
}

static bool make_folders(struct host *host, struct fault *fault)
{
    static const char *const names[] = {"upper", "work", "root", "docker"};
    char path[4096];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", host->folder, names[i]);
        if (!tool_make_folder(path, i == 3 ? 0710 : 0755, fault))
            return false;
    }
    return true;
}

bool host_create(struct host *host, const struct driver_host *made,
                 const struct driver_settings *settings, struct fault *fault)
{
    struct driver_host whole = host->made;
    whole.files = made->files;
    whole.file_count = made->file_count;
    struct launch_plan plan = {
        .id = host->id,
        .light = settings->kind == DRIVER_LIGHT || host->made.is_appliance,
    };
    snprintf(plan.ip, sizeof plan.ip, "%s", host->made.ip);
    snprintf(plan.hostname, sizeof plan.hostname, "%s", host->made.hostname);
    snprintf(plan.root, sizeof plan.root, "%s", settings->root);
    return make_folders(host, fault) && launch_write_plan(host->folder, &plan, fault) &&
           seed_write(host->folder, &whole, settings, fault);
}

static bool make_groups(const struct host *host, struct fault *fault)
{
    struct cgroup_layout layout;
    return cgroup_read(&layout, fault) && cgroup_make(&layout, host->id, fault) &&
           cgroup_limit(&layout, host->id, host->made.cores, host->made.memory_gb, fault);
}

static bool spawn_launcher(struct host *host, const struct driver_settings *settings,
                           int descriptor, struct fault *fault)
{
    const char *argv[16], *log = arena_format(&host->arena, "%s/log", host->folder);
    size_t count = 0;
    while (settings->launcher[count] && count < 14) {
        argv[count] = settings->launcher[count];
        count++;
    }
    argv[count] = host->folder;
    argv[count + 1] = NULL;
    struct spawn_call call = {.argv = argv, .log = log, .descriptor = descriptor};
    if (!spawn_start(&call, &host->launcher, fault))
        return false;
    const char *record = arena_format(&host->arena, "%s/launcher", host->folder);
    return spawn_record(record, host->launcher, fault);
}

// Waits until the pipe is closed: by then PID 1 runs, or the words say why not.
static bool listen_to(int descriptor, struct fault *fault)
{
    char words[1024];
    size_t length = 0;
    for (;;) {
        struct pollfd event = {.fd = descriptor, .events = POLLIN};
        int ready = poll(&event, 1, 120000);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return fault_set(fault, FAULT_ERROR, "the host did not start in two minutes");
        ssize_t count = read(descriptor, words + length, sizeof words - 1 - length);
        if (count <= 0)
            break;
        length += (size_t) count;
    }
    words[length] = '\0';
    return length == 0 || fault_set(fault, FAULT_ERROR, "%s", words);
}

bool host_launch(struct host *host, const struct driver_settings *settings,
                 struct fault *fault)
{
    int ends[2];
    if (!make_groups(host, fault))
        return fault_while(fault, "starting host %s", host->made.name);
    if (pipe2(ends, O_CLOEXEC) != 0)
        return fault_set(fault, FAULT_INTERNAL, "the lab has no descriptors left");
    bool started = spawn_launcher(host, settings, ends[1], fault);
    close(ends[1]);
    started = started && listen_to(ends[0], fault);
    close(ends[0]);
    if (!started) {
        host_kill(host);
        return fault_while(fault, "starting host %s", host->made.name);
    }
    host->power = DRIVER_RUNNING;
    return true;
}

static pid_t find_init(const char *folder)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/init", folder);
    return spawn_find(path);
}

pid_t host_init(const struct host *host)
{
    return host->power == DRIVER_RUNNING ? find_init(host->folder) : 0;
}

void host_kill(struct host *host)
{
    pid_t init = find_init(host->folder);
    if (init > 0)
        kill(init, SIGKILL);
    if (host->launcher > 0 && !spawn_wait(host->launcher, 10000, NULL)) {
        kill(host->launcher, SIGKILL);
        spawn_wait(host->launcher, 5000, NULL);
    }
    host->launcher = 0;
    host->power = DRIVER_OFF;
    link_leave(host->id);
}

bool host_has_ended(struct host *host, int *status)
{
    int ended = 0;
    if (host->launcher <= 0 || waitpid(host->launcher, &ended, WNOHANG) != host->launcher)
        return false;
    *status = WIFEXITED(ended) ? WEXITSTATUS(ended) : 128 + WTERMSIG(ended);
    host->launcher = 0;
    host->power = DRIVER_OFF;
    link_leave(host->id);
    return true;
}

// Whatever of it still runs ends; cable and groups go.
static bool end(const char *folder, int64_t id, struct fault *fault)
{
    struct cgroup_layout layout;
    char path[4096];
    pid_t init = find_init(folder);
    if (init > 0) {
        kill(init, SIGKILL);
        spawn_wait(init, 10000, NULL);
    }
    snprintf(path, sizeof path, "%s/launcher", folder);
    spawn_end(path, SIGKILL);
    link_leave(id);
    if (!cgroup_read(&layout, fault))
        return false;
    cgroup_remove(&layout, id);
    return true;
}

bool host_erase(const char *folder, int64_t id, struct fault *fault)
{
    return end(folder, id, fault) && tool_remove(folder, fault);
}

// A host's images are thousands of files: who waits for the API's answer must not wait
// for them.
bool host_bury(const char *folder, int64_t id, struct fault *fault)
{
    char grave[4096];
    if (!end(folder, id, fault))
        return false;
    snprintf(grave, sizeof grave, "%s.removed", folder);
    if (rename(folder, grave) != 0)
        return tool_remove(folder, fault);
    const char *argv[] = {"setsid", "--fork", "rm",  "-rf", "--one-file-system",
                          "--",     grave,    NULL};
    return tool_run(argv, NULL, fault);
}
