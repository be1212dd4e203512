// SPDX-License-Identifier: MIT
#include "net/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/arena.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool run(struct arena *arena, const char *script, struct process_call *call,
                struct process_result *result, struct fault *fault)
{
    const char *argv[] = {"/bin/sh", "-c", script, NULL};
    call->argv = argv;
    return process_run(call, arena, result, fault);
}

static void outputs_input_and_status_come_through(void **state)
{
    (void) state;
    struct arena arena;
    struct fault fault = {0};
    struct process_result result;
    arena_init(&arena, 0);
    struct process_call call = {.input = "a\0b", .input_length = 3};
    assert_true(run(&arena, "cat; echo wrong >&2; exit 7", &call, &result, &fault));
    assert_int_equal(result.status, 7);
    assert_int_equal(result.signal, 0);
    assert_int_equal(result.length, 3);
    assert_memory_equal(result.output, "a\0b", 4);
    assert_string_equal(result.errors, "wrong\n");
    arena_clear(&arena);
}

static void directory_and_environment_are_as_asked(void **state)
{
    (void) state;
    struct arena arena;
    struct fault fault = {0};
    struct process_result result;
    arena_init(&arena, 0);
    const char *const environment[] = {"NAME=value", NULL};
    struct process_call call = {.directory = "/", .environment = environment};
    assert_true(run(&arena, "pwd; echo $NAME $HOME", &call, &result, &fault));
    assert_string_equal(result.output, "/\nvalue\n");
    arena_clear(&arena);
}

static void much_goes_both_ways(void **state)
{
    (void) state;
    struct arena arena;
    struct fault fault = {0};
    struct process_result result;
    arena_init(&arena, 0);
    size_t length = 4 << 20;
    char *input = malloc(length);
    memset(input, 'x', length);
    struct process_call call = {.input = input, .input_length = length};
    assert_true(run(&arena, "cat", &call, &result, &fault));
    assert_int_equal(result.length, length);
    // One that reads nothing of it is no fault.
    assert_true(run(&arena, "exit 0", &call, &result, &fault));
    free(input);
    arena_clear(&arena);
}

static void a_missing_program_is_a_fault(void **state)
{
    (void) state;
    struct arena arena;
    struct fault fault = {0};
    struct process_result result;
    arena_init(&arena, 0);
    const char *argv[] = {"/nowhere/program", NULL};
    struct process_call call = {.argv = argv};
    assert_false(process_run(&call, &arena, &result, &fault));
    assert_non_null(strstr(fault.what, "/nowhere/program"));
    assert_string_equal(fault.why, "no such file or directory");
    arena_clear(&arena);
}

struct limited {
    bool ended, is_fault;
    int signal;
    char output[16];
};

static void note_end(void *context, const struct process_result *result,
                     const struct fault *fault)
{
    struct limited *limited = context;
    limited->ended = true;
    limited->is_fault = fault_is_set(fault);
    limited->signal = result->signal;
    snprintf(limited->output, sizeof limited->output, "%s", result->output);
}

// Dead ones that init has not waited for yet are gone as well.
static bool is_running(pid_t pid)
{
    char path[64], state = 'Z';
    snprintf(path, sizeof path, "/proc/%d/stat", (int) pid);
    FILE *file = fopen(path, "r");
    if (file && fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
        state = 'Z';
    if (file)
        fclose(file);
    return state != 'Z';
}

// The loop stands still until the script has begun, and left a process of its own.
static void the_time_limit_ends_the_whole_group(void **state)
{
    char folder[] = "/tmp/pipster-process-XXXXXX", pipe[64], number[16] = "";
    const char *argv[] = {"/bin/sh", "-c",
                          "echo begun; cat /dev/zero >/dev/null & echo $! >$0; wait",
                          pipe, NULL};
    struct process_call call = {.argv = argv, .timeout_ms = 100};
    struct limited limited = {0};
    (void) state;
    assert_non_null(mkdtemp(folder));
    snprintf(pipe, sizeof pipe, "%s/pipe", folder);
    assert_int_equal(mkfifo(pipe, 0600), 0);
    struct loop *loop = loop_new();
    process_start(loop, &call, note_end, &limited);
    int fd = open(pipe, O_RDONLY);
    assert_true(read(fd, number, sizeof number - 1) > 0);
    while (!limited.ended)
        assert_true(loop_turn(loop));
    assert_true(limited.is_fault);
    assert_int_equal(limited.signal, SIGKILL);
    assert_string_equal(limited.output, "begun\n");
    assert_true(atoi(number) > 1);
    while (is_running((pid_t) atoi(number)))
        poll(NULL, 0, 10);
    close(fd);
    loop_free(loop);
    unlink(pipe);
    rmdir(folder);
}

static void a_killed_process_tells_its_signal(void **state)
{
    (void) state;
    struct arena arena;
    struct fault fault = {0};
    struct process_result result;
    arena_init(&arena, 0);
    struct process_call call = {0};
    assert_true(run(&arena, "kill -TERM $$", &call, &result, &fault));
    assert_int_equal(result.signal, SIGTERM);
    arena_clear(&arena);
}

// A service left in the background keeps the outputs open; nobody waits for it.
static void what_stays_in_the_background_is_not_waited_for(void **state)
{
    (void) state;
    struct arena arena;
    struct fault fault = {0};
    struct process_result result;
    arena_init(&arena, 0);
    struct process_call call = {0};
    assert_true(run(&arena, "tail -f /dev/null & echo $!", &call, &result, &fault));
    pid_t left = (pid_t) atoi(result.output);
    assert_true(left > 1);
    kill(left, SIGKILL);
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outputs_input_and_status_come_through),
        cmocka_unit_test(directory_and_environment_are_as_asked),
        cmocka_unit_test(much_goes_both_ways),
        cmocka_unit_test(a_missing_program_is_a_fault),
        cmocka_unit_test(the_time_limit_ends_the_whole_group),
        cmocka_unit_test(a_killed_process_tells_its_signal),
        cmocka_unit_test(what_stays_in_the_background_is_not_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
