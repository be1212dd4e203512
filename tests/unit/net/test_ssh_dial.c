// SPDX-License-Identifier: MIT
#include "net/ssh_meet.h"

#include "base/clock.h"

#include <sched.h>
#include <sys/mount.h>

struct world {
    struct sshd sshd;
    struct loop *loop;
    struct arena arena;
    struct ssh_target target;
    struct ssh_meet meet;
    bool has_ipv6; // not every container has
};

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    if (!sshd_is_installed())
        return -1;
    sshd_prepare(&world->sshd);
    world->has_ipv6 = world->sshd.held.sockets[1] >= 0;
    sshd_spawn(&world->sshd, "host", world->has_ipv6 ? "ListenAddress ::1\n" : NULL);
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
    world->target = ssh_meet_target(&world->sshd, &world->arena);
    return 0;
}

static int end(void **state)
{
    struct world *world = *state;
    while (loop_turn(world->loop))
        ;
    loop_free(world->loop);
    arena_clear(&world->arena);
    return 0;
}

// From where the host sees us.
static void assert_comes_from(struct world *world, const char *address)
{
    struct ssh *ssh = ssh_meet_connect(world->loop, &world->target);
    ssh_meet_run(&world->meet, world->loop, ssh, "echo \"$SSH_CONNECTION\"");
    assert_int_equal(strncmp(world->meet.output.bytes, address, strlen(address)), 0);
    ssh_meet_clear(&world->meet);
    ssh_close(ssh);
}

static void test_ipv6(void **state)
{
    struct world *world = *state;
    if (!world->has_ipv6)
        skip();
    world->target.address = "::1";
    assert_comes_from(world, "::1 ");
}

static void test_an_ipv6_address_is_told_in_brackets(void **state)
{
    struct world *world = *state;
    char expected[64];
    struct port nobody;
    if (!world->has_ipv6)
        skip();
    port_hold(&nobody);
    world->target.address = "::1";
    world->target.port = nobody.number;
    world->target.patience_ms = 0;
    assert_null(ssh_meet_try(&world->meet, world->loop, &world->target));
    snprintf(expected, sizeof expected, "at [::1]:%d does not answer",
             world->target.port);
    assert_non_null(strstr(world->meet.fault.what, expected));
    port_let_go(&nobody);
}

static void test_known_hosts_of_an_ipv6_address(void **state)
{
    struct world *world = *state;
    char path[128];
    if (!world->has_ipv6)
        skip();
    world->target.address = "::1";
    world->target.pin_count = 0;
    world->target.known_hosts_path = sshd_path(&world->sshd, "known", path);
    sshd_write(path, arena_format(&world->arena, "[::1]:%d %s\n", world->sshd.port,
                                  world->sshd.host_key));
    assert_comes_from(world, "::1 ");
}

static void listen_at(int fd, const struct sockaddr *address, socklen_t size, int backlog)
{
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    assert_int_equal(bind(fd, address, size), 0);
    assert_int_equal(listen(fd, backlog), 0);
}

// A name with two addresses, for us alone.
static bool has_hosts_file(struct world *world)
{
    char path[128];
    if (unshare(CLONE_NEWNS) != 0 ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return false;
    sshd_write(sshd_path(&world->sshd, "hosts", path),
               "::1 two.ways\n127.0.0.1 two.ways localhost\n");
    return mount(path, "/etc/hosts", NULL, MS_BIND, NULL) == 0;
}

// The first of the two takes no more connections and refuses none.
static void test_a_silent_address_before_the_right_one(void **state)
{
    struct world *world = *state;
    struct sshd other;
    if (!world->has_ipv6 || !has_hosts_file(world))
        skip();
    sshd_prepare(&other);
    struct sockaddr_in6 six = {.sin6_family = AF_INET6,
                               .sin6_addr = IN6ADDR_LOOPBACK_INIT,
                               .sin6_port = htons((uint16_t) other.port)};
    int full = socket(AF_INET6, SOCK_STREAM, 0), held[3];
    listen_at(full, (struct sockaddr *) &six, sizeof six, 0);
    for (int i = 0; i < 3; i++) {
        held[i] = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void) !connect(held[i], (struct sockaddr *) &six, sizeof six);
    }
    sshd_spawn(&other, "host", NULL);
    world->target = ssh_meet_target(&other, &world->arena);
    world->target.address = "two.ways";
    world->target.connect_timeout_ms = 5000;
    int64_t began = clock_monotonic_ms();
    assert_comes_from(world, "127.0.0.1 ");
    // Otherwise the full one was not asked at all.
    assert_true(clock_monotonic_ms() - began >= 2400);
    for (int i = 0; i < 3; i++)
        close(held[i]);
    close(full);
    sshd_remove(&other);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    if (!sshd_is_installed())
        return 0;
    const struct CMUnitTest tests[] = {
        // Before libuv has threads, which would look into the other /etc/hosts.
        CASE(test_a_silent_address_before_the_right_one),
        CASE(test_ipv6),
        CASE(test_an_ipv6_address_is_told_in_brackets),
        CASE(test_known_hosts_of_an_ipv6_address),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
