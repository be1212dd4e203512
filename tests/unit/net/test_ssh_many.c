// SPDX-License-Identifier: MIT
//
// What a connection costs us: PIPSTER_TEST_SESSIONS of them (50) to one sshd, each with a
// shell that answered. Memory is what the test is about; the processor's time is printed.
#include "net/ssh_meet.h"
#include "net/ssh_private.h"

#include <malloc.h>
#include <sys/resource.h>

#define BYTES_PER_SESSION (128 << 10)
#define AT_ONCE           10 // as many new connections at once as apply makes
#define CROWD             96 // as many as a plan of so many hosts asks for at once
#define INSIDE            64 // as many as the gate lets in

struct many {
    struct ssh_meet *meets;
    struct ssh_target target;
    struct loop *loop;
    int count, at_once, started, connected, answered;
};

static void start_next(struct many *many);

static void answered(void *context, const struct ssh_result *result,
                     const struct fault *fault)
{
    struct many *many = context;
    assert_null(fault);
    assert_string_equal(result->output, "ready\n");
    many->answered++;
}

static void connected(void *context, struct ssh *ssh, const struct fault *fault)
{
    static const struct ssh_script script = {.text = "echo ready", .length = 10};
    struct many *many = context;
    if (fault)
        fail_msg("%s: %s", fault->what, fault->why);
    many->meets[many->connected++].ssh = ssh;
    ssh_exec(ssh, &script, answered, many);
    start_next(many);
}

static void start_next(struct many *many)
{
    if (many->started == many->count)
        return;
    many->started++;
    ssh_connect(many->loop, &many->target, connected, many);
}

static double processor_ms(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
           (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

static void connect_all(struct many *many)
{
    for (int i = 0; i < many->at_once; i++)
        start_next(many);
    while (many->answered < many->count)
        assert_true(loop_turn(many->loop));
}

static void test_what_a_connection_costs(void **state)
{
    const char *asked = getenv("PIPSTER_TEST_SESSIONS");
    struct many many = {.count = asked ? atoi(asked) : 50, .at_once = AT_ONCE};
    struct sshd sshd;
    struct arena arena;
    (void) state;
    sshd_prepare(&sshd);
    sshd_spawn(&sshd, "host", "MaxStartups 1000\n");
    arena_init(&arena, 0);
    many.loop = loop_new();
    many.target = ssh_meet_target(&sshd, &arena);
    many.meets = calloc((size_t) many.count, sizeof *many.meets);
    // The first one brings what all share: the library, threads.
    int count = many.count;
    many.count = 1;
    connect_all(&many);
    many.count = count;
    size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
    double began_ms = processor_ms();
    connect_all(&many);
    size_t each =
        (mallinfo2().uordblks + mallinfo2().hblkhd - before) / (size_t) (count - 1);
    print_message("%d sessions: %zu bytes and %.2f ms of the processor each\n", count,
                  each, (processor_ms() - began_ms) / (count - 1));
#ifndef __SANITIZE_ADDRESS__
    assert_true(each > 0 && each <= BYTES_PER_SESSION);
#endif
    for (int i = 0; i < count; i++)
        ssh_close(many.meets[i].ssh);
    while (loop_turn(many.loop))
        ;
    loop_free(many.loop);
    free(many.meets);
    arena_clear(&arena);
    sshd_remove(&sshd);
}

static void hold(const struct sshd *sshd)
{
    int status = 0;
    assert_int_equal(kill(sshd->pid, SIGSTOP), 0);
    assert_int_equal(waitpid(sshd->pid, &status, WUNTRACED), sshd->pid);
    assert_true(WIFSTOPPED(status));
}

// However many are asked for, only so many keep the processors busy; all get through. The
// server is held until the kernel has taken all of them: none is through before the last
// one stands in the queue.
static void test_a_crowd_waits_for_its_turn(void **state)
{
    struct many many = {.count = 1, .at_once = CROWD};
    struct sshd sshd;
    struct arena arena;
    (void) state;
    sshd_prepare(&sshd);
    sshd_spawn(&sshd, "host", "MaxStartups 1000\n");
    arena_init(&arena, 0);
    many.loop = loop_new();
    many.target = ssh_meet_target(&sshd, &arena);
    many.meets = calloc(CROWD, sizeof *many.meets);
    connect_all(&many);
    hold(&sshd);
    many.count = CROWD;
    while (many.started < CROWD)
        start_next(&many);
    while (ssh_gate_waiting() < CROWD - 1 - INSIDE)
        assert_true(loop_turn(many.loop));
    assert_int_equal(many.connected, 1);
    assert_int_equal(kill(sshd.pid, SIGCONT), 0);
    connect_all(&many);
    assert_int_equal(many.connected, CROWD);
    assert_int_equal(ssh_gate_most(), INSIDE);
    for (int i = 0; i < CROWD; i++)
        ssh_close(many.meets[i].ssh);
    while (loop_turn(many.loop))
        ;
    loop_free(many.loop);
    free(many.meets);
    arena_clear(&arena);
    sshd_remove(&sshd);
}

int main(void)
{
    if (!sshd_is_installed())
        return 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_a_connection_costs),
        cmocka_unit_test(test_a_crowd_waits_for_its_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
