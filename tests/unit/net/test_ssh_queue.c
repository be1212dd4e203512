// SPDX-License-Identifier: MIT
//
// Who gets a turn when, with users that only count: the socket says nothing.
#include "net/ssh_private.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <sys/socket.h>
#include <unistd.h>

struct counted {
    struct ssh_user user;
    int turns;
};

struct world {
    struct ssh ssh;
    struct counted first, second; // in the order of their turns
    int sockets[2];
};

static bool idles(struct ssh *ssh, struct ssh_user *user)
{
    (void) ssh;
    ((struct counted *) user)->turns++;
    return false;
}

// Reads, for itself in vain: what came was for others.
static bool takes_for_others(struct ssh *ssh, struct ssh_user *user)
{
    if (((struct counted *) user)->turns++ == 0)
        ssh->link->taken += 100;
    return false;
}

// A packet is half sent at first, and sent at the next turn.
static bool sends_in_two_turns(struct ssh *ssh, struct ssh_user *user)
{
    bool begins = ((struct counted *) user)->turns++ == 0;
    ssh->sender = begins ? user : NULL;
    return begins;
}

static void lost(struct ssh *ssh, struct ssh_user *user, const struct fault *fault)
{
    (void) ssh;
    (void) user;
    (void) fault;
}

static int set_up(void **state)
{
    static struct world world;
    world = (struct world){.first.user = {.pump = idles, .lost = lost},
                           .second.user = {.pump = idles, .lost = lost}};
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, world.sockets), 0);
    world.ssh.loop = loop_new();
    world.ssh.link = ssh_link_new(world.ssh.loop, world.sockets[0], NULL, NULL);
    ssh_queue_add(&world.ssh, &world.second.user);
    ssh_queue_add(&world.ssh, &world.first.user);
    *state = &world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    ssh_link_drop(world->ssh.link);
    while (loop_turn(world->ssh.loop))
        ;
    loop_free(world->ssh.loop);
    close(world->sockets[1]);
    return 0;
}

static void test_where_nothing_comes_all_have_one_turn(void **state)
{
    struct world *world = *state;
    ssh_queue_pump(&world->ssh);
    assert_int_equal(world->first.turns, 1);
    assert_int_equal(world->second.turns, 1);
}

static void test_what_one_took_may_be_for_one_before(void **state)
{
    struct world *world = *state;
    world->second.user.pump = takes_for_others;
    ssh_queue_pump(&world->ssh);
    assert_int_equal(world->first.turns, 2);
}

// Who comes after has the news in the same round.
static void test_what_the_first_took_needs_no_second_round(void **state)
{
    struct world *world = *state;
    world->first.user.pump = takes_for_others;
    ssh_queue_pump(&world->ssh);
    assert_int_equal(world->first.turns, 1);
    assert_int_equal(world->second.turns, 1);
}

static void test_who_was_passed_over_has_a_turn_once_all_is_sent(void **state)
{
    struct world *world = *state;
    world->second.user.pump = sends_in_two_turns;
    ssh_queue_pump(&world->ssh);
    // Before it was half sent, not meanwhile, and after.
    assert_int_equal(world->second.turns, 3);
    assert_int_equal(world->first.turns, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_where_nothing_comes_all_have_one_turn,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_one_took_may_be_for_one_before, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_what_the_first_took_needs_no_second_round,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            test_who_was_passed_over_has_a_turn_once_all_is_sent, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
