// SPDX-License-Identifier: MIT
#include "net/ssh_meet.h"
#include "net/ssh_private.h"

#include "net/skip_clock.h"

#define MINUTE_MS 60000

struct world {
    struct sshd living, dead;
    struct ssh *living_ssh, *dead_ssh;
    struct ssh_meet heard, lost;
    struct loop *loop;
    struct arena arena;
    char script[256];
};

static void signal_session(const struct sshd *sshd, const char *name)
{
    char command[64];
    snprintf(command, sizeof command, "pkill -%s -P %d", name, (int) sshd->pid);
    assert_int_equal(system(command), 0);
}

static void note_begin(void *context, const char *line, size_t length)
{
    struct ssh_meet *meet = context;
    (void) line;
    (void) length;
    meet->has_begun = true;
}

static struct ssh *connect_to(struct world *world, struct sshd *sshd)
{
    sshd_prepare(sshd);
    sshd_spawn(sshd, "host", NULL);
    struct ssh_target target = ssh_meet_target(sshd, &world->arena);
    target.keepalive_ms = MINUTE_MS;
    return ssh_meet_connect(world->loop, &target);
}

// Begins a script that says nothing more until there is a file "go" beside the living.
static void begin(struct world *world, struct ssh *ssh, struct ssh_meet *meet)
{
    snprintf(world->script, sizeof world->script,
             "echo begun; while [ -d %s ] && [ ! -e %s/go ]; do sleep 0.1; done; "
             "echo done",
             world->living.folder, world->living.folder);
    ssh_meet_ask(meet, ssh,
                 &(struct ssh_script){.text = world->script,
                                      .length = strlen(world->script),
                                      .line = note_begin,
                                      .timeout_ms = 1000 * MINUTE_MS});
    while (!meet->has_begun)
        assert_true(loop_turn(world->loop));
}

// To its end the living has answered, if it was asked.
static void pass_a_minute(struct world *world)
{
    struct ssh *ssh = world->living_ssh;
    skip_clock(60);
    do
        assert_true(skip_turn(world->loop));
    while (ssh->silent > 0 && !ssh->link->heard);
}

static void clear(struct world *world)
{
    ssh_close(world->living_ssh);
    ssh_close(world->dead_ssh);
    while (loop_turn(world->loop))
        ;
    ssh_meet_clear(&world->heard);
    ssh_meet_clear(&world->lost);
    loop_free(world->loop);
    arena_clear(&world->arena);
    signal_session(&world->dead, "KILL");
    sshd_remove(&world->dead);
    sshd_remove(&world->living);
}

// Two hosts at once: one is alive and has nothing to say for longer than a dead one is
// given, the other one's sshd hangs.
static void test_silence_of_the_living_and_of_the_dead(void **state)
{
    struct world world = {.loop = loop_new()};
    char path[128];
    int minutes = 0;
    (void) state;
    arena_init(&world.arena, 0);
    world.living_ssh = connect_to(&world, &world.living);
    world.dead_ssh = connect_to(&world, &world.dead);
    begin(&world, world.living_ssh, &world.heard);
    begin(&world, world.dead_ssh, &world.lost);
    signal_session(&world.dead, "STOP");
    for (; !world.lost.came; minutes++)
        pass_a_minute(&world);
    assert_true(minutes >= 3);
    assert_int_equal(world.lost.fault.kind, FAULT_UNREACHABLE);
    assert_non_null(strstr(world.lost.fault.what, "no longer answers"));
    assert_false(ssh_is_alive(world.dead_ssh));
    for (int more = 0; more < minutes; more++)
        pass_a_minute(&world);
    assert_false(world.heard.came);
    sshd_write(sshd_path(&world.living, "go", path), "");
    while (!world.heard.came)
        assert_true(loop_turn(world.loop));
    assert_false(fault_is_set(&world.heard.fault));
    assert_string_equal(world.heard.output.bytes, "begun\ndone\n");
    clear(&world);
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
