// SPDX-License-Identifier: MIT
//
// What a lab needs before it starts. The two long builds run at the same time; each is a
// script of stdlib/lab that prints the folder of its result last, and is quick when the
// result is cached.
#include "lab/prepare.h"

#include "base/clock.h"
#include "lab/link.h"
#include "lab/spawn.h"
#include "lab/tool.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct build {
    const char *script;
    const char *argument;
    char log[4096];
    pid_t pid;
    bool ended;
};

static const char *find_share(const char *path)
{
    static const char scripts[] = "stdlib/lab/", application[] = "examples/pipster-app/";
    if (strncmp(path, scripts, sizeof scripts - 1) == 0)
        return strstr(path, ".sh") ? path + strlen("stdlib/") : NULL;
    if (strncmp(path, application, sizeof application - 1) == 0)
        return path + strlen("examples/");
    return NULL;
}

// Scripts of the binary, on disk: they read each other and are run by their names.
static bool put_files(const struct lab_settings *settings, struct arena *arena,
                      struct fault *fault)
{
    for (size_t i = 0; i < settings->file_count; i++) {
        const char *name = find_share(settings->files[i].path);
        if (!name)
            continue;
        char *path = arena_format(arena, "%s/share/%s", settings->directory, name);
        char *slash = strrchr(path, '/');
        *slash = '\0';
        if (!tool_make_folder(path, 0755, fault))
            return false;
        *slash = '/';
        if (!tool_write(
                path, strstr(name, ".sh") ? 0755 : 0644,
                arena_copy(arena, settings->files[i].bytes, settings->files[i].length),
                fault))
            return false;
    }
    return true;
}

static bool make_folders(const struct lab_settings *settings, struct arena *arena,
                         struct fault *fault)
{
    static const char *const names[] = {"ca",  "dns", "git",  "hosts",
                                        "log", "run", "share"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!tool_make_folder(arena_format(arena, "%s/%s", settings->directory, names[i]),
                              0755, fault))
            return false;
    return tool_make_folder(arena_format(arena, "%s/ssh", settings->directory), 0700,
                            fault);
}

static bool make_key(const struct lab_settings *settings, struct arena *arena,
                     struct fault *fault)
{
    const char *key = arena_format(arena, "%s/ssh/id_ed25519", settings->directory);
    const char *argv[] = {"ssh-keygen", "-q",          "-t", "ed25519", "-N", "",
                          "-C",         "pipster-lab", "-f", key,       NULL};
    return access(key, F_OK) == 0 || tool_run(argv, NULL, fault);
}

// Under sudo the lab is root's, but those who log in to its hosts are not.
static bool give_key_to_caller(const struct lab_settings *settings, struct arena *arena,
                               struct fault *fault)
{
    const char *user = getenv("SUDO_UID");
    const char *argv[] = {"chown", "-R", user,
                          arena_format(arena, "%s/ssh", settings->directory), NULL};
    return geteuid() != 0 || !user || tool_run(argv, NULL, fault);
}

static bool run_script(const struct lab_settings *settings, struct arena *arena,
                       const char *name, const char *const *arguments,
                       struct fault *fault)
{
    const char *argv[8] = {
        "sh", arena_format(arena, "%s/share/lab/%s", settings->directory, name)};
    for (size_t i = 0; arguments[i] && i < 5; i++)
        argv[i + 2] = arguments[i];
    return tool_run(argv, NULL, fault);
}

static bool make_forward(const struct lab_settings *settings, struct arena *arena,
                         struct fault *fault)
{
    const char *lines;
    const char *argv[] = {
        "sh", arena_format(arena, "%s/share/lab/forward.sh", settings->directory), NULL};
    return tool_read(arena, argv, &lines, fault) &&
           tool_write(arena_format(arena, "%s/dns/forward.conf", settings->directory),
                      0644, arena_format(arena, "%s\n", lines), fault);
}

static bool make_small_things(const struct lab_settings *settings, struct arena *arena,
                              struct fault *fault)
{
    char registry[] = LAB_REGISTRY;
    *strchr(registry, ':') = '\0';
    const char *authority[] = {arena_format(arena, "%s/ca", settings->directory),
                               LINK_GATEWAY, registry, NULL};
    const char *git[] = {
        arena_format(arena, "%s/share/pipster-app", settings->directory),
        arena_format(arena, "%s/git/pipster/identity.git", settings->directory), NULL};
    return make_forward(settings, arena, fault) &&
           run_script(settings, arena, "authority.sh", authority, fault) &&
           run_script(settings, arena, "git.sh", git, fault);
}

