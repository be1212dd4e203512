// SPDX-License-Identifier: MIT
//
// argv → command table → exit code.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/redact.h"
#include "command/command.h"
#include "engine/schema.h"

#define MOST_FILES ((rlim_t) 16384)

#define MOST_COMMANDS 64

static bool format_fits(const struct command *command, struct options *options,
                        struct fault *fault)
{
    const char *format = options->format;
    if (!format)
        return true;
    bool is_json = strcmp(format, "json") == 0;
    if (!is_json && strcmp(format, "markdown") != 0 && strcmp(format, "github") != 0) {
        fault_set(fault, FAULT_USAGE, "there is no format \"%s\"", format);
        return fault_next(fault, "--format markdown, github or json");
    }
    if (!is_json && !command->formats) {
        fault_set(fault, FAULT_USAGE, "pipster %s does not speak %s", command->name,
                  format);
        return fault_next(fault, "leave out --format, or take --json");
    }
    options->json = options->json || is_json;
    options->format = is_json ? NULL : format;
    return true;
}

static const struct command *choose(const struct options *options, struct fault *fault)
{
    if (!options->verb || options->help)
        return &cmd_help;
    const struct command *command = command_find(options->verb);
    if (command && options->state && !command->reads_export) {
        fault_set(fault, FAULT_USAGE, "pipster %s needs the state itself", command->name);
        fault_why(fault, "an exported one can only be looked at");
        fault_next(fault, "leave out --state");
        return NULL;
    }
    if (command)
        return command;
    const char *names[MOST_COMMANDS];
    size_t count = 0;
    for (; command_table[count] && count < MOST_COMMANDS; count++)
        names[count] = command_table[count]->name;
    const char *nearest = schema_nearest(options->verb, names, count);
    fault_set(fault, FAULT_USAGE, "there is no command \"%s\"", options->verb);
    if (nearest)
        fault_next(fault, "did you mean pipster %s?", nearest);
    else
        fault_next(fault, "pipster help");
    return NULL;
}

// A core would hold secrets: neither a file of one, nor one that is handed to a program.
static void write_no_core(void)
{
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
}

// Each host takes one or two, and 1024 is what a shell usually gives.
static void allow_many_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= MOST_FILES)
        return;
    limit.rlim_cur = limit.rlim_max < MOST_FILES ? limit.rlim_max : MOST_FILES;
    setrlimit(RLIMIT_NOFILE, &limit);
}

// The runner reads both outputs of a step; a file, or a program that reads JSON, is none
// and would keep the secret.
static void mask_for_github(const struct options *options)
{
    const char *actions = getenv("GITHUB_ACTIONS");
    struct stat status;
    if (!actions || strcmp(actions, "true") != 0)
        return;
    bool kept = fstat(STDOUT_FILENO, &status) == 0 && S_ISREG(status.st_mode);
    redact_mask_on(options->json || kept ? stderr : stdout);
}

// A file that is opened where one of these is closed would be written to by every
// message.
static void open_standard_streams(void)
{
    for (int stream = 0; stream <= 2; stream++)
        if (fcntl(stream, F_GETFD) < 0 && open("/dev/null", O_RDWR) != stream)
            abort();
}

// Whoever read our output has had enough, which is no fault of ours.
static bool reader_is_gone(void)
{
    struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&output, 1, 0) > 0 && (output.revents & POLLERR);
}

// Sets a fault when what was printed did not arrive.
static void check_output(struct fault *fault)
{
    bool whole = fflush(stdout) == 0 && !ferror(stdout);
    if (whole || reader_is_gone() || fault_is_set(fault))
        return;
    fault_set(fault, FAULT_ERROR, "the output could not be written whole");
    fault_why(fault, "%s", strerror(errno));
    fault_next(fault, "what was done is done: pipster show");
}

int main(int argc, char **argv)
{
    struct arena arena;
    struct options options;
    struct fault fault = {0};
    int code = 0;
    open_standard_streams();
    signal(SIGPIPE, SIG_IGN); // a run does not end because nobody reads what it says
    write_no_core();
    allow_many_files();
    log_open();
    arena_init(&arena, 0);
    if (options_parse(&options, &arena, argc, argv, &fault)) {
        mask_for_github(&options);
        const struct command *command = choose(&options, &fault);
        if (command && format_fits(command, &options, &fault))
            code = command->run(&options, &fault);
    }
    check_output(&fault);
    if (fault_is_set(&fault)) {
        fflush(stdout);
        command_report(&options, &fault);
        code = fault_exit_code(fault.kind);
    }
    arena_clear(&arena);
    redact_clear();
    fflush(stdout);
    return code;
}
