// SPDX-License-Identifier: MIT
#include "net/sshd.h"

#include "net/ssh_sudo.h"

// As sudo and root's shell would say it, by the command that was given to both.
static const char *marker_of(const struct ssh_sudo *sudo, const char *word, char text[64])
{
    snprintf(text, 64, "%s%s", word, sudo->nonce);
    return text;
}

static int set_up(void **state)
{
    struct ssh *ssh = calloc(1, sizeof *ssh);
    arena_init(&ssh->arena, 0);
    ssh->login = "pipster";
    ssh->sudo_password = "it's a pass word";
    ssh->target.name = "host/app";
    ssh->target.address = "192.0.2.1";
    ssh->target.port = 22;
    *state = ssh;
    return 0;
}

static int tear_down(void **state)
{
    struct ssh *ssh = *state;
    arena_clear(&ssh->arena);
    free(ssh);
    return 0;
}

static void hear(struct ssh *ssh, struct ssh_sudo *sudo, const char *text)
{
    ssh_sudo_hear(ssh, sudo, text, strlen(text));
}

static void test_root_needs_none(void **state)
{
    struct ssh *ssh = *state;
    struct ssh_sudo sudo;
    ssh_sudo_init(&sudo);
    ssh->login = "root";
    assert_string_equal(ssh_sudo_command(ssh, &sudo, &ssh->arena, NULL), "exec /bin/sh");
    assert_string_equal(ssh_sudo_command(ssh, &sudo, &ssh->arena, "id"),
                        "exec /bin/sh -c 'id'");
    ssh_sudo_clear(&sudo);
}

static void test_a_command_has_neither_word_nor_password(void **state)
{
    struct ssh *ssh = *state;
    struct ssh_sudo sudo;
    char text[64];
    ssh_sudo_init(&sudo);
    const char *command = ssh_sudo_command(ssh, &sudo, &ssh->arena, NULL);
    assert_null(strstr(command, ssh->sudo_password));
    hear(ssh, &sudo, "+ ");
    hear(ssh, &sudo, command);
    assert_false(sudo.was_asked);
    assert_false(sudo.is_root);
    hear(ssh, &sudo, marker_of(&sudo, "root-", text));
    assert_true(sudo.is_root);
    assert_int_equal(sudo.answer.length, 0);
    ssh_sudo_clear(&sudo);
}

static void test_a_prompt_in_pieces_is_answered_once(void **state)
{
    struct ssh *ssh = *state;
    struct ssh_sudo sudo;
    char text[64];
    ssh_sudo_init(&sudo);
    marker_of(&sudo, "password-%", text);
    hear(ssh, &sudo, "Welcome\npass");
    for (const char *at = text; *at; at++)
        ssh_sudo_hear(ssh, &sudo, at, 1);
    assert_string_equal(sudo.answer.bytes, "it's a pass word\n");
    assert_string_equal(sudo.said.bytes, "Welcome\npass");
    assert_false(sudo.is_refused);
    hear(ssh, &sudo, " \nSorry, try again.\n");
    hear(ssh, &sudo, text);
    assert_true(sudo.is_refused);
    assert_string_equal(sudo.answer.bytes, "it's a pass word\n");
    ssh_sudo_clear(&sudo);
}

static void expect_advice(struct ssh *ssh, bool refused, const char *said,
                          const char *what, const char *next)
{
    struct ssh_sudo sudo;
    struct fault fault = {0};
    struct text text;
    ssh_sudo_init(&sudo);
    text_init(&text, 0);
    text_add(&text, said);
    sudo.is_refused = refused;
    ssh_sudo_explain(ssh, &sudo, &text, &fault);
    assert_int_equal(fault.kind, FAULT_UNREACHABLE);
    assert_non_null(strstr(fault.what, what));
    if (!strstr(fault.next, next))
        fail_msg("\"%s\" does not say \"%s\"", fault.next, next);
    text_clear(&text);
    ssh_sudo_clear(&sudo);
}

static void test_each_refusal_says_what_to_do(void **state)
{
    struct ssh *ssh = *state;
    expect_advice(ssh, true, "Sorry, try again.", "refuses the password of pipster",
                  "sudo_password of host/app");
    expect_advice(ssh, false, "sudo: a password is required", "by way of pipster",
                  "NOPASSWD");
    expect_advice(ssh, false, "sudo: sorry, you must have a tty to run sudo",
                  "no root shell", "!requiretty");
    expect_advice(ssh, false, "pipster is not in the sudoers file.", "no root shell",
                  "name another login");
    expect_advice(ssh, false, "env: 'sudo': No such file or directory", "no root shell",
                  "apt-get install sudo");
    expect_advice(ssh, false, "", "no root shell", "chsh -s /bin/sh pipster");
}

static void test_of_much_noise_the_end_is_told(void **state)
{
    struct ssh *ssh = *state;
    struct ssh_sudo sudo;
    struct fault fault = {0};
    ssh_sudo_init(&sudo);
    for (int i = 0; i < 200; i++)
        hear(ssh, &sudo, "noise of the login's own files\n");
    hear(ssh, &sudo, "sudo: a password is required\n");
    ssh_sudo_explain(ssh, &sudo, &sudo.said, &fault);
    assert_non_null(strstr(fault.why, "sudo: a password is required"));
    assert_non_null(strstr(fault.next, "NOPASSWD"));
    ssh_sudo_clear(&sudo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_root_needs_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_command_has_neither_word_nor_password,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_prompt_in_pieces_is_answered_once, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_each_refusal_says_what_to_do, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_of_much_noise_the_end_is_told, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
