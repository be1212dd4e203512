// SPDX-License-Identifier: MIT
#include "net/ssh_meet.h"

#include "base/clock.h"

static const struct ssh_script quiet = {
    .text = "echo begun; sleep 8.8; echo done", .length = 32, .timeout_ms = 60000};

static void stop_when_begun(void *context, const char *line, size_t length)
{
    struct ssh_meet *meet = context;
    const struct sshd *sshd = meet->server;
    char command[64];
    (void) line;
    (void) length;
    snprintf(command, sizeof command, "pkill -STOP -P %d", (int) sshd->pid);
    assert_int_equal(system(command), 0);
}

static void end_stopped(struct sshd *sshd)
{
    char command[64];
    snprintf(command, sizeof command, "pkill -KILL -P %d", (int) sshd->pid);
    assert_int_equal(system(command), 0);
    sshd_remove(sshd);
}

// Two hosts at once: one is alive and has nothing to say for longer than a dead one is
// given, the other one's sshd hangs.
static void test_silence_of_the_living_and_of_the_dead(void **state)
{
    struct sshd living, dead;
    struct ssh_meet heard, lost;
    struct arena arena;
    (void) state;
    arena_init(&arena, 0);
    struct loop *loop = loop_new();
    sshd_prepare(&living);
    sshd_spawn(&living, "host", NULL);
    sshd_prepare(&dead);
    sshd_spawn(&dead, "host", NULL);
    struct ssh_target one = ssh_meet_target(&living, &arena);
    struct ssh_target other = ssh_meet_target(&dead, &arena);
    one.keepalive_ms = other.keepalive_ms = 2100;
    struct ssh *quiet_ssh = ssh_meet_connect(loop, &one);
    struct ssh *dead_ssh = ssh_meet_connect(loop, &other);
    int64_t began = clock_monotonic_ms();
    ssh_meet_ask(&heard, quiet_ssh, &quiet);
    struct ssh_script stopped = quiet;
    stopped.line = stop_when_begun;
    memset(&lost, 0, sizeof lost);
    text_init(&lost.output, 0);
    text_init(&lost.errors, 0);
    lost.server = &dead;
    ssh_exec(dead_ssh, &stopped, ssh_meet_answered, &lost);
    while (!lost.came)
        assert_true(loop_turn(loop));
    assert_true(clock_monotonic_ms() - began >= 3 * 2100);
    assert_int_equal(lost.fault.kind, FAULT_UNREACHABLE);
    assert_non_null(strstr(lost.fault.what, "no longer answers"));
    assert_false(ssh_is_alive(dead_ssh));
    while (!heard.came)
        assert_true(loop_turn(loop));
    assert_false(fault_is_set(&heard.fault));
    assert_string_equal(heard.output.bytes, "begun\ndone\n");
    ssh_close(quiet_ssh);
    ssh_close(dead_ssh);
    while (loop_turn(loop))
        ;
    ssh_meet_clear(&heard);
    ssh_meet_clear(&lost);
    loop_free(loop);
    arena_clear(&arena);
    end_stopped(&dead);
    sshd_remove(&living);
}

int main(void)
{
    if (!sshd_is_installed())
        return 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_silence_of_the_living_and_of_the_dead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
