// SPDX-License-Identifier: MIT
#include "command/lab_serve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/log.h"
#include "command/lab_stand_ins.h"
#include "lab/link.h"
#include "lab/verbs.h"
#include "net/http.h"
#include "net/loop.h"
#include "script/bind_lab.h"
#include "script/bind_spool.h"
#include "script/script.h"
#include "value/value.h"

struct lab_server {
    const struct lab_daemon_options *wanted;
    struct arena *arena;
    struct loop *loop;
    struct http *http; // by which stand-ins look at what they are told to watch
    struct lab *lab;
    struct script *script;
    FILE *requests;
    const char *spool; // what is too long for memory
    volatile int interrupted;
    const struct value *stand_ins; // what was started
    const struct value *ports;     // by name; NULL: not serving yet
    struct fault fault;
};

static bool take_lock(const char *directory, int *lock, struct fault *fault)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/daemon.lock", directory);
    // The lab's folder is closed to others; the project's owner asks whether we live.
    *lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (*lock < 0 || flock(*lock, LOCK_EX | LOCK_NB) != 0) {
        fault_set(fault, FAULT_LOCKED, "another lab runs in %s", directory);
        return fault_why(fault, "%s", strerror(errno));
    }
    return ftruncate(*lock, 0) == 0 && dprintf(*lock, "%d\n", (int) getpid()) > 0
               ? true
               : fault_set(fault, FAULT_ERROR, "cannot write %s", path);
}

// The stand-in's `driver`: its log is ours, the rest is the lab's.
static bool answer(void *context, const char *verb, const struct value *argument,
                   struct arena *arena, const struct value **result, struct fault *fault)
{
    struct lab_server *server = context;
    if (strcmp(verb, "log") != 0)
        return verbs_call(server->lab, verb, argument, arena, result, fault);
    *result = value_null();
    if (!argument || argument->kind != VALUE_STRING)
        return fault_set(fault, FAULT_INTERNAL, "driver.log wants text");
    fwrite(argument->string.bytes, 1, argument->string.length, server->requests);
    fputc('\n', server->requests);
    fflush(server->requests);
    return true;
}

static void started(void *context, const struct value *result, const struct fault *fault)
{
    struct lab_server *server = context;
    if (fault && fault_is_set(fault)) {
        server->fault = *fault;
        return;
    }
    server->ports = value_copy(server->arena, value_find(result, "ports"));
}

static bool open_http(struct lab_server *server, struct fault *fault)
{
    const struct lab_daemon_options *wanted = server->wanted;
    struct http_options options = {.user_agent = "pipster-lab/" PIPSTER_VERSION};
    if (wanted->driver != DRIVER_NONE)
        options.dns_server = LINK_GATEWAY ":53";
    if (wanted->driver == DRIVER_OWN)
        options.ca_file =
            arena_format(server->arena, "%s/ca/pebble-root.pem", wanted->directory);
    return http_open(&server->http, server->loop, &options, fault);
}

static const struct value *start_options(const struct lab_server *server)
{
    const struct lab_daemon_options *wanted = server->wanted;
    struct arena *arena = server->arena;
    struct value_entry entries[] = {
        {"stand_ins", server->stand_ins},
        {"port", value_integer(arena, wanted->port)},
        {"stock", value_text(arena, wanted->stock)},
        {"driver", value_text(arena, driver_kind_name(wanted->driver))},
        {"first_id", value_integer(arena, (int64_t) getpid() * 1000)},
        {"speed", wanted->driver == DRIVER_NONE ? value_integer(arena, 0) : NULL},
    };
    return value_map(arena, entries, sizeof entries / sizeof *entries);
}

static void went_on(void *context, const struct value *result, const struct fault *fault)
{
    (void) context;
    (void) result;
    if (fault && fault_is_set(fault))
        log_info("the stand-ins watch nothing any more: %s", fault->what);
}

