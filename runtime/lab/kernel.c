// SPDX-License-Identifier: MIT
#include "lab/kernel.h"

#include "base/text.h"
#include "lab/link.h"
#include "lab/tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct setting {
    const char *path;
    const char *value; // at least this; "1" switches on
    bool required;
};

// With the default of 128 inotify instances the tenth host comes up degraded.
static const struct setting settings[] = {
    {"/proc/sys/net/ipv4/ip_forward", "1", true},
    {"/proc/sys/fs/inotify/max_user_instances", "8192", false},
    {"/proc/sys/fs/inotify/max_user_watches", "1048576", false},
    {"/proc/sys/net/ipv4/neigh/default/gc_thresh3", "8192", false},
    {"/proc/sys/net/bridge/bridge-nf-call-iptables", "1", false},
};

static bool read_number(const char *path, long long *number)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    bool done = fscanf(file, "%lld", number) == 1;
    fclose(file);
    return done;
}

static bool raise_setting(const struct setting *setting, struct text *saved,
                          struct fault *fault)
{
    long long now;
    struct fault ignored = {0};
    if (!read_number(setting->path, &now))
        return !setting->required ||
               fault_set(fault, FAULT_ERROR, "the lab needs %s", setting->path);
    if (now >= atoll(setting->value))
        return true;
    if (!tool_poke(setting->path, setting->value, setting->required ? fault : &ignored))
        return !setting->required;
    text_format(saved, "%s %lld\n", setting->path, now);
    return true;
}

static void load_bridge_filter(void)
{
    const char *argv[] = {"modprobe", "-q", "br_netfilter", NULL};
    struct fault ignored = {0};
    if (access("/proc/sys/net/bridge", F_OK) != 0 && !tool_run(argv, NULL, &ignored))
        fault_clear(&ignored); // hosts then reach each other past the cloud's firewall
}

static bool change_forwarding(const char *verb)
{
    struct fault ignored = {0};
    const char *in[] = {"iptables",  verb, "FORWARD", "-i",
                        LINK_BRIDGE, "-j", "ACCEPT",  NULL};
    const char *out[] = {"iptables",  verb, "FORWARD", "-o",
                         LINK_BRIDGE, "-j", "ACCEPT",  NULL};
    return tool_run(in, NULL, &ignored) && tool_run(out, NULL, &ignored);
}

// A machine with Docker forwards nothing it was not told to. An accept in our own table
// would not help: every table may drop.
static void open_forwarding(struct text *saved)
{
    const char *list[] = {"nft", "list", "chain", "ip", "filter", "FORWARD", NULL};
    struct arena arena;
    struct fault ignored = {0};
    const char *chain = "";
    arena_init(&arena, 0);
    if (tool_read(&arena, list, &chain, &ignored) && strstr(chain, "policy drop") &&
        change_forwarding("-I"))
        text_add(saved, "forward 0\n");
    arena_clear(&arena);
}

bool kernel_prepare(const char *directory, struct fault *fault)
{
    char path[4096];
    struct text saved;
    snprintf(path, sizeof path, "%s/kernel", directory);
    if (access(path, F_OK) == 0)
        return true; // an earlier lab was not taken down: what it saved still holds
    text_init(&saved, 0);
    load_bridge_filter();
    bool done = true;
    for (size_t i = 0; done && i < sizeof settings / sizeof *settings; i++)
        done = raise_setting(&settings[i], &saved, fault);
    if (done)
        open_forwarding(&saved);
    struct fault unsaved = {0};
    if (!tool_write(path, 0644, saved.bytes, done ? fault : &unsaved))
        done = false;
    text_clear(&saved);
    return done;
}

void kernel_restore(const char *directory)
{
    char path[4096], setting[256], value[64];
    snprintf(path, sizeof path, "%s/kernel", directory);
    FILE *file = fopen(path, "re");
    if (!file)
        return;
    while (fscanf(file, "%255s %63s", setting, value) == 2) {
        struct fault ignored = {0};
        if (strcmp(setting, "forward") == 0)
            change_forwarding("-D");
        else if (!tool_poke(setting, value, &ignored))
            fault_clear(&ignored);
    }
    fclose(file);
    unlink(path);
}
