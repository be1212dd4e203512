// SPDX-License-Identifier: MIT
//
// The system's own ssh to a host of the state, with the keys that are pinned for it and
// the login that worked: known hosts of this one connection in a folder of its own.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command/command.h"
#include "command/fleet.h"
#include "store/file.h"

#define MOST_WORDS 64

struct visit {
    struct arena arena;
    struct project project;
    struct database *database;
    struct state_rows rows;
    const struct options *options;
    struct fleet_host host;
    const char *folder; // or NULL
    const char *known_hosts;
    const char *words[MOST_WORDS + 1];
    size_t count;
};

static void add(struct visit *visit, const char *word)
{
    if (visit->count < MOST_WORDS)
        visit->words[visit->count++] = word;
}

static void add_option(struct visit *visit, const char *text)
{
    add(visit, "-o");
    add(visit, text);
}

static const struct value *settings_of(struct visit *visit)
{
    const char *id =
        visit->database ? database_project_id(visit->database) : "0000000000000000";
    const struct value *settings =
        project_settings(&visit->project, &visit->arena, id, visit->options);
    return settings;
}

static bool is_list(const struct value *value)
{
    return value && value->kind == VALUE_LIST && value->list.count > 0;
}

// Lines of known_hosts under a name that no other host has.
static bool write_known_hosts(struct visit *visit, const struct value *keys,
                              struct fault *fault)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR"), *temporary = getenv("TMPDIR");
    const char *base = runtime && access(runtime, W_OK) == 0 ? runtime
                       : temporary && *temporary             ? temporary
                                                             : "/tmp";
    char *folder = arena_format(&visit->arena, "%s/pipster-ssh.XXXXXX", base);
    if (!mkdtemp(folder)) // 0700
        return file_fail(fault, "make a folder in", base);
    visit->folder = folder;
    visit->known_hosts = arena_format(&visit->arena, "%s/known_hosts", folder);
    int file = open(visit->known_hosts, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return file_fail(fault, "create", visit->known_hosts);
    bool whole = true;
    for (size_t i = 0; i < keys->list.count; i++)
        if (keys->list.items[i]->kind == VALUE_STRING)
            whole = whole && dprintf(file, "pipster-%s %s\n", visit->host.name,
                                     keys->list.items[i]->string.bytes) > 0;
    return (close(file) == 0 && whole) || file_fail(fault, "write", visit->known_hosts);
}

static bool add_host_keys(struct visit *visit, const struct value *ssh,
                          struct fault *fault)
{
    struct arena *arena = &visit->arena;
    const struct value *keys = value_find(visit->host.host, "host_keys");
    const struct value *first = value_find(visit->host.host, "host_key");
    if (!is_list(keys) && first && first->kind == VALUE_STRING)
        keys = value_list(arena, &first, 1);
    add_option(visit, "StrictHostKeyChecking=yes");
    add_option(visit, "UpdateHostKeys=no");
    if (!is_list(keys)) {
        add_option(visit, arena_format(arena, "UserKnownHostsFile=%s",
                                       value_find_text(ssh, "known_hosts", "/dev/null")));
        return true;
    }
    if (!write_known_hosts(visit, keys, fault))
        return false;
    add_option(visit, arena_format(arena, "UserKnownHostsFile=%s", visit->known_hosts));
    add_option(visit, "GlobalKnownHostsFile=/dev/null");
    add_option(visit, arena_format(arena, "HostKeyAlias=pipster-%s", visit->host.name));
    add_option(visit, "CheckHostIP=no");
    add_option(visit, "VerifyHostKeyDNS=no");
    add_option(visit, "ControlPath=none"); // no connection whose key was not looked at
    return true;
}

static void add_identity(struct visit *visit, const char *path)
{
    const char *home = getenv("HOME");
    add(visit, "-i");
    add(visit, strncmp(path, "~/", 2) == 0 && home
                   ? arena_format(&visit->arena, "%s/%s", home, path + 2)
                   : path);
}

// What nobody named ssh finds by itself: in its configuration, the agent, its own places.
static void add_identities(struct visit *visit, const struct value *ssh)
{
    const char *own = value_find_text(visit->host.host, "identity", NULL);
    const struct value *named = value_find(ssh, "identities");
    if (own) {
        add_identity(visit, own);
        add_option(visit, "IdentitiesOnly=yes");
    } else if (value_find_bool(ssh, "identity_named", false) && is_list(named)) {
        add_identity(visit, named->list.items[0]->string.bytes);
    }
}

static void add_configuration(struct visit *visit, const struct value *ssh)
{
    const char *path = value_find_text(ssh, "config", NULL), *home = getenv("HOME");
    const char *usual = arena_format(&visit->arena, "%s/.ssh/config", home ? home : "");
    if (path && strcmp(path, usual) == 0)
        return;
    add(visit, "-F");
    add(visit, path && access(path, R_OK) == 0 ? path : "none");
}

// What the declaration says goes before what the configuration says.
static void add_way(struct visit *visit)
{
    const char *jump = value_find_text(visit->host.host, "jump", NULL);
    int64_t port = value_find_integer(visit->host.host, "port", 0);
    if (jump && strcmp(jump, "none") == 0) {
        add_option(visit, "ProxyJump=none");
    } else if (jump) {
        add(visit, "-J");
        add(visit, jump);
    }
    if (port > 0) {
        add(visit, "-p");
        add(visit, arena_format(&visit->arena, "%lld", (long long) port));
    }
}

