// SPDX-License-Identifier: MIT
//
// Three sshd: two that are jumped over, one behind them.
#include "net/ssh_meet.h"

#include "net/ssh_tunnel.h"

const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:CRYPTO_zalloc";
}

struct world {
    struct sshd jumps[2], last;
    struct loop *loop;
    struct arena arena;
    struct ssh *via;
};

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    if (!sshd_is_installed())
        return -1;
    struct sshd *all[] = {&world->jumps[0], &world->jumps[1], &world->last};
    for (int i = 0; i < 3; i++) {
        sshd_prepare(all[i]);
        sshd_spawn(all[i], "host", i == 1 ? "PermitOpen *:*\n" : NULL);
    }
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    sshd_remove(&world->jumps[0]);
    sshd_remove(&world->jumps[1]);
    sshd_remove(&world->last);
    free(world);
    return 0;
}

static int begin(void **state)
{
    struct world *world = *state;
    arena_init(&world->arena, 0);
    world->loop = loop_new();
    struct ssh_target target = ssh_meet_target(&world->jumps[0], &world->arena);
    target.name = "jump bastion";
    world->via = ssh_meet_connect(world->loop, &target);
    return 0;
}

static int end(void **state)
{
    struct world *world = *state;
    ssh_close(world->via);
    while (loop_turn(world->loop))
        ;
    loop_free(world->loop);
    arena_clear(&world->arena);
    return 0;
}

static struct ssh_target behind(struct world *world, const struct sshd *sshd,
                                struct ssh *via)
{
    struct ssh_target target = ssh_meet_target(sshd, &world->arena);
    target.via = via;
    target.patience_ms = 0;
    return target;
}

static void assert_answers(struct world *world, struct ssh *ssh)
{
    struct ssh_meet meet;
    ssh_meet_run(&meet, world->loop, ssh, "echo $SSH_CONNECTION");
    assert_int_equal(meet.status, 0);
    assert_non_null(strstr(meet.output.bytes, "127.0.0.1"));
    ssh_meet_clear(&meet);
}

static void test_a_session_over_one_jump(void **state)
{
    struct world *world = *state;
    struct ssh_target target = behind(world, &world->last, world->via);
    struct ssh *ssh = ssh_meet_connect(world->loop, &target);
    assert_answers(world, ssh);
    const char *host_key = ssh_host_key(ssh);
    assert_int_equal(strncmp(host_key, world->last.host_key, strlen(host_key)), 0);
    ssh_close(ssh);
    assert_answers(world, world->via);
}

static void test_a_session_over_two_jumps(void **state)
{
    struct world *world = *state;
    struct ssh_target middle = behind(world, &world->jumps[1], world->via);
    struct ssh *second = ssh_meet_connect(world->loop, &middle);
    struct ssh_target target = behind(world, &world->last, second);
    struct ssh *ssh = ssh_meet_connect(world->loop, &target);
    assert_answers(world, ssh);
    // In this order what carries goes first.
    ssh_close(second);
    assert_false(ssh_is_alive(second));
    struct ssh_meet meet;
    ssh_meet_run(&meet, world->loop, ssh, "true");
    assert_int_equal(meet.fault.kind, FAULT_UNREACHABLE);
    ssh_meet_clear(&meet);
    ssh_close(ssh);
}

static void test_many_share_one_jump_and_large_answers(void **state)
{
    struct world *world = *state;
    struct ssh *sessions[8];
    struct ssh_meet answers[8];
    static const char script[] = "head -c 4000000 /dev/zero | tr '\\0' x";
    for (int i = 0; i < 8; i++) {
        struct ssh_target target = behind(world, &world->last, world->via);
        sessions[i] = ssh_meet_connect(world->loop, &target);
        ssh_meet_ask(&answers[i], sessions[i],
                     &(struct ssh_script){.text = script, .length = strlen(script)});
    }
    for (int i = 0; i < 8; i++) {
        while (!answers[i].came)
            assert_true(loop_turn(world->loop));
        assert_false(fault_is_set(&answers[i].fault));
        assert_int_equal(answers[i].output.length, 4000000);
        ssh_meet_clear(&answers[i]);
        ssh_close(sessions[i]);
    }
}

