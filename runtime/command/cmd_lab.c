// SPDX-License-Identifier: MIT
//
// `lab up` prepares what is cached in the foreground, then starts the daemon (`lab
// serve`, this binary again) and waits for its first word on a pipe: "ready", or what
// went wrong.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command/command.h"
#include "command/lab_daemon.h"
#include "command/lab_fault.h"
#include "command/lab_root.h"
#include "command/project.h"
#include "lab/launch.h"
#include "value/json.h"
#include "view/terminal.h"

static bool make_lab_folder(const struct project *project, struct fault *fault)
{
    if (!project_make_folders(project, fault))
        return false;
    if (mkdir(project->lab_directory, 0700) == 0 || errno == EEXIST)
        return true;
    fault_set(fault, FAULT_ERROR, "cannot make the folder %s", project->lab_directory);
    return fault_why(fault, "%s", strerror(errno));
}

static void print_line(void *context, const char *line)
{
    const struct terminal *terminal = context;
    terminal_print(terminal, TERMINAL_DIM, "  %s\n", line);
    fflush(terminal->stream);
}

// The state of the environment "lab" goes with the world that it speaks of.
static void forget_state(const struct project *project, struct arena *arena)
{
    const char *kinds[] = {"db", "db-wal", "db-shm", "cache", "cache-wal", "cache-shm"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        unlink(arena_format(arena, "%s/.pipster/state/lab.%s", project->root, kinds[i]));
}

// A lab whose daemon was killed has lost its world: what is left of it is in the way.
static bool clear_killed(const struct project *project, const struct terminal *terminal,
                         struct arena *arena, struct fault *fault)
{
    if (access(arena_format(arena, "%s/daemon.lock", project->lab_directory), F_OK) != 0)
        return true;
    terminal_print(terminal, TERMINAL_PLAIN,
                   "A former lab ended without `lab down`: taking it away first.\n");
    if (!lab_daemon_stop(project->lab_directory, fault))
        return false;
    forget_state(project, arena);
    return true;
}

static bool up(const struct project *project, const struct options *options,
               struct arena *arena, struct fault *fault)
{
    struct terminal terminal;
    terminal_init(&terminal, stderr, !options->no_color);
    struct lab_daemon_options wanted;
    if (!lab_daemon_options(&wanted, project, options, arena, fault) ||
        !make_lab_folder(project, fault))
        return false;
    if (lab_daemon_is_running(project->lab_directory)) {
        terminal_print(&terminal, TERMINAL_PLAIN, "The lab is up already.\n");
        return true;
    }
    if (geteuid() != 0 &&
        (wanted.driver != DRIVER_NONE || lab_root_is_needed(project->lab_directory)))
        return lab_root_become(project, options, "up", fault);
    bool done = clear_killed(project, &terminal, arena, fault) &&
                lab_daemon_prepare(&wanted, print_line, &terminal, fault) &&
                lab_daemon_start(&wanted, fault);
    lab_root_give(project);
    if (done)
        terminal_print(&terminal, TERMINAL_GREEN, "The lab is up: driver %s, stock %s.\n",
                       driver_kind_name(wanted.driver), wanted.stock);
    return done;
}

static bool down(const struct project *project, const struct options *options,
                 struct arena *arena, struct fault *fault)
{
    struct terminal terminal;
    terminal_init(&terminal, stderr, !options->no_color);
    if (lab_root_is_needed(project->lab_directory))
        return lab_root_become(project, options, "down", fault);
    if (!lab_daemon_stop(project->lab_directory, fault))
        return false;
    forget_state(project, arena);
    terminal_print(&terminal, TERMINAL_GREEN, "The lab is down.\n");
    return true;
}

// NAME='value', so that `eval "$(pipster lab env)"` takes any value.
static void print_quoted(char *line)
{
    char *equals = strchr(line, '=');
    line[strcspn(line, "\n")] = '\0';
    if (!equals)
        return;
    printf("%.*s='", (int) (equals - line), line);
    for (const char *byte = equals + 1; *byte; byte++)
        *byte == '\'' ? fputs("'\\''", stdout) : putchar(*byte);
    puts("'");
}

static bool print_environment(const struct project *project, struct fault *fault)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/env", project->lab_directory);
    FILE *file = fopen(path, "re");
    if (!file) {
        fault_set(fault, FAULT_ERROR, "the lab is not up");
        return fault_next(fault, "pipster lab up");
    }
    char *line = NULL;
    size_t capacity = 0;
    while (getline(&line, &capacity, file) > 0)
        print_quoted(line);
    free(line);
    fclose(file);
    return true;
}

static bool act(const char *verb, const struct project *project,
                const struct options *options, struct arena *arena, struct fault *fault)
{
    if (strcmp(verb, "up") == 0)
        return up(project, options, arena, fault);
    if (strcmp(verb, "down") == 0)
        return down(project, options, arena, fault);
    if (strcmp(verb, "env") == 0)
        return print_environment(project, fault);
    if (strcmp(verb, "status") == 0)
        return lab_daemon_print_status(project->lab_directory, options->json, fault);
    if (strcmp(verb, "fault") == 0)
        return lab_fault_send(project->lab_directory, options, arena, fault);
    if (strcmp(verb, "serve") == 0)
        return lab_daemon_serve(project, options, arena, fault);
    fault_set(fault, FAULT_USAGE, "pipster lab has no \"%s\"", verb);
    return fault_next(fault, "pipster help lab");
}

static int run(const struct options *options, struct fault *fault)
{
    const char *verb = options->word_count > 0 ? options->words[0] : "status";
    struct arena arena;
    struct project project;
    arena_init(&arena, 0);
    // The daemon of a host: this binary with the host's folder.
    if (strcmp(verb, "host") == 0 && options->word_count == 2) {
        arena_clear(&arena);
        return launch_host(options->words[1]);
    }
    struct options plain = *options;
    plain.lab = false;
    bool done = project_open(&project, &arena, &plain, fault) &&
                act(verb, &project, options, &arena, fault);
    project_close(&project);
    arena_clear(&arena);
    return done ? 0 : fault_exit_code(fault->kind);
}

const struct command cmd_lab = {
    .name = "lab",
    .summary =
        "a local Hetzner with real hosts, DNS, an ACME CA, a registry, a git remote",
    .usage =
        "pipster lab up [--driver own|light|none] [--stock all|catalogue] [--port N]\n"
        "pipster lab down | status | env\n"
        "pipster lab fault [SERVICE] KIND [METHOD PATH [TIMES]]\n"
        "pipster lab fault [SERVICE] clear\n"
        "\n"
        "  --driver own   servers are hosts with systemd (needs root; the default)\n"
        "  --driver none  no hosts: plans, prices and order in a second\n"
        "  --stock catalogue  the true stock of September 2026\n"
        "  --dir DIR      the lab's folder (.pipster/lab)\n"
        "\n"
        "`pipster --lab run …` plays against it.\n",
    .run = run,
};
