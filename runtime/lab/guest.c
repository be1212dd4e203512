// SPDX-License-Identifier: MIT
#include "lab/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool system_fault(struct fault *fault, const char *what, const char *path)
{
    int error = errno;
    fault_set(fault, FAULT_ERROR, "the host cannot %s %s", what, path);
    return fault_why(fault, "%s", strerror(error));
}

struct entry {
    const char *path; // from the host's root, which is the working directory
    const char *type;
    unsigned long flags;
    const char *options;
};

static const struct entry mounts[] = {
    {"proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL},
    {"sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL},
    {"dev", "tmpfs", MS_NOSUID, "mode=755"},
    {"dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
     "newinstance,ptmxmode=0666,mode=620,gid=5"},
    {"dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777"},
    {"dev/mqueue", "mqueue", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL},
    {"run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755"},
    {"run/lock", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=1777,size=5m"},
};

static bool mount_systems(struct fault *fault)
{
    for (size_t i = 0; i < sizeof mounts / sizeof *mounts; i++) {
        const struct entry *one = &mounts[i];
        mkdir(one->path, 0755);
        if (mount(one->type, one->path, one->type, one->flags, one->options) != 0)
            return system_fault(fault, "mount", one->path);
    }
    return true;
}

static bool bind_read_only(const char *path)
{
    return mount(path, path, NULL, MS_BIND, NULL) == 0 &&
           mount(NULL, path, NULL,
                 MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
                 NULL) == 0;
}

// The kernel is the machine's: of its settings a host may change those of its own network
// only. A read-only /sys is also how systemd knows that devices are none of its business.
static bool protect_kernel(struct fault *fault)
{
    if (mount("proc/sys/net", "proc/sys/net", NULL, MS_BIND, NULL) != 0)
        return system_fault(fault, "keep", "/proc/sys/net");
    if (mount("proc/sys", "proc/sys", NULL, MS_BIND | MS_REC, NULL) != 0 ||
        mount(NULL, "proc/sys", NULL,
              MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
              NULL) != 0)
        return system_fault(fault, "protect", "/proc/sys");
    if (access("proc/sysrq-trigger", F_OK) == 0 && !bind_read_only("proc/sysrq-trigger"))
        return system_fault(fault, "protect", "/proc/sysrq-trigger");
    if (mount(NULL, "sys", NULL,
              MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
              NULL) != 0)
        return system_fault(fault, "protect", "/sys");
    return true;
}

static bool make_file(const char *path)
{
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    return file >= 0 && close(file) == 0;
}

// The kernel's boot is the machine's: each boot of a host has an id of its own, so that
// who waits for a reboot, and locks of an earlier boot, see what they see elsewhere.
static bool give_boot_id(struct fault *fault)
{
    static const char made[] = "dev/.boot-id", seen[] = "proc/sys/kernel/random/boot_id";
    char id[64] = "";
    FILE *from = fopen("/proc/sys/kernel/random/uuid", "re");
    bool ok = from != NULL && fgets(id, sizeof id, from) != NULL;
    if (from != NULL)
        fclose(from);
    FILE *to = ok ? fopen(made, "we") : NULL;
    ok = to != NULL && fputs(id, to) >= 0;
    if (to != NULL)
        ok = fclose(to) == 0 && ok;
    ok = ok && mount(made, seen, NULL, MS_BIND, NULL) == 0 &&
         mount(NULL, seen, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) == 0;
    return (ok && unlink(made) == 0) || system_fault(fault, "have", "a boot id");
}

static bool bind_devices(struct fault *fault)
{
    static const char *const devices[] = {"null",    "zero", "full", "random",
                                          "urandom", "tty",  "fuse", "net/tun"};
    mkdir("dev/net", 0755);
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) {
        char from[64], to[64];
        snprintf(from, sizeof from, "/dev/%s", devices[i]);
        snprintf(to, sizeof to, "dev/%s", devices[i]);
        if (access(from, F_OK) != 0)
            continue; // fuse and tun are not everywhere
        if (!make_file(to) || mount(from, to, NULL, MS_BIND, NULL) != 0)
            return system_fault(fault, "have the device", from);
    }
    static const char *const links[][2] = {
        {"pts/ptmx", "dev/ptmx"},          {"/proc/self/fd", "dev/fd"},
        {"/proc/self/fd/0", "dev/stdin"},  {"/proc/self/fd/1", "dev/stdout"},
        {"/proc/self/fd/2", "dev/stderr"},
    };
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        if (symlink(links[i][0], links[i][1]) != 0)
            return system_fault(fault, "link", links[i][1]);
    return true;
}

static bool mount_overlay(const char *folder, const char *lower, struct fault *fault)
{
    char options[4096], path[1200];
    snprintf(options, sizeof options, "lowerdir=%s,upperdir=%s/upper,workdir=%s/work",
             lower, folder, folder);
    snprintf(path, sizeof path, "%s/root", folder);
    if (mount("overlay", path, "overlay", 0, options) != 0)
        return system_fault(fault, "mount its overlay at", path);
    if (chdir(path) != 0)
        return system_fault(fault, "enter", path);
    // dockerd needs a real file system: on an overlay it falls back to copying layers.
    snprintf(path, sizeof path, "%s/docker", folder);
    if (mkdir("var/lib/docker", 0710) != 0 && errno != EEXIST)
        return system_fault(fault, "make", "/var/lib/docker");
    if (mount(path, "var/lib/docker", NULL, MS_BIND, NULL) != 0)
        return system_fault(fault, "mount", "/var/lib/docker");
    return true;
}

bool guest_mount(const char *folder, const char *lower,
                 const struct cgroup_layout *layout, struct fault *fault)
{
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return system_fault(fault, "keep its mounts from", "the machine");
    if (!mount_overlay(folder, lower, fault) || !mount_systems(fault) ||
        !protect_kernel(fault) || !give_boot_id(fault) || !bind_devices(fault) ||
        !cgroup_mount_into(layout, ".", fault))
        return false;
    // The old root is put over the new one and taken off again: no folder is needed for
    // it.
    if (syscall(SYS_pivot_root, ".", ".") != 0 || umount2(".", MNT_DETACH) != 0 ||
        chdir("/") != 0)
        return system_fault(fault, "take its root in", folder);
    return true;
}

// What would reach past the namespaces: the machine's clock, modules and raw ports.
static void drop_rights(void)
{
    static const int rights[] = {CAP_SYS_TIME, CAP_SYS_MODULE, CAP_SYS_RAWIO};
    for (size_t i = 0; i < sizeof rights / sizeof *rights; i++)
        prctl(PR_CAPBSET_DROP, rights[i], 0, 0, 0);
}

bool guest_become_init(bool light, struct fault *fault)
{
    char *environment[] = {"container=lab", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL};
    char *init[] = {"/sbin/init", NULL};
    char *sshd[] = {"/usr/sbin/sshd", "-D", "-e", NULL};
    char *own[] = {"/usr/sbin/lab-init", NULL};
    char **argv = !light ? init : access(own[0], X_OK) == 0 ? own : sshd;
    drop_rights();
    umask(0022);
    if (light)
        mkdir("/run/sshd", 0755);
    execve(argv[0], argv, environment);
    return system_fault(fault, "run", argv[0]);
}