static void assert_refused(struct world *world, const struct ssh_target *target,
                           enum fault_kind kind, const char *what)
{
    struct ssh_meet meet;
    assert_null(ssh_meet_try(&meet, world->loop, target));
    assert_int_equal(meet.fault.kind, kind);
    if (!strstr(meet.fault.what, what))
        fail_msg("\"%s\" does not say \"%s\"", meet.fault.what, what);
    assert_true(meet.fault.next[0] != '\0');
}

// Each hop has its own key: what the one before vouches for does not count.
static void test_another_host_key_behind_a_jump(void **state)
{
    struct world *world = *state;
    struct ssh_target target = behind(world, &world->last, world->via);
    struct ssh_target other = ssh_meet_target(&world->jumps[0], &world->arena);
    target.pins = other.pins;
    assert_refused(world, &target, FAULT_BLOCKED, "is not the one expected");
}

static void test_nobody_behind_the_jump(void **state)
{
    struct world *world = *state;
    struct ssh_target target = behind(world, &world->last, world->via);
    struct port nobody;
    port_hold(&nobody);
    target.port = nobody.number;
    assert_refused(world, &target, FAULT_UNREACHABLE, "jump bastion at 127.0.0.1:");
    port_let_go(&nobody);
    assert_answers(world, world->via);
}

static void test_a_jump_that_forwards_nothing(void **state)
{
    struct world *world = *state;
    struct sshd strict;
    sshd_prepare(&strict);
    sshd_spawn(&strict, "host", "AllowTcpForwarding no\n");
    struct ssh_target first = ssh_meet_target(&strict, &world->arena);
    struct ssh *via = ssh_meet_connect(world->loop, &first);
    struct ssh_target target = behind(world, &world->last, via);
    assert_refused(world, &target, FAULT_UNREACHABLE, "does not let us through");
    ssh_close(via);
    sshd_remove(&strict);
}

static void test_the_jump_is_killed(void **state)
{
    struct world *world = *state;
    struct ssh_target target = behind(world, &world->last, world->via);
    struct ssh *ssh = ssh_meet_connect(world->loop, &target);
    struct ssh_meet meet, killed;
    static const char script[] = "sleep 30";
    ssh_meet_ask(&meet, ssh,
                 &(struct ssh_script){.text = script, .length = strlen(script)});
    ssh_meet_run(
        &killed, world->loop, world->via,
        "read -r _ _ _ parent _ </proc/$$/stat; "
        "while read -r line </proc/$parent/stat; do case $line in *sshd*) break;; "
        "esac; set -- $line; parent=$4; done; kill -KILL $parent");
    assert_int_equal(killed.fault.kind, FAULT_UNREACHABLE);
    while (!meet.came)
        assert_true(loop_turn(world->loop));
    assert_int_equal(meet.fault.kind, FAULT_UNREACHABLE);
    assert_non_null(strstr(meet.fault.what, "through jump bastion"));
    ssh_meet_clear(&meet);
    ssh_meet_clear(&killed);
    // Nothing goes over a dead one.
    assert_refused(world, &target, FAULT_UNREACHABLE, "jump bastion");
    ssh_close(ssh);
}

static void test_no_way_within_the_time_limit(void **state)
{
    struct world *world = *state;
    struct ssh_target target = behind(world, &world->last, world->via);
    target.address = "192.0.2.1"; // nobody has it
    target.connect_timeout_ms = 300;
    struct ssh_meet meet;
    assert_null(ssh_meet_try(&meet, world->loop, &target));
    assert_int_equal(meet.fault.kind, FAULT_UNREACHABLE);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    if (!sshd_is_installed())
        return 0;
    const struct CMUnitTest tests[] = {
        CASE(test_a_session_over_one_jump),
        CASE(test_a_session_over_two_jumps),
        CASE(test_many_share_one_jump_and_large_answers),
        CASE(test_another_host_key_behind_a_jump),
        CASE(test_nobody_behind_the_jump),
        CASE(test_a_jump_that_forwards_nothing),
        CASE(test_the_jump_is_killed),
        CASE(test_no_way_within_the_time_limit),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
