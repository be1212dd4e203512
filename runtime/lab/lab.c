// SPDX-License-Identifier: MIT
#include "lab/lab.h"

#include "base/clock.h"
#include "lab/firewall.h"
#include "lab/inside.h"
#include "lab/kernel.h"
#include "lab/lab_struct.h"
#include "lab/link.h"
#include "lab/prepare.h"
#include "lab/service.h"
#include "lab/tool.h"
#include "net/loop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WATCH_MS 100
enum { RESTART_FIRST_MS = 1000, RESTART_LAST_MS = 60000 };

bool lab_prepare(const struct lab_settings *settings, lab_line_fn line, void *context,
                 struct fault *fault)
{
    return prepare_all(settings, line, context, fault);
}

static bool put(struct lab *lab, const char *name, const char *content,
                struct fault *fault)
{
    return tool_write(arena_format(&lab->arena, "%s/run/%s", lab->directory, name), 0644,
                      content, fault);
}

static bool start_names(struct lab *lab, struct fault *fault)
{
    return names_open(lab->directory, LAB_REGISTRY, fault);
}

static bool start_pebble(struct lab *lab, struct fault *fault)
{
    const char *d = lab->directory;
    bool running = service_is_alive(d, "pebble");
    const char *config =
        arena_format(&lab->arena,
                     "{\"pebble\":{\"listenAddress\":\"" LINK_GATEWAY ":14000\","
                     "\"managementListenAddress\":\"" LINK_GATEWAY ":15000\","
                     "\"certificate\":\"%s/ca/lab.pem\",\"privateKey\":\"%s/ca/lab.key\","
                     "\"httpPort\":80,\"tlsPort\":443,\"ocspResponderURL\":\"\","
                     "\"externalAccountBindingRequired\":false}}\n",
                     d, d);
    const char *argv[] = {"pebble",
                          "-config",
                          arena_format(&lab->arena, "%s/run/pebble.json", d),
                          "-dnsserver",
                          LINK_GATEWAY ":53",
                          NULL};
    const char *environment[] = {"PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=0", NULL};
    struct service_call call = {.name = "pebble",
                                .argv = argv,
                                .environment = environment,
                                .address = LINK_GATEWAY,
                                .port = 15000};
    // Its root is a new one at each start.
    const char *fetch[] = {"curl",
                           "-sSf",
                           "--max-time",
                           "10",
                           "--cacert",
                           arena_format(&lab->arena, "%s/ca/lab-ca.pem", d),
                           "-o",
                           arena_format(&lab->arena, "%s/ca/pebble-root.pem", d),
                           "https://" LINK_GATEWAY ":15000/roots/0",
                           NULL};
    return running || (put(lab, "pebble.json", config, fault) &&
                       service_start(d, &call, fault) && tool_run(fetch, NULL, fault));
}

// What a lab pushes stays in that lab: the cached images are copied, not served.
static bool copy_images(struct lab *lab, struct fault *fault)
{
    const char *root, *images;
    const char *storage = arena_format(&lab->arena, "%s/registry", lab->directory);
    if (access(storage, F_OK) == 0)
        return true;
    if (!prepare_read(&lab->arena, lab->directory, &root, &images, fault))
        return false;
    const char *argv[] = {"cp", "-a", "--reflink=auto", images, storage, NULL};
    return tool_run(argv, NULL, fault);
}

static bool start_registry(struct lab *lab, struct fault *fault)
{
    const char *d = lab->directory;
    const char *config = arena_format(&lab->arena,
                                      "version: 0.1\nlog: {level: warn}\n"
                                      "storage: {filesystem: {rootdirectory: "
                                      "\"%s/registry\"}, delete: {enabled: true}}\n"
                                      "http: {addr: \"" LINK_GATEWAY
                                      ":5000\", tls: {certificate: \"%s/ca/lab.pem\", "
                                      "key: \"%s/ca/lab.key\"}}\n",
                                      d, d, d);
    const char *argv[] = {"docker-registry", "serve",
                          arena_format(&lab->arena, "%s/run/registry.yml", d), NULL};
    struct service_call call = {
        .name = "registry", .argv = argv, .address = LINK_GATEWAY, .port = 5000};
    return copy_images(lab, fault) && put(lab, "registry.yml", config, fault) &&
           service_start(d, &call, fault);
}

static bool start_git(struct lab *lab, struct fault *fault)
{
    const char *base = arena_format(&lab->arena, "--base-path=%s/git", lab->directory);
    const char *argv[] = {
        "git",         "daemon", "--reuseaddr", "--export-all", "--listen=" LINK_GATEWAY,
        "--port=9418", base,     NULL};
    struct service_call call = {
        .name = "git", .argv = argv, .address = LINK_GATEWAY, .port = 9418};
    return service_start(lab->directory, &call, fault);
}

