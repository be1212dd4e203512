// SPDX-License-Identifier: MIT
#include "lab/cgroup.h"

#include "lab/tool.h"

#include <dirent.h>
#include <errno.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

// Of a v1 mount's options those that name controllers: what is left without the general
// ones. A named hierarchy has no controller, which must be said when it is mounted again.
static void keep_controllers(const char *options, char *kept, size_t size)
{
    static const char *const general[] = {
        "rw", "ro", "relatime", "noatime", "nosuid", "nodev", "noexec", "xattr", NULL};
    char copy[256], *rest = copy;
    size_t length = 0;
    kept[0] = '\0';
    snprintf(copy, sizeof copy, "%s", options);
    for (char *word = strsep(&rest, ","); word; word = strsep(&rest, ",")) {
        bool known = strncmp(word, "release_agent", 13) == 0 ||
                     strncmp(word, "clone_children", 14) == 0;
        for (size_t i = 0; general[i]; i++)
            known = known || strcmp(word, general[i]) == 0;
        if (known || length + strlen(word) + 8 > size)
            continue;
        bool nameless = length == 0 && strncmp(word, "name=", 5) == 0;
        length += (size_t) snprintf(kept + length, size - length, "%s%s%s",
                                    nameless ? "none" : "",
                                    nameless || length > 0 ? "," : "", word);
    }
}

// As the bridge, the labs' group is one of a network namespace: labs in two of them may
// have hosts of the same id, and the one that goes down leaves the other's alone.
static void name_group(struct cgroup_layout *layout)
{
    struct stat network = {0};
    if (stat("/proc/self/ns/net", &network) != 0)
        network.st_ino = 0;
    snprintf(layout->group, sizeof layout->group, "lab-%llu",
             (unsigned long long) network.st_ino);
}

bool cgroup_read(struct cgroup_layout *layout, struct fault *fault)
{
    memset(layout, 0, sizeof *layout);
    name_group(layout);
    FILE *table = setmntent("/proc/self/mounts", "re");
    if (!table)
        return fault_set(fault, FAULT_ERROR, "the lab cannot read /proc/self/mounts");
    struct mntent *entry;
    while ((entry = getmntent(table)) && layout->count < CGROUP_LIMIT) {
        bool unified = strcmp(entry->mnt_type, "cgroup2") == 0;
        if (!unified && strcmp(entry->mnt_type, "cgroup") != 0)
            continue;
        if (strncmp(entry->mnt_dir, "/sys/fs/cgroup", 14) != 0)
            continue;
        struct cgroup_mount *mount = &layout->mounts[layout->count++];
        snprintf(mount->path, sizeof mount->path, "%s", entry->mnt_dir);
        mount->unified = unified;
        if (!unified)
            keep_controllers(entry->mnt_opts, mount->options, sizeof mount->options);
    }
    endmntent(table);
    if (layout->count == 0) {
        fault_set(fault, FAULT_ERROR, "the lab finds no control groups on this machine");
        return fault_next(fault, "mount cgroup2 at /sys/fs/cgroup, or use --driver none");
    }
    return true;
}

static void copy_setting(const char *from, const char *to, const char *name)
{
    char source[512], target[512], bytes[256];
    snprintf(source, sizeof source, "%s/%s", from, name);
    snprintf(target, sizeof target, "%s/%s", to, name);
    FILE *file = fopen(source, "re");
    if (!file)
        return;
    bytes[fread(bytes, 1, sizeof bytes - 1, file)] = '\0';
    fclose(file);
    struct fault ignored = {0};
    if (!tool_poke(target, bytes, &ignored))
        fault_clear(&ignored);
}

static void prepare(const struct cgroup_mount *mount, const char *parent,
                    const char *child)
{
    if (!mount->unified) {
        if (strstr(mount->options,
                   "cpuset")) { // empty until set, and then nothing can join
            copy_setting(parent, child, "cpuset.cpus");
            copy_setting(parent, child, "cpuset.mems");
        }
        return;
    }
    static const char *const controllers[] = {"+cpu", "+memory", "+pids", "+io",
                                              "+cpuset"};
    char path[512];
    snprintf(path, sizeof path, "%s/cgroup.subtree_control", parent);
    for (size_t i = 0; i < sizeof controllers / sizeof *controllers; i++) {
        struct fault ignored = {0}; // a hybrid machine has them in v1
        if (!tool_poke(path, controllers[i], &ignored))
            fault_clear(&ignored);
    }
}

static bool make_group(const struct cgroup_mount *mount, const char *parent,
                       const char *child, struct fault *fault)
{
    if (mkdir(child, 0755) != 0 && errno != EEXIST) {
        fault_set(fault, FAULT_ERROR, "the lab cannot make the control group %s", child);
        return fault_why(fault, "%s", strerror(errno));
    }
    prepare(mount, parent, child);
    return true;
}

bool cgroup_make(const struct cgroup_layout *layout, int64_t id, struct fault *fault)
{
    for (size_t i = 0; i < layout->count; i++) {
        const struct cgroup_mount *mount = &layout->mounts[i];
        char lab[300], host[340];
        snprintf(lab, sizeof lab, "%s/%s", mount->path, layout->group);
        snprintf(host, sizeof host, "%s/%lld", lab, (long long) id);
        if (!make_group(mount, mount->path, lab, fault) ||
            !make_group(mount, lab, host, fault))
            return false;
    }
    return true;
}

