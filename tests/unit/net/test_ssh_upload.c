// SPDX-License-Identifier: MIT
#include "net/ssh_meet.h"

#include "net/digest.h"
#include "net/ssh_upload.h"

#include <sys/resource.h>

#define FILE_SIZE (80 << 20)

struct world {
    struct sshd sshd;
    struct loop *loop;
    struct arena arena;
    struct ssh *ssh;
    char file[128], pipe[128], part[128];
    char sum[DIGEST_HEX_SIZE];
};

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    char command[256];
    int64_t size = 0;
    struct fault fault = {0};
    if (!sshd_is_installed())
        return -1;
    sshd_prepare(&world->sshd);
    sshd_spawn(&world->sshd, "host", "MaxSessions 2\n");
    sshd_path(&world->sshd, "file", world->file);
    sshd_path(&world->sshd, "pipe", world->pipe);
    sshd_path(&world->sshd, "part", world->part);
    snprintf(command, sizeof command, "head -c %d /dev/urandom >%s", FILE_SIZE,
             world->file);
    assert_int_equal(system(command), 0);
    assert_true(digest_file(world->file, world->sum, &size, &fault));
    assert_int_equal(size, FILE_SIZE);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    sshd_remove(&world->sshd);
    free(world);
    return 0;
}

static int begin(void **state)
{
    struct world *world = *state;
    arena_init(&world->arena, 0);
    world->loop = loop_new();
    struct ssh_target target = ssh_meet_target(&world->sshd, &world->arena);
    world->ssh = ssh_meet_connect(world->loop, &target);
    unlink(world->part);
    unlink(world->pipe);
    assert_int_equal(mkfifo(world->pipe, 0600), 0);
    return 0;
}

static int end(void **state)
{
    struct world *world = *state;
    ssh_close(world->ssh);
    while (loop_turn(world->loop))
        ;
    loop_free(world->loop);
    arena_clear(&world->arena);
    return 0;
}

static void start(struct world *world, struct ssh_meet *meet, int64_t offset,
                  const char *script)
{
    memset(meet, 0, sizeof *meet);
    text_init(&meet->output, 0);
    text_init(&meet->errors, 0);
    struct ssh_upload upload = {.path = world->file,
                                .offset = offset,
                                .pipe = world->pipe,
                                .receive = {.text = script, .length = strlen(script)}};
    ssh_upload(world->ssh, &upload, ssh_meet_answered, meet);
    assert_false(meet->came);
}

static void finish(struct world *world, struct ssh_meet *meet)
{
    while (!meet->came)
        assert_true(loop_turn(world->loop));
}

static const char *appending(struct world *world)
{
    return arena_format(&world->arena,
                        "exec 3<%s; echo begun; cat <&3 >>%s || exit; sha256sum <%s",
                        world->pipe, world->part, world->part);
}

static void assert_alive(struct world *world)
{
    struct ssh_meet meet;
    ssh_meet_run(&meet, world->loop, world->ssh, "echo alive");
    assert_string_equal(meet.output.bytes, "alive\n");
    ssh_meet_clear(&meet);
}

static void test_a_file_arrives_in_constant_memory(void **state)
{
    struct world *world = *state;
    struct rusage before, after;
    struct ssh_meet meet;
    getrusage(RUSAGE_SELF, &before);
    start(world, &meet, 0, appending(world));
    finish(world, &meet);
    getrusage(RUSAGE_SELF, &after);
    assert_false(fault_is_set(&meet.fault));
    assert_int_equal(meet.status, 0);
    assert_non_null(strstr(meet.output.bytes, world->sum));
#ifndef __SANITIZE_ADDRESS__
    assert_true(after.ru_maxrss - before.ru_maxrss < 8 << 10);
#endif
    ssh_meet_clear(&meet);
    assert_alive(world);
}

