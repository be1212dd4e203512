// SPDX-License-Identifier: MIT
//
// Sessions to the sshd of sshd.h and scripts over them, each waited for.
#pragma once

#include "net/sshd.h"

#include "base/text.h"
#include "net/ssh_exec.h"

struct ssh_meet {
    struct ssh *ssh;
    struct fault fault;
    bool came;
    int status;
    struct text output, errors;
    bool has_begun; // for a line callback
};

static inline void ssh_meet_done(void *context, struct ssh *ssh,
                                 const struct fault *fault)
{
    struct ssh_meet *meet = context;
    meet->came = true;
    meet->ssh = ssh;
    meet->fault = fault ? *fault : (struct fault){0};
}

static inline struct ssh_target ssh_meet_target(const struct sshd *sshd,
                                                struct arena *arena)
{
    struct fault fault = {0};
    struct known_hosts_key *pin = arena_alloc(arena, sizeof *pin);
    assert_true(known_hosts_parse_key(arena, sshd->host_key, pin, &fault));
    const char **logins = arena_alloc(arena, 2 * sizeof *logins);
    const char **identities = arena_alloc(arena, 2 * sizeof *identities);
    logins[0] = arena_text(arena, sshd->login);
    identities[0] = arena_text(arena, sshd->user_key);
    return (struct ssh_target){
        .name = "host/test",
        .address = "127.0.0.1",
        .port = sshd->port,
        .logins = logins,
        .login_count = 1,
        .identities = identities,
        .identity_count = 1,
        .pins = pin,
        .pin_count = 1,
        .patience_ms = SSHD_PATIENCE_MS,
        .connect_timeout_ms = SSHD_PATIENCE_MS,
    };
}

// NULL when it failed: see the fault.
static inline struct ssh *ssh_meet_try(struct ssh_meet *meet, struct loop *loop,
                                       const struct ssh_target *target)
{
    meet->came = false;
    ssh_connect(loop, target, ssh_meet_done, meet);
    while (!meet->came)
        assert_true(loop_turn(loop));
    return meet->ssh;
}

static inline struct ssh *ssh_meet_connect(struct loop *loop,
                                           const struct ssh_target *target)
{
    struct ssh_meet meet;
    if (!ssh_meet_try(&meet, loop, target))
        fail_msg("%s: %s", meet.fault.what, meet.fault.why);
    return meet.ssh;
}

static inline void ssh_meet_answered(void *context, const struct ssh_result *result,
                                     const struct fault *fault)
{
    struct ssh_meet *meet = context;
    meet->came = true;
    meet->fault = fault ? *fault : (struct fault){0};
    meet->status = result->status;
    text_add_bytes(&meet->output, result->output, result->length);
    text_add_bytes(&meet->errors, result->errors, result->errors_length);
}

static inline void ssh_meet_ask(struct ssh_meet *meet, struct ssh *ssh,
                                const struct ssh_script *script)
{
    memset(meet, 0, sizeof *meet);
    text_init(&meet->output, 0);
    text_init(&meet->errors, 0);
    ssh_exec(ssh, script, ssh_meet_answered, meet);
}

// To be cleared.
static inline void ssh_meet_run(struct ssh_meet *meet, struct loop *loop, struct ssh *ssh,
                                const char *script)
{
    ssh_meet_ask(meet, ssh,
                 &(struct ssh_script){.text = script, .length = strlen(script)});
    while (!meet->came)
        assert_true(loop_turn(loop));
}

static inline void ssh_meet_clear(struct ssh_meet *meet)
{
    text_clear(&meet->output);
    text_clear(&meet->errors);
}