bool cgroup_join(const struct cgroup_layout *layout, int64_t id, struct fault *fault)
{
    for (size_t i = 0; i < layout->count; i++) {
        char path[400];
        snprintf(path, sizeof path, "%s/%s/%lld/cgroup.procs", layout->mounts[i].path,
                 layout->group, (long long) id);
        if (!tool_poke(path, "0", fault))
            return false;
    }
    return true;
}

struct host_group {
    const struct cgroup_mount *mount;
    const char *lab;
    int64_t id;
};

static bool set_limit(const struct host_group *host, const char *name,
                      const char *setting, struct fault *fault)
{
    char path[400];
    snprintf(path, sizeof path, "%s/%s/%lld/%s", host->mount->path, host->lab,
             (long long) host->id, name);
    return access(path, W_OK) != 0 || tool_poke(path, setting, fault);
}

bool cgroup_limit(const struct cgroup_layout *layout, int64_t id, int cores,
                  double memory_gb, struct fault *fault)
{
    char bytes[32], quota[32], maximum[48];
    snprintf(bytes, sizeof bytes, "%lld", (long long) (memory_gb * (1 << 30)));
    snprintf(quota, sizeof quota, "%lld", cores * 100000LL);
    snprintf(maximum, sizeof maximum, "%lld 100000", cores * 100000LL);
    for (size_t i = 0; i < layout->count; i++) {
        const struct host_group host = {&layout->mounts[i], layout->group, id};
        bool done = host.mount->unified
                        ? set_limit(&host, "memory.max", bytes, fault) &&
                              set_limit(&host, "cpu.max", maximum, fault)
                        : set_limit(&host, "memory.limit_in_bytes", bytes, fault) &&
                              set_limit(&host, "cpu.cfs_quota_us", quota, fault);
        if (!done)
            return fault_while(fault, "resizing host %lld", (long long) id);
    }
    return true;
}

static bool mount_one(const struct cgroup_mount *group, const char *root,
                      struct fault *fault)
{
    char path[600];
    snprintf(path, sizeof path, "%s%s", root, group->path);
    mkdir(path, 0755);
    if (mount("cgroup", path, group->unified ? "cgroup2" : "cgroup",
              MS_NOSUID | MS_NODEV | MS_NOEXEC,
              group->unified ? NULL : group->options) == 0)
        return true;
    fault_set(fault, FAULT_ERROR, "cannot mount the control group %s", group->path);
    return fault_why(fault, "%s", strerror(errno));
}

// Programs look for "cpu" where the machine has "cpu,cpuacct".
static void link_controllers(const struct cgroup_mount *group, const char *root)
{
    const char *name = strrchr(group->path, '/') + 1;
    char copy[128], *rest = copy, path[800];
    if (group->unified || !strchr(name, ','))
        return;
    snprintf(copy, sizeof copy, "%s", name);
    for (char *word = strsep(&rest, ","); word; word = strsep(&rest, ",")) {
        snprintf(path, sizeof path, "%s/sys/fs/cgroup/%s", root, word);
        if (symlink(name, path) != 0 && errno != EEXIST)
            continue; // a convenience, no more
    }
}

bool cgroup_mount_into(const struct cgroup_layout *layout, const char *root,
                       struct fault *fault)
{
    char top[512];
    snprintf(top, sizeof top, "%s/sys/fs/cgroup", root);
    bool only_unified = layout->count == 1 && layout->mounts[0].unified;
    if (!only_unified &&
        mount("tmpfs", top, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=755") != 0)
        return fault_set(fault, FAULT_ERROR, "cannot mount a tmpfs at %s", top);
    for (size_t i = 0; i < layout->count; i++) {
        if (!mount_one(&layout->mounts[i], root, fault))
            return false;
        link_controllers(&layout->mounts[i], root);
    }
    return true;
}

static void remove_below(const char *path, int depth)
{
    DIR *folder = depth < 16 ? opendir(path) : NULL;
    if (folder) {
        struct dirent *entry;
        while ((entry = readdir(folder))) {
            char child[4096];
            if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
                continue;
            snprintf(child, sizeof child, "%s/%s", path, entry->d_name);
            remove_below(child, depth + 1);
        }
        closedir(folder);
    }
    // The last processes leave a moment after the host's PID 1 was reaped.
    for (int tries = 0; rmdir(path) != 0 && errno == EBUSY && tries < 50; tries++)
        tool_pause(20);
}

void cgroup_remove(const struct cgroup_layout *layout, int64_t id)
{
    for (size_t i = 0; i < layout->count; i++) {
        char path[400];
        if (id < 0) {
            snprintf(path, sizeof path, "%s/%s", layout->mounts[i].path, layout->group);
            rmdir(path);
            continue;
        }
        snprintf(path, sizeof path, "%s/%s/%lld", layout->mounts[i].path, layout->group,
                 (long long) id);
        remove_below(path, 0);
    }
}