static bool start_build(const struct lab_settings *settings, struct arena *arena,
                        struct build *build, struct fault *fault)
{
    const char *cache = settings->cache ? settings->cache : LAB_CACHE;
    const char *argv[] = {
        "sh", arena_format(arena, "%s/share/lab/%s", settings->directory, build->script),
        cache, build->argument, NULL};
    snprintf(build->log, sizeof build->log, "%s/log/%s.log", settings->directory,
             build->script);
    unlink(build->log);
    struct spawn_call call = {.argv = argv, .log = build->log, .descriptor = -1};
    return tool_make_folder(cache, 0755, fault) && spawn_start(&call, &build->pid, fault);
}

// The folder that a script printed last.
static bool end_build(struct build *build, int status, struct arena *arena,
                      const char **folder, struct fault *fault)
{
    const char *words;
    if (!tool_slurp(arena, build->log, &words, fault))
        return false;
    size_t length = strlen(words);
    if (status != 0) {
        fault_set(fault, FAULT_ERROR, "the lab's %s failed", build->script);
        fault_why(fault, "%s", length > 1200 ? words + length - 1200 : words);
        return fault_next(fault, "read %s; whether packages can be had: apt-get update",
                          build->log);
    }
    while (length > 0 && words[length - 1] == '\n')
        length--;
    size_t start = length;
    while (start > 0 && words[start - 1] != '\n')
        start--;
    *folder = arena_copy(arena, words + start, length - start);
    return true;
}

static bool await_builds(struct build *builds, size_t count, struct arena *arena,
                         const char **folders, struct fault *fault)
{
    bool done = true;
    for (size_t i = 0; i < count; i++) {
        int status = 1;
        if (builds[i].pid <= 0)
            continue;
        if (!done)
            kill(-builds[i].pid, SIGTERM);
        while (!spawn_wait(builds[i].pid, 60000, &status))
            continue;
        done = done && end_build(&builds[i], status, arena, &folders[i], fault);
    }
    return done;
}

static bool build_caches(const struct lab_settings *settings, struct arena *arena,
                         struct fault *fault)
{
    struct build builds[] = {
        {.script = "root.sh"},
        {.script = "images.sh",
         .argument = arena_format(arena, "%s/share/pipster-app", settings->directory)},
    };
    const char *folders[2] = {NULL};
    struct fault ignored = {0};
    bool own = settings->driver == DRIVER_OWN;
    bool done = start_build(settings, arena, &builds[0], fault) &&
                (!own || start_build(settings, arena, &builds[1], fault));
    if (!await_builds(builds, own ? 2 : 1, arena, folders, done ? fault : &ignored) ||
        !done)
        return false;
    return tool_write(arena_format(arena, "%s/prepared", settings->directory), 0644,
                      arena_format(arena, "%s\n%s\n", folders[0], own ? folders[1] : "-"),
                      fault);
}

// Beside the lab's own folder of them, for hosts that are no servers.
static bool link_tools(const struct lab_settings *settings, struct arena *arena,
                       struct fault *fault)
{
    const char *root, *images;
    if (!prepare_read(arena, settings->directory, &root, &images, fault))
        return false;
    const char *arguments[] = {settings->cache ? settings->cache : LAB_CACHE, root,
                               arena_format(arena, "%s/tools", settings->directory),
                               NULL};
    return run_script(settings, arena, "tools.sh", arguments, fault);
}

static void say(lab_line_fn line, void *context, const char *words)
{
    if (line)
        line(context, words);
}

bool prepare_all(const struct lab_settings *settings, lab_line_fn line, void *context,
                 struct fault *fault)
{
    struct arena arena;
    arena_init(&arena, 0);
    int64_t begun = clock_monotonic_ms();
    bool done = make_folders(settings, &arena, fault) &&
                make_key(settings, &arena, fault) &&
                give_key_to_caller(settings, &arena, fault);
    if (done && settings->driver != DRIVER_NONE) {
        say(line, context,
            "preparing the hosts' root file system and the registry's images "
            "(minutes the first time, then cached)");
        done = put_files(settings, &arena, fault) &&
               make_small_things(settings, &arena, fault) &&
               build_caches(settings, &arena, fault) &&
               link_tools(settings, &arena, fault);
        if (done)
            say(line, context,
                arena_format(&arena, "prepared in %lld s",
                             (long long) (clock_monotonic_ms() - begun) / 1000));
    }
    arena_clear(&arena);
    return done || fault_while(fault, "preparing the lab");
}

bool prepare_read(struct arena *arena, const char *directory, const char **root,
                  const char **registry, struct fault *fault)
{
    const char *lines;
    if (!tool_slurp(arena, arena_format(arena, "%s/prepared", directory), &lines, fault))
        return false;
    size_t length = strcspn(lines, "\n");
    *root = arena_copy(arena, lines, length);
    lines += length + (lines[length] == '\n');
    *registry = arena_copy(arena, lines, strcspn(lines, "\n"));
    return true;
}