// Takes every message, and delivers none: each is a file of DIRECTORY/mail/new.
static bool start_mail(struct lab *lab, struct fault *fault)
{
    const char *box = arena_format(&lab->arena, "%s/mail", lab->directory);
    // Debian's, whatever else is called python3 here: the handler is Debian's package.
    const char *argv[] = {"/usr/bin/python3", "-m",
                          "aiosmtpd",         "-n",
                          "-l",               LINK_GATEWAY ":1025",
                          "-c",               "aiosmtpd.handlers.Mailbox",
                          box,                NULL};
    struct service_call call = {
        .name = "mail", .argv = argv, .address = LINK_GATEWAY, .port = 1025};
    return service_start(lab->directory, &call, fault);
}

static const struct {
    const char *name;
    bool (*start)(struct lab *lab, struct fault *fault);
    bool light; // a lab of light hosts has it too
} servers[] = {
    {"dnsmasq", start_names, true},
    {"pebble", start_pebble, false},
    {"registry", start_registry, false},
    {"git", start_git, false},
    {"mail", start_mail, false},
};

static bool start_servers(struct lab *lab, struct fault *fault)
{
    for (size_t i = 0; i < sizeof servers / sizeof *servers; i++)
        if ((servers[i].light || lab->settings.driver == DRIVER_OWN) &&
            !service_is_alive(lab->directory, servers[i].name) &&
            !servers[i].start(lab, fault))
            return false;
    return true;
}

// The file that names the folder of the lab whose hosts run here: the bridge exists once
// in each network namespace.
static const char *holder_file(struct arena *arena)
{
    struct stat network = {0};
    if (stat("/proc/self/ns/net", &network) != 0)
        network.st_ino = 0;
    return arena_format(arena, "/run/pipster-lab-%llu",
                        (unsigned long long) network.st_ino);
}

static bool hold_machine(struct lab *lab, struct fault *fault)
{
    const char *holder = "", *path = holder_file(&lab->arena);
    struct fault ignored = {0};
    if (tool_slurp(&lab->arena, path, &holder, &ignored) && link_bridge_exists() &&
        strcmp(holder, lab->directory) != 0) {
        fault_set(fault, FAULT_LOCKED, "another lab runs on this machine");
        fault_where(fault, "%s", holder);
        return fault_next(fault, "pipster lab down --dir %s", holder);
    }
    return tool_write(path, 0644, lab->directory, fault);
}

static bool open_driver(struct lab *lab, struct fault *fault)
{
    const char *root = NULL, *images;
    const char *authorities[] = {
        arena_format(&lab->arena, "%s/ca/lab-ca.pem", lab->directory),
        lab->settings.driver == DRIVER_OWN
            ? arena_format(&lab->arena, "%s/ca/pebble-root.pem", lab->directory)
            : NULL,
        NULL,
    };
    struct driver_settings settings = {
        .kind = lab->settings.driver,
        .directory = lab->directory,
        .launcher = lab->settings.launcher,
        .authorities = lab->settings.driver == DRIVER_NONE ? NULL : authorities,
        .registry = LAB_REGISTRY,
    };
    if (settings.kind != DRIVER_NONE &&
        !prepare_read(&lab->arena, lab->directory, &root, &images, fault))
        return false;
    settings.root = root;
    return driver_open(&lab->driver, &settings, fault);
}

static void release(struct lab *lab)
{
    inside_clear(lab);
    arena_clear(&lab->arena);
    free(lab);
}

bool lab_open(struct lab **lab, const struct lab_settings *settings, struct fault *fault)
{
    struct lab *new = calloc(1, sizeof *new);
    if (!new)
        abort();
    arena_init(&new->arena, 0);
    array_init(&new->firewalls);
    array_init(&new->notices);
    new->settings = *settings;
    new->directory = arena_text(&new->arena, settings->directory);
    bool machine = settings->driver != DRIVER_NONE;
    bool done = true;
    if (machine && !hold_machine(new, fault)) {
        release(new);
        return false;
    }
    if (machine)
        done = kernel_prepare(new->directory, fault) && link_open_bridge(fault) &&
               start_servers(new, fault);
    if (done && open_driver(new, fault)) {
        *lab = new;
        return true;
    }
    lab_close(new);
    return false;
}

void lab_close(struct lab *lab)
{
    struct fault fault = {0};
    if (lab->timer)
        loop_timer_cancel(lab->timer);
    driver_close(lab->driver);
    if (lab->settings.driver != DRIVER_NONE && !lab_sweep(lab->directory, &fault))
        fprintf(stderr, "pipster lab: %s: %s\n", fault.what, fault.why);
    release(lab);
}

