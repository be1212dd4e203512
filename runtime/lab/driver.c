// SPDX-License-Identifier: MIT
#include "lab/driver.h"

#include "base/array.h"
#include "lab/cgroup.h"
#include "lab/firewall.h"
#include "lab/host.h"
#include "lab/launch.h"
#include "lab/link.h"
#include "lab/tool.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What systemd takes as "power off" and "reboot", as the cloud's soft buttons do.
#define ASK_POWEROFF (SIGRTMIN + 4)
#define ASK_REBOOT   (SIGRTMIN + 5)

struct driver {
    struct arena arena;
    struct driver_settings settings;
    struct array hosts;
};

static const char *const kind_names[] = {"none", "light", "own"};

const char *driver_kind_name(enum driver_kind kind)
{
    return kind_names[kind];
}

bool driver_kind_parse(const char *word, enum driver_kind *kind, struct fault *fault)
{
    for (int i = DRIVER_NONE; i <= DRIVER_OWN; i++) {
        if (strcmp(word, kind_names[i]) != 0)
            continue;
        *kind = (enum driver_kind) i;
        return true;
    }
    fault_set(fault, FAULT_USAGE, "the lab has no host driver \"%s\"", word);
    return fault_next(fault, "take one of own, light, none");
}

const char *driver_power_name(enum driver_power power)
{
    static const char *const names[] = {"absent", "off", "running"};
    return names[power];
}

bool driver_open(struct driver **driver, const struct driver_settings *settings,
                 struct fault *fault)
{
    struct driver *new = calloc(1, sizeof *new);
    if (!new)
        abort();
    arena_init(&new->arena, 0);
    array_init(&new->hosts);
    new->settings = (struct driver_settings){
        .kind = settings->kind,
        .directory = arena_text(&new->arena, settings->directory),
        .root = arena_text(&new->arena, settings->root),
        .launcher = arena_texts(&new->arena, settings->launcher),
        .authorities = arena_texts(&new->arena, settings->authorities),
        .registry = arena_text(&new->arena, settings->registry),
    };
    *driver = new;
    if (settings->kind == DRIVER_NONE ||
        (link_open_bridge(fault) && firewall_open(fault)))
        return true;
    driver_close(new);
    *driver = NULL;
    return false;
}

void driver_close(struct driver *driver)
{
    if (!driver)
        return;
    while (driver->hosts.count > 0) {
        struct fault fault = {0};
        struct host *host = driver->hosts.items[driver->hosts.count - 1];
        if (!driver_remove(driver, host->id, &fault))
            driver->hosts.count--; // left to the sweep
    }
    array_clear(&driver->hosts);
    arena_clear(&driver->arena);
    free(driver);
}

enum driver_kind driver_kind(const struct driver *driver)
{
    return driver->settings.kind;
}

static struct host *find(struct driver *driver, int64_t id, size_t *index)
{
    for (size_t i = 0; i < driver->hosts.count; i++) {
        struct host *host = driver->hosts.items[i];
        if (host->id != id)
            continue;
        if (index)
            *index = i;
        return host;
    }
    return NULL;
}

static bool get(struct driver *driver, int64_t id, struct host **host,
                struct fault *fault)
{
    *host = find(driver, id, NULL);
    if (!*host)
        fault_set(fault, FAULT_ERROR, "the lab has no host %lld", (long long) id);
    return *host != NULL;
}

static bool power_on(struct driver *driver, struct host *host, struct fault *fault)
{
    if (host->power == DRIVER_RUNNING)
        return true;
    if (driver->settings.kind != DRIVER_NONE)
        return host_launch(host, &driver->settings, fault);
    host->power = DRIVER_RUNNING;
    return true;
}

// The shared root is one Debian; a host that asks for another system gets none.
static bool can_run(struct driver *driver, const char *image, struct fault *fault)
{
    struct arena arena;
    const char *release = "";
    arena_init(&arena, 0);
    bool done = tool_slurp(
        &arena, arena_format(&arena, "%s/etc/os-release", driver->settings.root),
        &release, fault);
    const char *version = strstr(release, "VERSION_ID=\"");
    int length = version ? (int) strcspn(version + 12, "\"") : 0;
    const char *ours =
        arena_format(&arena, "debian-%.*s", length, version ? version + 12 : "");
    if (done && (!image || strcmp(image, ours) != 0)) {
        done = fault_set(fault, FAULT_ERROR, "the lab cannot run the image \"%s\"",
                         image ? image : "");
        fault_why(fault, "its hosts are made of this machine's Debian packages: %s",
                  ours);
        fault_next(fault, "declare image = \"%s\" for the lab", ours);
    }
    arena_clear(&arena);
    return done;
}

// NULL: it could not be made.
static struct host *create(struct driver *driver, const struct driver_host *made,
                           struct fault *fault)
{
    if (driver->settings.kind == DRIVER_NONE)
        return host_new(driver->settings.directory, made);
    if (!link_address_is_valid(made->ip)) {
        fault_set(fault, FAULT_ERROR, "%s is no address of the lab's network %s",
                  made->ip ? made->ip : "(none)", LINK_NETWORK);
        return NULL;
    }
    if (!made->is_appliance && !can_run(driver, made->image, fault))
        return NULL;
    struct host *host = host_new(driver->settings.directory, made);
    if (host_create(host, made, &driver->settings, fault))
        return host;
    host_free(host);
    fault_while(fault, "creating host %s", made->name);
    return NULL;
}

