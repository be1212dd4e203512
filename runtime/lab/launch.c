// SPDX-License-Identifier: MIT
#include "lab/launch.h"

#include "lab/cgroup.h"
#include "lab/guest.h"
#include "lab/link.h"
#include "lab/spawn.h"
#include "lab/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TOLD = 3 };

bool launch_write_plan(const char *folder, const struct launch_plan *plan,
                       struct fault *fault)
{
    char path[4096], lines[2048];
    snprintf(path, sizeof path, "%s/plan", folder);
    snprintf(lines, sizeof lines, "id %lld\nlight %d\nip %s\nhostname %s\nroot %s\n",
             (long long) plan->id, plan->light, plan->ip, plan->hostname, plan->root);
    return tool_write(path, 0600, lines, fault);
}

static bool read_plan(const char *folder, struct launch_plan *plan, struct fault *fault)
{
    char path[4096];
    long long id = 0;
    int light = 0;
    snprintf(path, sizeof path, "%s/plan", folder);
    FILE *file = fopen(path, "re");
    int fields = 0;
    if (file) {
        fields = fscanf(file, "id %lld light %d ip %63s hostname %255s root %1023[^\n]",
                        &id, &light, plan->ip, plan->hostname, plan->root);
        fclose(file);
    }
    plan->id = id;
    plan->light = light != 0;
    return fields == 5 || fault_set(fault, FAULT_INTERNAL, "no whole plan in %s", path);
}

static bool system_fault(struct fault *fault, const char *what)
{
    int error = errno;
    fault_set(fault, FAULT_ERROR, "the host cannot %s", what);
    return fault_why(fault, "%s", strerror(error));
}

// The child: it is PID 1 already, and leaves all other namespaces one after the other.
static bool enter(const char *folder, const struct launch_plan *plan, int sync,
                  struct fault *fault)
{
    struct cgroup_layout layout;
    char byte = '.';
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || setsid() < 0)
        return system_fault(fault, "become a session of its own");
    if (!cgroup_read(&layout, fault) || !cgroup_join(&layout, plan->id, fault))
        return false;
    if (unshare(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET |
                CLONE_NEWCGROUP) != 0)
        return system_fault(fault, "have namespaces of its own");
    if (write(sync, &byte, 1) != 1 || read(sync, &byte, 1) != 1)
        return fault_set(fault, FAULT_ERROR, "the host's network did not come");
    if (!link_configure(plan->ip, fault))
        return false;
    if (sethostname(plan->hostname, strlen(plan->hostname)) != 0)
        return system_fault(fault, "take its name");
    return guest_mount(folder, plan->root, &layout, fault);
}

static void tell(const struct fault *fault)
{
    dprintf(TOLD, "%s%s%s", fault->what, fault->why[0] ? ": " : "", fault->why);
}

static _Noreturn void be_guest(const char *folder, const struct launch_plan *plan,
                               int sync)
{
    struct fault fault = {0};
    if (enter(folder, plan, sync, &fault) && !guest_become_init(plan->light, &fault))
        fault_while(&fault, "starting the host's first process");
    tell(&fault);
    _exit(1);
}

static bool connect_guest(const char *folder, const struct launch_plan *plan, pid_t guest,
                          int sync, struct fault *fault)
{
    char path[4096], byte;
    snprintf(path, sizeof path, "%s/init", folder);
    if (!spawn_record(path, guest, fault))
        return false;
    if (read(sync, &byte, 1) != 1) // it failed and has told why
        return true;
    if (!link_join(plan->id, guest, plan->ip, fault))
        return false;
    return write(sync, &byte, 1) == 1 || system_fault(fault, "be told of its network");
}

// A child that is PID 1 of its own processes; ours stay what they were.
static pid_t fork_first(void)
{
    int own = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
    pid_t guest = -1;
    if (own >= 0 && unshare(CLONE_NEWPID) == 0) {
        guest = fork();
        if (guest > 0 && setns(own, CLONE_NEWPID) != 0) {
            kill(guest, SIGKILL);
            guest = -1;
        }
    }
    if (own >= 0)
        close(own);
    return guest;
}

static int await(pid_t guest)
{
    int status = 0;
    while (waitpid(guest, &status, 0) < 0 && errno == EINTR)
        continue;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int launch_host(const char *folder)
{
    struct fault fault = {0};
    struct launch_plan plan = {0};
    int sync[2];
    fcntl(TOLD, F_SETFD, FD_CLOEXEC);
    if (!read_plan(folder, &plan, &fault)) {
        tell(&fault);
        return 1;
    }
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sync) != 0) {
        system_fault(&fault, "talk to its launcher");
        tell(&fault);
        return 1;
    }
    pid_t guest = fork_first();
    if (guest == 0) {
        close(sync[0]);
        be_guest(folder, &plan, sync[1]);
    }
    close(sync[1]);
    if (guest < 0 || !connect_guest(folder, &plan, guest, sync[0], &fault)) {
        if (guest < 0)
            system_fault(&fault, "have processes of its own");
        tell(&fault);
        if (guest > 0)
            kill(guest, SIGKILL);
    }
    close(sync[0]);
    close(TOLD);
    return guest > 0 ? await(guest) : 1;
}