struct driver *lab_driver(struct lab *lab)
{
    return lab->driver;
}

bool lab_set_names(struct lab *lab, const char *const *zones,
                   const struct names_record *records, size_t count, struct fault *fault)
{
    return lab->settings.driver == DRIVER_NONE ||
           names_set(lab->directory, zones, records, count, fault);
}

static void hear(void *context, int64_t id, const char *what)
{
    struct lab *lab = context;
    struct notice *notice = calloc(1, sizeof *notice);
    if (!notice)
        abort();
    *notice = (struct notice){id, what};
    array_add(&lab->notices, notice);
}

void lab_watch(struct lab *lab)
{
    struct fault fault = {0};
    driver_watch(lab->driver, hear, lab);
    int64_t now = clock_monotonic_ms();
    if (lab->settings.driver == DRIVER_NONE || now < lab->restart_at_ms)
        return;
    if (start_servers(lab, &fault)) {
        lab->restart_pause_ms = 0;
        return;
    }
    // What cannot start is tried ever more rarely: each try costs a process.
    lab->restart_pause_ms =
        lab->restart_pause_ms ? 2 * lab->restart_pause_ms : RESTART_FIRST_MS;
    if (lab->restart_pause_ms > RESTART_LAST_MS)
        lab->restart_pause_ms = RESTART_LAST_MS;
    lab->restart_at_ms = clock_monotonic_ms() + lab->restart_pause_ms;
    fprintf(stderr, "pipster lab: %s: %s\n", fault.what, fault.why);
}

static void tick(void *context)
{
    struct lab *lab = context;
    lab_watch(lab);
    lab->timer = loop_timer_start(lab->loop, WATCH_MS, tick, lab);
}

void lab_attach(struct lab *lab, struct loop *loop)
{
    lab->loop = loop;
    if (lab->settings.driver != DRIVER_NONE)
        lab->timer = loop_timer_start(loop, WATCH_MS, tick, lab);
}

bool lab_sweep(const char *directory, struct fault *fault)
{
    struct arena arena;
    const char *holder = "";
    struct fault ignored = {0};
    arena_init(&arena, 0);
    const char *path = holder_file(&arena);
    service_sweep(directory);
    bool done = driver_sweep(directory, fault) &&
                tool_remove(arena_format(&arena, "%s/registry", directory), fault);
    kernel_restore(directory);
    // Asked last: another lab may have come meanwhile.
    bool ours = !tool_slurp(&arena, path, &holder, &ignored) ||
                strcmp(holder, directory) == 0;
    if (ours && link_bridge_exists()) {
        firewall_close();
        link_close_bridge();
    }
    if (ours)
        unlink(path);
    arena_clear(&arena);
    return done || fault_while(fault, "taking the lab down");
}

void lab_add_environment(const char *directory, enum driver_kind driver, struct text *out)
{
    struct arena arena;
    const char *key = "";
    struct fault ignored = {0};
    arena_init(&arena, 0);
    if (tool_slurp(&arena, arena_format(&arena, "%s/ssh/id_ed25519.pub", directory), &key,
                   &ignored))
        text_format(out, "PIPSTER_VAR_ssh_public_key=%.*s\n", (int) strcspn(key, "\n"),
                    key);
    arena_clear(&arena);
    text_format(out, "PIPSTER_SSH_IDENTITY=%s/ssh/id_ed25519\n", directory);
    text_format(out, "PIPSTER_HOST_DRIVER=%s\n", driver == DRIVER_NONE ? "none" : "ssh");
    if (driver == DRIVER_NONE)
        return;
    text_add(out, "PIPSTER_RESOLVER=" LINK_GATEWAY ":53\n");
    if (driver != DRIVER_OWN)
        return;
    text_format(out, "PIPSTER_CA_ROOTS=%s/ca/pebble-root.pem\n", directory);
    text_format(out, "PIPSTER_ACME_ROOT=%s/ca/lab-ca.pem\n", directory);
    text_add(out, "PIPSTER_ACME_DIRECTORY=https://" LINK_GATEWAY ":14000/dir\n"
                  "PIPSTER_GIT_BASE=git://" LINK_GATEWAY "/\n");
}

void lab_add_status(const char *directory, struct text *out)
{
    for (size_t i = 0; i < sizeof servers / sizeof *servers; i++) {
        char record[4096];
        snprintf(record, sizeof record, "%s/run/%s.pid", directory, servers[i].name);
        if (access(record, F_OK) == 0)
            text_format(out, "%s %s\n", servers[i].name,
                        service_is_alive(directory, servers[i].name) ? "running"
                                                                     : "down");
    }
}
