// SPDX-License-Identifier: MIT
#include "command/lab_serve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/log.h"
#include "lab/verbs.h"
#include "net/loop.h"
#include "script/bind_lab.h"
#include "script/script.h"
#include "store/secret.h"
#include "value/json.h"

struct lab_server {
    const struct lab_daemon_options *wanted;
    struct loop *loop;
    struct lab *lab;
    struct script *script;
    FILE *requests;
    volatile int interrupted;
    int64_t port; // 0: not serving yet
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
    server->port = value_find_integer(result, "port", 0);
}

static bool start_stand_in(struct lab_server *server, struct arena *arena,
                           const char *token, struct fault *fault)
{
    struct script_options options = {
        .loop = server->loop,
        .instruction_ceiling = INT64_MAX,
        // What the driver does is one call: it stops a host, it removes gigabytes.
        .hang_ms = INT64_C(600000),
    };
    if (!script_open(&server->script, &options, fault))
        return false;
    bind_lab_add(server->script, answer, server);
    const struct lab_daemon_options *wanted = server->wanted;
    struct value_entry entries[] = {
        {"port", value_integer(arena, wanted->port)},
        {"stock", value_text(arena, wanted->stock)},
        {"driver", value_text(arena, driver_kind_name(wanted->driver))},
        {"token", value_text(arena, token)},
        {"first_id", value_integer(arena, (int64_t) getpid() * 1000)},
        {"speed", wanted->driver == DRIVER_NONE ? value_integer(arena, 0) : NULL},
    };
    script_start(server->script, "lab.daemon", "start",
                 value_map(arena, entries, sizeof entries / sizeof *entries), started,
                 server);
    while (server->port == 0 && !fault_is_set(&server->fault))
        if (!loop_turn(server->loop))
            break;
    if (server->port > 0)
        return true;
    *fault = server->fault;
    return fault_is_set(fault) ? false
                               : fault_set(fault, FAULT_INTERNAL, "the stand-in ended");
}

// The token is in it: nobody else's to read, and never half there.
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

static bool write_files(const struct lab_server *server, const char *token,
                        struct fault *fault)
{
    const struct lab_daemon_options *wanted = server->wanted;
    struct text text;
    char path[4096];
    text_init(&text, 0);
    text_format(&text, "HCLOUD_ENDPOINT=http://127.0.0.1:%lld/v1\n",
                (long long) server->port);
    text_format(&text, "PIPSTER_LAB_URL=http://127.0.0.1:%lld/_lab\n",
                (long long) server->port);
    text_format(&text, "HCLOUD_TOKEN=%s\n", token);
    lab_add_environment(wanted->directory, wanted->driver, &text);
    snprintf(path, sizeof path, "%s/env", wanted->directory);
    bool written = write_private(path, text.bytes, fault);
    text_reset(&text);
    text_format(&text,
                "{\"up\":true,\"pid\":%d,\"port\":%lld,"
                "\"driver\":\"%s\",\"stock\":\"%s\"}\n",
                (int) getpid(), (long long) server->port,
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
    struct lab_server server = {.wanted = wanted};
    char token[65];
    int lock = -1;
    secret_random_hex(token, 32);
    server.loop = loop_new();
    loop_watch_signals(server.loop, &server.interrupted);
    bool done = take_lock(wanted->directory, &lock, fault) &&
                open_requests(&server, fault) && lab_open(&server.lab, settings, fault) &&
                start_stand_in(&server, arena, token, fault) &&
                write_files(&server, token, fault);
    if (done) {
        done = write(ready, "ready\n", 6) == 6;
        close(ready);
        lab_attach(server.lab, server.loop);
        while (!server.interrupted && loop_turn(server.loop))
            continue;
    }
    if (server.script)
        script_close(server.script);
    if (server.lab)
        lab_close(server.lab);
    if (server.requests)
        fclose(server.requests);
    if (lock >= 0)
        close(lock);
    return done;
}
