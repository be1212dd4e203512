// SPDX-License-Identifier: MIT
#include "command/lab_daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "command/lab_serve.h"
#include "script/embedded.h"
#include "value/json.h"

#define READY_DESCRIPTOR 3
#define READY            "ready\n"

bool lab_daemon_options(struct lab_daemon_options *wanted, const struct project *project,
                        const struct options *options, struct arena *arena,
                        struct fault *fault)
{
    *wanted = (struct lab_daemon_options){
        .directory = project->lab_directory,
        .stock = options->lab_stock ? options->lab_stock : "all",
        .port = options->lab_port,
    };
    if (wanted->directory[0] != '/') {
        char here[PATH_MAX];
        if (!getcwd(here, sizeof here))
            return fault_set(fault, FAULT_ERROR, "this folder has no name any more");
        wanted->directory = arena_format(arena, "%s/%s", here, wanted->directory);
    }
    if (strcmp(wanted->stock, "all") != 0 && strcmp(wanted->stock, "catalogue") != 0) {
        fault_set(fault, FAULT_USAGE, "there is no stock \"%s\"", wanted->stock);
        return fault_next(fault, "--stock all, or --stock catalogue");
    }
    return driver_kind_parse(options->lab_driver ? options->lab_driver : "own",
                             &wanted->driver, fault);
}

// What lab_prepare and lab_open want, from what the daemon was asked for.
static void fill_settings(struct lab_settings *settings, struct arena *arena,
                          const struct lab_daemon_options *wanted)
{
    struct lab_file *files = arena_alloc(arena, embedded_file_count * sizeof *files);
    for (size_t i = 0; i < embedded_file_count; i++)
        files[i] = (struct lab_file){embedded_files[i].path, embedded_files[i].bytes,
                                     embedded_files[i].length};
    const char **launcher = arena_alloc(arena, 4 * sizeof *launcher);
    launcher[0] = "/proc/self/exe";
    launcher[1] = "lab";
    launcher[2] = "host";
    *settings = (struct lab_settings){
        .driver = wanted->driver,
        .directory = wanted->directory,
        .files = files,
        .file_count = embedded_file_count,
        .launcher = launcher,
    };
}

bool lab_daemon_prepare(const struct lab_daemon_options *wanted, lab_line_fn line,
                        void *context, struct fault *fault)
{
    struct arena arena;
    struct lab_settings settings;
    arena_init(&arena, 0);
    fill_settings(&settings, &arena, wanted);
    bool done = lab_prepare(&settings, line, context, fault);
    arena_clear(&arena);
    return done;
}

static void become_daemon(const struct lab_daemon_options *wanted, int ready)
{
    char log[PATH_MAX], port[16], stock[32];
    snprintf(log, sizeof log, "%s/daemon.log", wanted->directory);
    snprintf(port, sizeof port, "--port=%d", wanted->port);
    snprintf(stock, sizeof stock, "--stock=%s", wanted->stock);
    int nothing = open("/dev/null", O_RDONLY);
    int output = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    setsid();
    if (nothing < 0 || output < 0 || dup2(nothing, 0) < 0 || dup2(output, 1) < 0 ||
        dup2(output, 2) < 0 || dup2(ready, READY_DESCRIPTOR) < 0)
        _exit(70);
    closefrom(READY_DESCRIPTOR + 1);
    execl("/proc/self/exe", "pipster", "lab", "serve", "--dir", wanted->directory,
          "--driver", driver_kind_name(wanted->driver), stock, port, (char *) NULL);
    _exit(70);
}

// The daemon's first words: "ready", or its fault.
static bool read_word(int from, char *word, size_t size)
{
    size_t length = 0;
    ssize_t part;
    while (length + 1 < size &&
           (part = read(from, word + length, size - 1 - length)) != 0) {
        if (part < 0 && errno != EINTR)
            break;
        length += part > 0 ? (size_t) part : 0;
    }
    word[length] = '\0';
    return strcmp(word, READY) == 0;
}

