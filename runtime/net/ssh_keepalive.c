// SPDX-License-Identifier: MIT
//
// A host that vanished (its power, its network, an sshd that hangs) says nothing any
// more. While somebody waits for an answer, a session that heard nothing asks: twice,
// then it is lost. A session that nobody waits for is watched by the kernel alone.
#include "net/ssh_private.h"

#define INTERVAL_MS  15000
#define SILENT_LIMIT 3

static void tick(void *context);

static int64_t interval_of(const struct ssh *ssh)
{
    return ssh->target.keepalive_ms > 0 ? ssh->target.keepalive_ms : INTERVAL_MS;
}

static void start(struct ssh *ssh)
{
    ssh->keepalive = loop_timer_start(ssh->loop, (uint64_t) interval_of(ssh), tick, ssh);
}

static void give_up(struct ssh *ssh)
{
    struct fault fault;
    fault_set(&fault, FAULT_UNREACHABLE, "%s no longer answers", ssh_place(ssh));
    fault_why(&fault, "nothing came from it for %lld s, also not when it was asked",
              (long long) interval_of(ssh) * SILENT_LIMIT / 1000);
    fault_next(&fault, "see that the host and the network between still run, then run "
                       "the same command again");
    ssh_queue_lose(ssh, &fault);
}

// While a packet is half sent nothing else may be; that it cannot be sent is silence too.
static void ask(struct ssh *ssh)
{
    int seconds = 0;
    if (ssh->sender)
        return;
    libssh2_keepalive_config(ssh->link->session, 1, 2);
    libssh2_keepalive_send(ssh->link->session, &seconds);
}

static void tick(void *context)
{
    struct ssh *ssh = context;
    ssh->keepalive = NULL;
    ssh->silent = ssh->link->heard ? 0 : ssh->silent + 1;
    ssh->link->heard = false;
    if (ssh->silent == SILENT_LIMIT) {
        give_up(ssh);
        return;
    }
    if (ssh->silent > 0)
        ask(ssh);
    start(ssh);
}

void ssh_keepalive_watch(struct ssh *ssh, bool needed)
{
    if (needed == (ssh->keepalive != NULL))
        return;
    ssh->silent = 0;
    if (needed) {
        ssh->link->heard = true;
        start(ssh);
        return;
    }
    loop_timer_cancel(ssh->keepalive);
    ssh->keepalive = NULL;
}