static const char *login_of(const struct visit *visit)
{
    const struct value *logins = value_find(visit->host.host, "login");
    const char *first = is_list(logins) && logins->list.items[0]->kind == VALUE_STRING
                            ? logins->list.items[0]->string.bytes
                            : "root";
    return value_find_text(visit->host.host, "last_login", first);
}

// ssh joins the words of a command itself.
static bool compose(struct visit *visit, struct fault *fault)
{
    const struct options *options = visit->options;
    const struct value *ssh = value_find(settings_of(visit), "ssh");
    const char *address = value_find_text(visit->host.host, "address", NULL);
    if (!address)
        return fault_set(fault, FAULT_ERROR, "host/%s has no address in the state",
                         visit->host.name);
    add(visit, "ssh");
    if (!add_host_keys(visit, ssh, fault))
        return false;
    add_configuration(visit, ssh);
    add_identities(visit, ssh);
    add_way(visit);
    add(visit, "-l");
    add(visit, login_of(visit));
    bool has_command = options->word_count > options->own_count;
    if (has_command && isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1)
        add(visit, "-t");
    if (options->verbose)
        add(visit, "-v");
    add(visit, "--");
    add(visit, address);
    if (visit->count + (options->word_count - options->own_count) > MOST_WORDS)
        return fault_set(fault, FAULT_USAGE, "the command has too many words");
    for (size_t i = options->own_count; i < options->word_count; i++)
        add(visit, options->words[i]);
    visit->words[visit->count] = NULL;
    return true;
}

// As system(3) does it: Ctrl-C is the child's while it runs.
static int wait_for(pid_t child)
{
    int status = 0;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, interrupt, quit;
    sigaction(SIGINT, &ignore, &interrupt);
    sigaction(SIGQUIT, &ignore, &quit);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    sigaction(SIGINT, &interrupt, NULL);
    sigaction(SIGQUIT, &quit, NULL);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// The pipe is closed by a successful exec; else it says why there was none.
static bool run_ssh(struct visit *visit, int *code, struct fault *fault)
{
    int pipes[2], error = 0;
    if (pipe2(pipes, O_CLOEXEC) != 0)
        return fault_set(fault, FAULT_ERROR, "no pipe: %s", strerror(errno));
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGPIPE, SIG_DFL);
        execvp("ssh", (char *const *) visit->words);
        error = errno;
        ssize_t written = write(pipes[1], &error, sizeof error);
        (void) written;
        _exit(127);
    }
    close(pipes[1]);
    if (child < 0) {
        close(pipes[0]);
        return fault_set(fault, FAULT_ERROR, "no process: %s", strerror(errno));
    }
    bool failed = read(pipes[0], &error, sizeof error) == (ssize_t) sizeof error;
    close(pipes[0]);
    *code = wait_for(child);
    if (!failed)
        return true;
    fault_set(fault, FAULT_ERROR, "ssh cannot be started");
    fault_why(fault, "%s", error == ENOENT ? "it is not installed" : strerror(error));
    return fault_next(fault, "apt install openssh-client, or pipster exec %s -- COMMAND",
                      visit->host.name);
}

static bool open_state(struct visit *visit, struct fault *fault)
{
    return project_open(&visit->project, &visit->arena, visit->options, fault) &&
           database_open(&visit->database, visit->project.database_path, DATABASE_READ,
                         fault) &&
           state_load(visit->database, &visit->arena, &visit->rows, fault) &&
           fleet_find(&visit->arena, &visit->rows, visit->options->words[0], &visit->host,
                      fault);
}

static bool check_machine(const struct visit *visit, struct fault *fault)
{
    const char *driver = getenv("PIPSTER_HOST_DRIVER");
    if (!driver || strcmp(driver, "none") != 0)
        return true;
    fault_set(fault, FAULT_UNREACHABLE, "host/%s is no machine", visit->host.name);
    fault_why(fault, "the lab's driver none keeps what is on a host in a model");
    return fault_next(fault, "pipster lab down, then pipster lab up --driver light");
}

static int run(const struct options *options, struct fault *fault)
{
    struct visit visit = {.options = options};
    int code = 0;
    if (options->own_count != 1) {
        fault_set(fault, FAULT_USAGE, "pipster ssh wants one host");
        fault_next(fault, "pipster ssh app; a command comes after --: pipster ssh app -- "
                          "uptime");
        return 64;
    }
    arena_init(&visit.arena, 0);
    if (open_state(&visit, fault) && check_machine(&visit, fault) &&
        compose(&visit, fault) && !run_ssh(&visit, &code, fault))
        code = 1;
    if (visit.folder) {
        unlink(visit.known_hosts);
        rmdir(visit.folder);
    }
    if (visit.database)
        database_close(visit.database);
    project_close(&visit.project);
    arena_clear(&visit.arena);
    return code;
}

const struct command cmd_ssh = {
    .name = "ssh",
    .summary = "a shell on a host, by the keys and the login that are known",
    .usage =
        "pipster ssh HOST [-- COMMAND…]\n"
        "\n"
        "Runs the ssh of this machine with the host keys that are pinned for HOST, the\n"
        "login that worked last and the identity that belongs to it; your ~/.ssh/config\n"
        "holds for what else there is to say. Its exit code is the command's, or 255\n"
        "where ssh itself failed. No lock is taken and nothing is recorded: it works\n"
        "while a run is at work.\n",
    .run = run,
};
