// SPDX-License-Identifier: MIT
#include "net/ssh_config.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct world {
    struct arena arena;
    struct ssh_config config;
    struct fault fault;
    char folder[64];
};

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    arena_init(&world->arena, 0);
    strcpy(world->folder, "/tmp/pipster-config-XXXXXX");
    assert_non_null(mkdtemp(world->folder));
    setenv("HOME", world->folder, 1);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", world->folder);
    assert_int_equal(system(command), 0);
    arena_clear(&world->arena);
    free(world);
    return 0;
}

static const struct ssh_config *parse(struct world *world, const char *host,
                                      const char *text)
{
    if (!ssh_config_parse(&world->arena, text, host, &world->config, &world->fault))
        fail_msg("%s: %s", world->fault.where, world->fault.why);
    return &world->config;
}

static void refuse(struct world *world, const char *text, const char *where,
                   const char *why)
{
    assert_false(
        ssh_config_parse(&world->arena, text, "web", &world->config, &world->fault));
    assert_string_equal(world->fault.where, where);
    assert_non_null(strstr(world->fault.why, why));
    assert_true(world->fault.next[0] != '\0');
}

static const char *path_of(struct world *world, const char *name)
{
    return arena_format(&world->arena, "%s/%s", world->folder, name);
}

static void write_file(struct world *world, const char *name, const char *text)
{
    FILE *file = fopen(path_of(world, name), "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    chmod(path_of(world, name), 0644);
}

static bool read_main(struct world *world, const char *host)
{
    return ssh_config_read(&world->arena, path_of(world, "config"), host, &world->config,
                           &world->fault);
}

static void test_all_that_is_read_of_one_host(void **state)
{
    struct world *world = *state;
    const struct ssh_config *config = parse(world, "web",
                                            "# a comment\n"
                                            "Host other\n  Port 1\n"
                                            "Host web\n"
                                            "\tHostName=web.example.com\n"
                                            "  port = 2222 # of ours\n"
                                            "  User \"deploy er\"\n"
                                            "  IdentityFile ~/one\n"
                                            "  IdentityFile '%d/two words'\n"
                                            "  IdentitiesOnly yes\n"
                                            "  Compression yes\n"
                                            "  ProxyJump a@jump1:22,jump2\n");
    assert_string_equal(config->host_name, "web.example.com");
    assert_int_equal(config->port, 2222);
    assert_string_equal(config->user, "deploy er");
    assert_int_equal(config->identity_count, 2);
    assert_string_equal(config->identities[0], path_of(world, "one"));
    assert_string_equal(config->identities[1], path_of(world, "two words"));
    assert_true(config->only_identities);
    assert_string_equal(config->jump, "a@jump1:22,jump2");
    assert_null(config->note);
}

static void test_nothing_said(void **state)
{
    const struct ssh_config *config = parse(*state, "web", "Host other\nPort 1\n");
    assert_string_equal(config->host_name, "web");
    assert_int_equal(config->port, 0);
    assert_null(config->user);
    assert_null(config->jump);
    assert_false(config->says_identities);
}

static void test_the_first_said_wins(void **state)
{
    const struct ssh_config *config =
        parse(*state, "web",
              "User before\nHost web\nPort 1\nUser in\nHost *\nPort 2\nHostName x\n");
    assert_string_equal(config->user, "before");
    assert_int_equal(config->port, 1);
    assert_string_equal(config->host_name, "x");
}

static void test_patterns_and_negations(void **state)
{
    static const char text[] = "Host *.example.com !db.example.com 10.0.?.1\nPort 7\n";
    static const struct {
        const char *host;
        int port;
    } cases[] = {
        {"web.example.com", 7}, {"WEB.Example.com", 7}, {"db.example.com", 0},
        {"example.com", 0},     {"10.0.5.1", 7},        {"10.0.55.1", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(parse(*state, cases[i].host, text)->port, cases[i].port);
    assert_int_equal(parse(*state, "web", "Host !web\nPort 7\n")->port, 0);
    assert_int_equal(parse(*state, "web", "Host * !web\nPort 7\n")->port, 0);
}

static void test_tokens(void **state)
{
    const struct ssh_config *config =
        parse(*state, "web",
              "HostName %h.example.com\nUser op\nPort 9\nIdentityFile "
              "/k/%h-%n-%r-%p-%%\n");
    assert_string_equal(config->host_name, "web.example.com");
    assert_string_equal(config->identities[0], "/k/web.example.com-web-op-9-%");
}

static void test_tokens_of_the_way(void **state)
{
    const struct ssh_config *config = parse(*state, "web",
                                            "HostName %h.example.com\nUser op\nPort 9\n"
                                            "ProxyJump %r@gate-%n:22,%h-gate:%p\n");
    assert_string_equal(config->jump, "op@gate-web:22,web.example.com-gate:9");
    refuse(*state, "ProxyJump %x@gate\n", "ssh_config", "ProxyJump %x@gate");
}

static void test_variables_of_the_environment(void **state)
{
    setenv("KEYS_OF", "/k", 1);
    unsetenv("NOT_THERE");
    const struct ssh_config *config =
        parse(*state, "web", "IdentityFile ${KEYS_OF}/$1/${KEYS_OF}\nUser $KEYS_OF\n");
    assert_string_equal(config->identities[0], "/k/$1//k");
    assert_string_equal(config->user, "$KEYS_OF");
    refuse(*state, "IdentityFile ${NOT_THERE}/id\n", "ssh_config", "${NOT_THERE}");
    refuse(*state, "IdentityFile ${KEYS_OF\n", "ssh_config", "${KEYS_OF");
}

static void test_identities_only(void **state)
{
    static const struct {
        const char *text;
        bool only;
    } cases[] = {
        {"IdentitiesOnly yes\n", true},
        {"IdentitiesOnly true\n", true},
        {"IdentitiesOnly no\nHost *\nIdentitiesOnly yes\n", false},
        {"IdentitiesOnly yes\nHost *\nIdentitiesOnly no\n", true},
        {"Host other\nIdentitiesOnly yes\n", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(parse(*state, "web", cases[i].text)->only_identities,
                         cases[i].only);
    refuse(*state, "IdentitiesOnly maybe\n", "ssh_config:1", "neither yes nor no");
}

static void test_a_line_of_many_words(void **state)
{
    char text[4096] = "Host *";
    for (int i = 0; i < 300; i++)
        strcat(text, " !a-name");
    strcat(text, " !web\nPort 7\nHost");
    for (int i = 0; i < 100; i++)
        strcat(text, " a-name");
    strcat(text, " web\nPort 8\n");
    assert_int_equal(parse(*state, "web", text)->port, 8);
}

static void test_lines_end_as_on_windows(void **state)
{
    const struct ssh_config *config =
        parse(*state, "web",
              "Host web\r\n  User \"op er\"\r\n\r\n# one\r\n  Port 7\r\n"
              "  ProxyJump gate\r\n");
    assert_string_equal(config->user, "op er");
    assert_int_equal(config->port, 7);
    assert_string_equal(config->jump, "gate");
}

static void test_identity_none(void **state)
{
    const struct ssh_config *config = parse(*state, "web", "IdentityFile none\n");
    assert_true(config->says_identities);
    assert_int_equal(config->identity_count, 0);
}

static void test_whichever_way_is_first(void **state)
{
    const struct ssh_config *config =
        parse(*state, "web", "ProxyJump a\nProxyCommand nc %h %p\n");
    assert_string_equal(config->jump, "a");
    assert_null(config->proxy_command);
    config = parse(*state, "web", "ProxyCommand nc %h %p\nProxyJump a\n");
    assert_null(config->jump);
    assert_string_equal(config->proxy_command, "nc");
    config = parse(*state, "web", "ProxyJump none\nHost *\nProxyJump a\n");
    assert_string_equal(config->jump, "none");
}

static void test_match_is_passed_over_with_a_note(void **state)
{
    const struct ssh_config *config =
        parse(*state, "web", "Match host web exec true\nPort 1\nHost *\nPort 2\n");
    assert_int_equal(config->port, 2);
    assert_string_equal(config->note,
                        "ssh_config:1: the Match block there was passed over");
    config = parse(*state, "web", "Host other\nPort 1\nMatch all\nPort 3\n");
    assert_int_equal(config->port, 3);
    assert_null(config->note);
}

static void test_lines_that_cannot_be_read(void **state)
{
    refuse(*state, "Host web\nPort\n", "ssh_config:2", "Port has no value");
    refuse(*state, "Port 0\n", "ssh_config:1", "from 1 to 65535");
    refuse(*state, "Port 22x\n", "ssh_config:1", "from 1 to 65535");
    refuse(*state, "\n\nUser \"open\n", "ssh_config:3", "quote");
    refuse(*state, "IdentityFile ~/%C\n", "ssh_config", "IdentityFile ~/%C");
    refuse(*state, "HostName %\n", "ssh_config", "HostName %");
}

static void test_a_file_that_is_not_there(void **state)
{
    struct world *world = *state;
    assert_true(read_main(world, "web"));
    assert_string_equal(world->config.host_name, "web");
}

static void test_includes(void **state)
{
    struct world *world = *state;
    write_file(world, "config",
               "Include conf.d/*.conf missing\nHost web\nInclude ~/only-web\nPort 5\n");
    mkdir(path_of(world, "conf.d"), 0755);
    write_file(world, "conf.d/a.conf", "Host db\nUser a\n");
    write_file(world, "conf.d/b.conf", "User b\n");
    write_file(world, "only-web", "Host db\nPort 6\nHost *\nHostName inner\n");
    assert_true(read_main(world, "web"));
    assert_string_equal(world->config.user, "b");
    assert_string_equal(world->config.host_name, "inner");
    assert_int_equal(world->config.port, 5);
    assert_true(read_main(world, "db"));
    assert_string_equal(world->config.user, "a");
    assert_string_equal(world->config.host_name, "db");
    assert_int_equal(world->config.port, 0);
}

static void test_a_file_that_includes_itself(void **state)
{
    struct world *world = *state;
    write_file(world, "config", "Include config\n");
    assert_false(read_main(world, "web"));
    assert_non_null(strstr(world->fault.why, "include each other"));
}

static void test_a_file_that_others_may_write(void **state)
{
    struct world *world = *state;
    write_file(world, "config", "Include inner\nPort 1\n");
    write_file(world, "inner", "User b\n");
    chmod(path_of(world, "inner"), 0664);
    assert_false(read_main(world, "web"));
    assert_string_equal(world->fault.where, path_of(world, "inner"));
    assert_non_null(strstr(world->fault.next, "chmod go-w"));
    chmod(path_of(world, "inner"), 0600);
    assert_true(read_main(world, "web"));
}

static void test_a_folder_in_its_place(void **state)
{
    struct world *world = *state;
    mkdir(path_of(world, "config"), 0755);
    assert_false(read_main(world, "web"));
    assert_non_null(strstr(world->fault.why, "no regular file"));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_all_that_is_read_of_one_host),
        CASE(test_nothing_said),
        CASE(test_the_first_said_wins),
        CASE(test_patterns_and_negations),
        CASE(test_tokens),
        CASE(test_tokens_of_the_way),
        CASE(test_variables_of_the_environment),
        CASE(test_identities_only),
        CASE(test_a_line_of_many_words),
        CASE(test_lines_end_as_on_windows),
        CASE(test_identity_none),
        CASE(test_whichever_way_is_first),
        CASE(test_match_is_passed_over_with_a_note),
        CASE(test_lines_that_cannot_be_read),
        CASE(test_a_file_that_is_not_there),
        CASE(test_includes),
        CASE(test_a_file_that_includes_itself),
        CASE(test_a_file_that_others_may_write),
        CASE(test_a_folder_in_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