static void test_the_rest_of_a_file(void **state)
{
    struct world *world = *state;
    char command[400];
    struct ssh_meet meet;
    snprintf(command, sizeof command, "head -c 1234567 %s >%s", world->file, world->part);
    assert_int_equal(system(command), 0);
    start(world, &meet, 1234567, appending(world));
    finish(world, &meet);
    assert_non_null(strstr(meet.output.bytes, world->sum));
    ssh_meet_clear(&meet);
}

// What could be written before the disk was full, say.
static void test_a_script_that_stops_taking(void **state)
{
    struct world *world = *state;
    struct ssh_meet meet;
    start(world, &meet, 0,
          arena_format(&world->arena,
                       "exec 3<%s; head -c 3000000 <&3 >/dev/null; exec 3<&-; exit 7",
                       world->pipe));
    finish(world, &meet);
    assert_false(fault_is_set(&meet.fault));
    assert_int_equal(meet.status, 7);
    ssh_meet_clear(&meet);
    assert_alive(world);
}

static void test_no_such_file(void **state)
{
    struct world *world = *state;
    struct ssh_meet meet;
    char kept[128];
    strcpy(kept, world->file);
    strcpy(world->file, "/nonexistent/file");
    start(world, &meet, 0, appending(world));
    strcpy(world->file, kept);
    finish(world, &meet);
    assert_int_equal(meet.fault.kind, FAULT_ERROR);
    assert_non_null(strstr(meet.fault.why, "No such file"));
    ssh_meet_clear(&meet);
    assert_alive(world);
}

static void test_no_channel_for_it(void **state)
{
    struct world *world = *state;
    struct ssh_meet first, second;
    assert_alive(world);
    // Two channels are let in: the shell's and one more.
    start(world, &first, 0, appending(world));
    start(world, &second, 0, appending(world));
    finish(world, &second);
    finish(world, &first);
    bool is_first = fault_is_set(&first.fault);
    struct ssh_meet *refused = is_first ? &first : &second;
    assert_int_equal(refused->fault.kind, FAULT_ERROR);
    assert_non_null(strstr(refused->fault.next, "MaxSessions"));
    assert_non_null(strstr((is_first ? &second : &first)->output.bytes, world->sum));
    ssh_meet_clear(&first);
    ssh_meet_clear(&second);
}

// The connection's process on the host is killed once some of it is there.
static void test_cut_in_the_middle_and_gone_on(void **state)
{
    struct world *world = *state;
    struct ssh_meet meet;
    struct stat status = {0};
    char over[128];
    sshd_path(&world->sshd, "over", over);
    start(world, &meet, 0,
          arena_format(&world->arena,
                       "exec 3<%s; head -c 5000000 <&3 >%s; "
                       "kill -KILL $PPID; cat <&3 >>%s; : >%s",
                       world->pipe, world->part, world->part, over));
    finish(world, &meet);
    assert_int_equal(meet.fault.kind, FAULT_UNREACHABLE);
    ssh_meet_clear(&meet);
    end(state);
    arena_init(&world->arena, 0);
    world->loop = loop_new();
    struct ssh_target target = ssh_meet_target(&world->sshd, &world->arena);
    world->ssh = ssh_meet_connect(world->loop, &target);
    // What was cut off ends by itself, when the pipe's writer has.
    while (access(over, F_OK) != 0)
        poll(NULL, 0, 10);
    assert_int_equal(stat(world->part, &status), 0);
    assert_true(status.st_size >= 5000000 && status.st_size < FILE_SIZE);
    start(world, &meet, status.st_size, appending(world));
    finish(world, &meet);
    assert_non_null(strstr(meet.output.bytes, world->sum));
    ssh_meet_clear(&meet);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    if (!sshd_is_installed())
        return 0;
    const struct CMUnitTest tests[] = {
        CASE(test_a_file_arrives_in_constant_memory),
        CASE(test_the_rest_of_a_file),
        CASE(test_a_script_that_stops_taking),
        CASE(test_no_such_file),
        CASE(test_no_channel_for_it),
        CASE(test_cut_in_the_middle_and_gone_on),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