static bool start_stand_ins(struct lab_server *server, struct fault *fault)
{
    struct script_options options = {
        .loop = server->loop,
        .http = server->http,
        .instruction_ceiling = INT64_MAX,
        .cpu_ceiling_ms = INT64_MAX,
        // What the driver does is one call: it stops a host, it removes gigabytes.
        .hang_ms = INT64_C(600000),
    };
    if (!script_open(&server->script, &options, fault))
        return false;
    bind_lab_add(server->script, answer, server);
    bind_spool_remove(server->spool); // of a lab that was killed
    bind_spool_add(server->script, server->spool);
    server->stand_ins = lab_stand_ins_wanted(server->arena, server->wanted->driver);
    script_start(server->script, "lab.daemon", "start", start_options(server), started,
                 server);
    while (!server->ports && !fault_is_set(&server->fault))
        if (!loop_turn(server->loop))
            break;
    if (server->ports) {
        script_start(server->script, "lab.daemon", "go_on", value_null(), went_on, NULL);
        return true;
    }
    *fault = server->fault;
    return fault_is_set(fault) ? false
                               : fault_set(fault, FAULT_INTERNAL, "the stand-ins ended");
}

// Tokens are in it: nobody else's to read, and never half there.
static bool write_private(const char *path, const char *text, struct fault *fault)
{
    char beside[4096];
    snprintf(beside, sizeof beside, "%s.new", path);
    int file = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    size_t length = strlen(text);
    bool written = file >= 0 && write(file, text, length) == (ssize_t) length;
    if (file >= 0 && close(file) != 0)
        written = false;
    if (written && rename(beside, path) == 0)
        return true;
    fault_set(fault, FAULT_ERROR, "cannot write %s", path);
    return fault_why(fault, "%s", strerror(errno));
}

static bool write_files(const struct lab_server *server, struct fault *fault)
{
    const struct lab_daemon_options *wanted = server->wanted;
    int64_t port = value_find_integer(server->ports, "hetzner", 0);
    struct text text;
    char path[4096];
    text_init(&text, 0);
    lab_stand_ins_add_environment(server->stand_ins, server->ports, &text);
    text_format(&text, "PIPSTER_LAB_URL=http://127.0.0.1:%lld/_lab\n", (long long) port);
    lab_add_environment(wanted->directory, wanted->driver, &text);
    snprintf(path, sizeof path, "%s/env", wanted->directory);
    bool written = write_private(path, text.bytes, fault);
    text_reset(&text);
    text_format(&text,
                "{\"up\":true,\"pid\":%d,\"port\":%lld,"
                "\"driver\":\"%s\",\"stock\":\"%s\"}\n",
                (int) getpid(), (long long) port,
                driver_kind_name(wanted->driver), wanted->stock);
    snprintf(path, sizeof path, "%s/lab.json", wanted->directory);
    written = written && write_private(path, text.bytes, fault);
    text_clear(&text);
    return written;
}

static bool open_requests(struct lab_server *server, struct fault *fault)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/requests.jsonl", server->wanted->directory);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    server->requests = file >= 0 ? fdopen(file, "a") : NULL;
    return server->requests || fault_set(fault, FAULT_ERROR, "cannot write %s", path);
}

bool lab_serve(const struct lab_daemon_options *wanted,
               const struct lab_settings *settings, struct arena *arena, int ready,
               struct fault *fault)
{
    struct lab_server server = {.wanted = wanted, .arena = arena};
    int lock = -1;
    server.spool = arena_format(arena, "%s/spool", wanted->directory);
    server.loop = loop_new();
    loop_watch_signals(server.loop, &server.interrupted);
    bool done = take_lock(wanted->directory, &lock, fault) &&
                open_requests(&server, fault) && lab_open(&server.lab, settings, fault) &&
                open_http(&server, fault) && start_stand_ins(&server, fault) &&
                write_files(&server, fault);
    if (done) {
        done = write(ready, "ready\n", 6) == 6;
        close(ready);
        lab_attach(server.lab, server.loop);
        while (!server.interrupted && loop_turn(server.loop))
            continue;
    }
    if (server.script) {
        script_close(server.script);
        bind_spool_remove(server.spool);
    }
    if (server.http)
        http_close(server.http);
    if (server.lab)
        lab_close(server.lab);
    if (server.requests)
        fclose(server.requests);
    if (lock >= 0)
        close(lock);
    return done;
}
