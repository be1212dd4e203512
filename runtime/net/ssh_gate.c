// SPDX-License-Identifier: MIT
//
// How many exchange keys and log in at the same time. That is work for the processor at
// both ends: where hundreds of hosts share few of them, all at once would make each so
// slow that it seems not to answer, and be done no sooner.
#include "net/ssh_private.h"

#include "net/loop.h"

#define INSIDE_MOST 64

struct gate {
    size_t inside, most, waiting;
    struct ssh *first, *last; // those who wait
};

static struct gate *gate_of_all(void)
{
    static struct gate gate;
    return &gate;
}

static void let_in(struct gate *gate, struct ssh *ssh)
{
    if (++gate->inside > gate->most)
        gate->most = gate->inside;
    ssh->gate = SSH_GATE_INSIDE;
    loop_defer(ssh->loop, ssh_attempt_admitted, ssh);
}

void ssh_gate_enter(struct ssh *ssh)
{
    struct gate *gate = gate_of_all();
    if (gate->inside < INSIDE_MOST) {
        let_in(gate, ssh);
        return;
    }
    ssh->gate = SSH_GATE_WAITING;
    ssh->gate_next = NULL;
    if (gate->last)
        gate->last->gate_next = ssh;
    else
        gate->first = ssh;
    gate->last = ssh;
    gate->waiting++;
}

void ssh_gate_leave(struct ssh *ssh)
{
    struct gate *gate = gate_of_all();
    struct ssh *next = gate->first;
    if (ssh->gate != SSH_GATE_INSIDE)
        return;
    ssh->gate = SSH_GATE_OUTSIDE;
    gate->inside--;
    if (!next)
        return;
    gate->first = next->gate_next;
    if (!gate->first)
        gate->last = NULL;
    gate->waiting--;
    let_in(gate, next);
}

size_t ssh_gate_most(void)
{
    return gate_of_all()->most;
}

size_t ssh_gate_waiting(void)
{
    return gate_of_all()->waiting;
}