bool driver_start(struct driver *driver, const struct driver_host *made,
                  struct fault *fault)
{
    struct host *host = find(driver, made->id, NULL);
    if (host)
        return power_on(driver, host, fault);
    host = create(driver, made, fault);
    if (!host)
        return false;
    array_add(&driver->hosts, host);
    return power_on(driver, host, fault);
}

bool driver_power_on(struct driver *driver, int64_t id, struct fault *fault)
{
    struct host *host;
    return get(driver, id, &host, fault) && power_on(driver, host, fault);
}

// Light hosts have no system that could be asked.
static bool ask(struct driver *driver, struct host *host, int signal)
{
    pid_t init = host_init(host);
    return driver->settings.kind == DRIVER_OWN && init > 0 && kill(init, signal) == 0;
}

bool driver_stop(struct driver *driver, int64_t id, bool hard, struct fault *fault)
{
    struct host *host;
    if (!get(driver, id, &host, fault))
        return false;
    if (host->power != DRIVER_RUNNING || (!hard && ask(driver, host, ASK_POWEROFF)))
        return true;
    if (driver->settings.kind != DRIVER_NONE)
        host_kill(host);
    host->power = DRIVER_OFF;
    return true;
}

bool driver_reset(struct driver *driver, int64_t id, struct fault *fault)
{
    return driver_stop(driver, id, true, fault) && driver_power_on(driver, id, fault);
}

bool driver_reboot(struct driver *driver, int64_t id, struct fault *fault)
{
    struct host *host;
    if (!get(driver, id, &host, fault))
        return false;
    if (host->power == DRIVER_RUNNING && ask(driver, host, ASK_REBOOT))
        return true;
    return driver_reset(driver, id, fault);
}

bool driver_resize(struct driver *driver, int64_t id, int cores, double memory_gb,
                   struct fault *fault)
{
    struct cgroup_layout layout;
    struct host *host;
    if (!get(driver, id, &host, fault))
        return false;
    host->made.cores = cores;
    host->made.memory_gb = memory_gb;
    if (driver->settings.kind == DRIVER_NONE)
        return true;
    return cgroup_read(&layout, fault) && cgroup_make(&layout, id, fault) &&
           cgroup_limit(&layout, id, cores, memory_gb, fault);
}

bool driver_remove(struct driver *driver, int64_t id, struct fault *fault)
{
    size_t index;
    struct host *host = find(driver, id, &index);
    if (!host)
        return true;
    if (driver->settings.kind != DRIVER_NONE) {
        host_kill(host);
        if (!firewall_set(id, host->made.ip, NULL, 0, fault) ||
            !host_bury(host->folder, id, fault))
            return fault_while(fault, "removing host %s", host->made.name);
    }
    array_remove(&driver->hosts, index);
    host_free(host);
    return true;
}

bool driver_firewall(struct driver *driver, int64_t id, const struct driver_rule *rules,
                     size_t count, struct fault *fault)
{
    struct host *host;
    if (!get(driver, id, &host, fault))
        return false;
    return driver->settings.kind == DRIVER_NONE ||
           firewall_set(id, host->made.ip, rules, count, fault);
}

bool driver_give(struct driver *driver, int64_t id, const struct driver_file *files,
                 size_t count, struct fault *fault)
{
    struct host *host;
    char path[4096];
    if (!get(driver, id, &host, fault))
        return false;
    pid_t init = host_init(host);
    if (driver->settings.kind == DRIVER_NONE || init <= 0)
        return true;
    for (size_t i = 0; i < count; i++) {
        snprintf(path, sizeof path, "/proc/%d/root%s", (int) init, files[i].path);
        if (!tool_write(path, files[i].mode, files[i].content, fault))
            return fault_while(fault, "giving host %s its files", host->made.name);
    }
    kill(init, SIGHUP);
    return true;
}

enum driver_power driver_status(struct driver *driver, int64_t id)
{
    const struct host *host = find(driver, id, NULL);
    return host ? host->power : DRIVER_ABSENT;
}

pid_t driver_init(struct driver *driver, int64_t id)
{
    const struct host *host = find(driver, id, NULL);
    return host ? host_init(host) : 0;
}

static const char *settle(struct driver *driver, struct host *host, int status)
{
    struct fault fault = {0};
    if (status == LAUNCH_POWEROFF ||
        (status == 0 && driver->settings.kind == DRIVER_LIGHT))
        return "poweroff";
    if (status != LAUNCH_REBOOT)
        return "crash";
    return power_on(driver, host, &fault) ? "reboot" : "crash";
}

void driver_watch(struct driver *driver, driver_notice_fn notice, void *context)
{
    for (size_t i = 0; i < driver->hosts.count; i++) {
        struct host *host = driver->hosts.items[i];
        int status;
        if (driver->settings.kind == DRIVER_NONE || !host_has_ended(host, &status))
            continue;
        const char *what = settle(driver, host, status);
        if (notice)
            notice(context, host->id, what);
    }
}

bool driver_sweep(const char *directory, struct fault *fault)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/hosts", directory);
    DIR *folder = opendir(path);
    if (!folder)
        return true;
    bool swept = true;
    struct dirent *entry;
    while (swept && (entry = readdir(folder))) {
        char *end, host[4600];
        long long id = strtoll(entry->d_name, &end, 10);
        if (*end || end == entry->d_name)
            continue;
        snprintf(host, sizeof host, "%s/%s", path, entry->d_name);
        swept = host_erase(host, id, fault);
    }
    closedir(folder);
    struct cgroup_layout layout;
    if (swept && cgroup_read(&layout, fault))
        cgroup_remove(&layout, -1);
    return swept && tool_remove(path, fault);
}
