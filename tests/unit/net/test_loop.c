// SPDX-License-Identifier: MIT
#include "net/loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct trace {
    struct loop *loop;
    char order[32];
    pthread_t thread;
};

static void note(struct trace *trace, const char *mark)
{
    strcat(trace->order, mark);
}

static void note_a(void *context)
{
    note(context, "a");
}

static void note_b(void *context)
{
    note(context, "b");
}

static void defer_more(void *context)
{
    struct trace *trace = context;
    note(trace, "d");
    loop_defer(trace->loop, note_b, trace);
}

// A timer is due before the loop polls, and here nothing but another timer, five seconds
// away, would end that poll.
static void what_a_timer_defers_does_not_wait_for_the_poll(void **state)
{
    (void) state;
    struct trace trace = {.loop = loop_new()};
    struct loop_timer *far = loop_timer_start(trace.loop, 5000, note_a, &trace);
    loop_timer_start(trace.loop, 0, defer_more, &trace);
    while (strchr(trace.order, 'b') == NULL && strchr(trace.order, 'a') == NULL)
        assert_true(loop_turn(trace.loop));
    assert_string_equal(trace.order, "db");
    loop_timer_cancel(far);
    loop_free(trace.loop);
}

static void cancel_other(void *context)
{
    struct trace *trace = context;
    note(trace, "c");
    loop_defer_cancel(trace->loop, note_a, trace);
}

static void a_deferred_call_comes_on_the_next_turn(void **state)
{
    (void) state;
    struct trace trace = {.loop = loop_new()};
    assert_false(loop_turn(trace.loop));
    loop_defer(trace.loop, defer_more, &trace);
    assert_string_equal(trace.order, "");
    assert_true(loop_turn(trace.loop));
    assert_string_equal(trace.order, "d");
    assert_true(loop_turn(trace.loop));
    assert_string_equal(trace.order, "db");
    assert_false(loop_turn(trace.loop));
    loop_free(trace.loop);
}

static void a_deferred_call_can_be_taken_back(void **state)
{
    (void) state;
    struct trace trace = {.loop = loop_new()};
    loop_defer(trace.loop, note_a, &trace);
    loop_defer(trace.loop, note_b, &trace);
    loop_defer_cancel(trace.loop, note_a, &trace);
    loop_defer(trace.loop, cancel_other, &trace);
    loop_defer(trace.loop, note_a, &trace);
    loop_defer(trace.loop, note_b, &trace);
    while (loop_turn(trace.loop))
        continue;
    assert_string_equal(trace.order, "bcb");
    loop_free(trace.loop);
}

static void timers_come_in_order_and_can_be_cancelled(void **state)
{
    (void) state;
    struct trace trace = {.loop = loop_new()};
    loop_timer_start(trace.loop, 30, note_b, &trace);
    loop_timer_start(trace.loop, 5, note_a, &trace);
    struct loop_timer *never = loop_timer_start(trace.loop, 10, cancel_other, &trace);
    loop_timer_cancel(never);
    while (loop_turn(trace.loop))
        continue;
    assert_string_equal(trace.order, "ab");
    loop_free(trace.loop);
}

static void remember_thread(void *context)
{
    ((struct trace *) context)->thread = pthread_self();
}

static void work_runs_on_another_thread(void **state)
{
    (void) state;
    struct trace trace = {.loop = loop_new(), .thread = pthread_self()};
    loop_work(trace.loop, remember_thread, note_a, &trace);
    while (loop_turn(trace.loop))
        continue;
    assert_false(pthread_equal(trace.thread, pthread_self()));
    assert_string_equal(trace.order, "a");
    loop_free(trace.loop);
}

static void *wake_it(void *context)
{
    loop_wake(((struct trace *) context)->loop);
    return NULL;
}

static void another_thread_wakes_the_loop(void **state)
{
    (void) state;
    struct trace trace = {.loop = loop_new()};
    loop_on_wake(trace.loop, note_a, &trace);
    loop_expect_wake(trace.loop, true);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, wake_it, &trace), 0);
    while (!*trace.order)
        assert_true(loop_turn(trace.loop));
    pthread_join(thread, NULL);
    loop_expect_wake(trace.loop, false);
    assert_false(loop_turn(trace.loop));
    loop_free(trace.loop);
}

static void interrupt_and_hang(void)
{
    kill(getpid(), SIGINT);
    pause(); // as a function that never returns
}

static void idle(void *context)
{
    (void) context;
}

// In a child: the first SIGINT is told, the second ends it though the loop hangs.
static int interrupted_child(void)
{
    volatile int interrupted = 0;
    struct loop *loop = loop_new();
    loop_work(loop, idle, idle, NULL); // so that threads older than the watch exist
    while (loop_turn(loop))
        continue;
    loop_watch_signals(loop, &interrupted);
    loop_timer_start(loop, 60000, idle, NULL);
    kill(getpid(), SIGINT);
    while (!interrupted)
        loop_turn(loop);
    if (interrupted != SIGINT)
        return 1;
    interrupt_and_hang();
    return 2;
}

static void the_second_signal_ends_the_process(void **state)
{
    (void) state;
    pid_t child = fork();
    if (child == 0)
        _exit(interrupted_child());
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 130);
}

// In a child: what is given up comes some time after the signal, and wakes the loop.
static int patient_child(void)
{
    volatile int interrupted = 0, given_up = 0;
    struct loop *loop = loop_new();
    signal(SIGHUP, SIG_DFL); // whoever started us may ignore it
    loop_watch_signals(loop, &interrupted);
    loop_give_up_after(loop, 20, &given_up);
    loop_timer_start(loop, 60000, idle, NULL);
    kill(getpid(), SIGHUP);
    while (!interrupted)
        loop_turn(loop);
    if (interrupted != SIGHUP)
        return 1;
    while (!given_up)
        loop_turn(loop);
    kill(getpid(), SIGTERM);
    pause();
    return 2;
}

static void patience_ends_after_a_signal(void **state)
{
    (void) state;
    pid_t child = fork();
    if (child == 0)
        _exit(patient_child());
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 143);
}

// In a child: nohup's SIGHUP is none of ours.
static int nohup_child(void)
{
    volatile int interrupted = 0;
    struct loop *loop = loop_new();
    signal(SIGHUP, SIG_IGN);
    loop_watch_signals(loop, &interrupted);
    loop_timer_start(loop, 60000, idle, NULL);
    kill(getpid(), SIGHUP);
    kill(getpid(), SIGINT);
    while (!interrupted)
        loop_turn(loop);
    return interrupted;
}

static void an_ignored_hangup_stays_ignored(void **state)
{
    (void) state;
    pid_t child = fork();
    if (child == 0)
        _exit(nohup_child());
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), SIGINT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deferred_call_comes_on_the_next_turn),
        cmocka_unit_test(a_deferred_call_can_be_taken_back),
        cmocka_unit_test(what_a_timer_defers_does_not_wait_for_the_poll),
        cmocka_unit_test(timers_come_in_order_and_can_be_cancelled),
        // Before any test that leaves threads behind, since it forks.
        cmocka_unit_test(the_second_signal_ends_the_process),
        cmocka_unit_test(patience_ends_after_a_signal),
        cmocka_unit_test(an_ignored_hangup_stays_ignored),
        cmocka_unit_test(work_runs_on_another_thread),
        cmocka_unit_test(another_thread_wakes_the_loop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