bool lab_daemon_start(const struct lab_daemon_options *wanted, struct fault *fault)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return fault_set(fault, FAULT_INTERNAL, "no pipe: %s", strerror(errno));
    pid_t child = fork();
    if (child == 0) {
        // Twice, so that the daemon is nobody's child to wait for.
        if (fork() == 0)
            become_daemon(wanted, ends[1]);
        _exit(0);
    }
    close(ends[1]);
    waitpid(child, NULL, 0);
    char word[2048];
    bool ready = child > 0 && read_word(ends[0], word, sizeof word);
    close(ends[0]);
    if (ready)
        return true;
    fault_set(fault, FAULT_ERROR, "the lab did not start");
    fault_where(fault, "%s/daemon.log", wanted->directory);
    fault_why(fault, "%s",
              child > 0 && word[0] ? word : "its daemon ended without a word");
    return fault_next(fault, "pipster lab down, then pipster lab up");
}

bool lab_daemon_serve(const struct project *project, const struct options *options,
                      struct arena *arena, struct fault *fault)
{
    struct lab_daemon_options wanted;
    struct lab_settings settings;
    if (!lab_daemon_options(&wanted, project, options, arena, fault))
        return false;
    fill_settings(&settings, arena, &wanted);
    bool done = lab_serve(&wanted, &settings, arena, READY_DESCRIPTOR, fault);
    if (!done)
        dprintf(READY_DESCRIPTOR, "%s\n%s\n", fault->what, fault->why);
    return done;
}

static int lock_of(const char *directory)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/daemon.lock", directory);
    return open(path, O_RDONLY | O_CLOEXEC);
}

// Its lock is held for as long as it lives; the pid is in the file. Who may not lock it
// as root does may still ask.
static pid_t find_daemon(const char *directory)
{
    int file = lock_of(directory);
    if (file < 0)
        return 0;
    char word[32] = "";
    pid_t pid = 0;
    if (flock(file, LOCK_EX | LOCK_NB) != 0 && pread(file, word, sizeof word - 1, 0) > 0)
        pid = (pid_t) atoi(word);
    close(file);
    return pid;
}

bool lab_daemon_is_running(const char *directory)
{
    return find_daemon(directory) > 0;
}

// Until its lock is free.
static bool wait_for_end(const char *directory, struct fault *fault)
{
    int file = lock_of(directory);
    if (file < 0)
        return true;
    bool free = false;
    for (int64_t until = clock_monotonic_ms() + 60000;
         !free && clock_monotonic_ms() < until;) {
        free = flock(file, LOCK_EX | LOCK_NB) == 0;
        struct timespec pause = {.tv_nsec = 20000000};
        if (!free)
            nanosleep(&pause, NULL);
    }
    close(file);
    return free ||
           fault_set(fault, FAULT_ERROR, "the lab's daemon did not end in a minute");
}

bool lab_daemon_stop(const char *directory, struct fault *fault)
{
    pid_t pid = find_daemon(directory);
    if (pid > 0 && kill(pid, SIGTERM) != 0 && errno != ESRCH) {
        fault_set(fault, FAULT_ERROR, "cannot end the lab's daemon, process %d",
                  (int) pid);
        fault_why(fault, "%s", strerror(errno));
        return fault_next(fault, "sudo pipster lab down");
    }
    if (!wait_for_end(directory, fault) || !lab_sweep(directory, fault))
        return false;
    const char *files[] = {"env", "lab.json", "daemon.lock"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", directory, files[i]);
        unlink(path);
    }
    return true;
}

bool lab_daemon_print_status(const char *directory, bool json, struct fault *fault)
{
    pid_t pid = find_daemon(directory);
    if (pid <= 0) {
        if (json)
            puts("{\"up\":false}");
        else
            puts("The lab is down.");
        return true;
    }
    char path[PATH_MAX], line[4096] = "";
    snprintf(path, sizeof path, "%s/lab.json", directory);
    FILE *file = fopen(path, "re");
    if (!file || !fgets(line, sizeof line, file)) {
        if (file)
            fclose(file);
        return fault_set(fault, FAULT_ERROR, "the lab is up, but %s cannot be read",
                         path);
    }
    fclose(file);
    fputs(line, stdout);
    struct text services;
    text_init(&services, 0);
    lab_add_status(directory, &services);
    if (!json)
        fputs(services.bytes, stdout);
    text_clear(&services);
    return true;
}
