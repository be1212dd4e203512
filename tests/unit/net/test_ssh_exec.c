// SPDX-License-Identifier: MIT
#include "net/sshd.h"

#include "base/text.h"
#include "net/digest.h"
#include "net/skip_clock.h"
#include "net/ssh_exec.h"

struct world {
    struct sshd sshd;
    struct loop *loop;
    struct ssh *ssh;
};

struct answer {
    bool came;
    int order;
    struct fault fault;
    int status;
    char signal[16];
    struct text output, errors, lines;
    struct answer *counter; // answers are numbered in the one that counts
    int count;
    struct world *world; // whose connection a line callback closes
};

static void connected(void *context, struct ssh *ssh, const struct fault *fault)
{
    struct world *world = context;
    if (fault)
        print_error("%s: %s\n", fault->what, fault->why);
    assert_null(fault);
    world->ssh = ssh;
}

static void connect_to(struct world *world)
{
    struct sshd *sshd = &world->sshd;
    struct arena arena;
    struct known_hosts_key pin;
    struct fault fault = {0};
    arena_init(&arena, 0);
    assert_true(known_hosts_parse_key(&arena, sshd->host_key, &pin, &fault));
    struct ssh_target target = {
        .name = "host/test",
        .address = "127.0.0.1",
        .port = sshd->port,
        .logins = (const char *[]){sshd->login},
        .login_count = 1,
        .identities = (const char *[]){sshd->user_key},
        .identity_count = 1,
        .pins = &pin,
        .pin_count = 1,
        .patience_ms = SSHD_PATIENCE_MS,
        .connect_timeout_ms = SSHD_PATIENCE_MS,
    };
    world->ssh = NULL;
    ssh_connect(world->loop, &target, connected, world);
    while (!world->ssh)
        assert_true(loop_turn(world->loop));
    arena_clear(&arena);
}

static void close_connection(struct world *world)
{
    ssh_close(world->ssh);
    world->ssh = NULL;
    while (loop_turn(world->loop))
        ;
}

// A script and its answer must not need a folder of the user who runs the tests.
static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    char path[128], extra[256];
    if (!sshd_is_installed())
        return -1;
    sshd_prepare(&world->sshd);
    sshd_write(sshd_path(&world->sshd, ".bashrc", path),
               "echo noise from the login\nprintf 'no newline'; echo trouble >&2\n");
    snprintf(extra, sizeof extra, "SetEnv HOME=%s\n", world->sshd.folder);
    sshd_spawn(&world->sshd, "host", extra);
    world->loop = loop_new();
    connect_to(world);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    close_connection(world);
    loop_free(world->loop);
    sshd_remove(&world->sshd);
    free(world);
    return 0;
}

static void answered(void *context, const struct ssh_result *result,
                     const struct fault *fault)
{
    struct answer *answer = context;
    assert_false(answer->came);
    answer->came = true;
    answer->order = answer->counter ? ++answer->counter->count : 0;
    answer->status = result->status;
    if (fault)
        answer->fault = *fault;
    if (result->signal)
        snprintf(answer->signal, sizeof answer->signal, "%s", result->signal);
    text_add_bytes(&answer->output, result->output, result->length);
    text_add_bytes(&answer->errors, result->errors, result->errors_length);
}

static void line_came(void *context, const char *line, size_t length)
{
    struct answer *answer = context;
    text_add_bytes(&answer->lines, line, length);
    text_add_char(&answer->lines, '|');
}

static void answer_init(struct answer *answer)
{
    memset(answer, 0, sizeof *answer);
    text_init(&answer->output, 0);
    text_init(&answer->errors, 0);
    text_init(&answer->lines, 0);
}

static void answer_clear(struct answer *answer)
{
    text_clear(&answer->output);
    text_clear(&answer->errors);
    text_clear(&answer->lines);
}

static void ask(struct world *world, struct ssh_script script, struct answer *answer)
{
    answer_init(answer);
    ssh_exec(world->ssh, &script, answered, answer);
    assert_false(answer->came);
    while (!answer->came)
        assert_true(loop_turn(world->loop));
}

static void run(struct world *world, const char *text, struct answer *answer)
{
    ask(world,
        (struct ssh_script){.text = text, .length = strlen(text), .timeout_ms = 60000},
        answer);
    if (fault_is_set(&answer->fault))
        print_error("%s: %s\n", answer->fault.what, answer->fault.why);
}

static void expect(struct world *world, const char *text, int status, const char *output)
{
    struct answer answer;
    run(world, text, &answer);
    assert_false(fault_is_set(&answer.fault));
    assert_int_equal(answer.status, status);
    assert_string_equal(answer.output.bytes, output);
    answer_clear(&answer);
}

static void test_a_script_answers(void **state)
{
    expect(*state, "echo hello; echo there", 0, "hello\nthere\n");
}

static void test_noise_before_the_marker_is_not_output(void **state)
{
    struct answer answer;
    run(*state, "echo own; echo mine >&2", &answer);
    assert_string_equal(answer.output.bytes, "own\n");
    assert_string_equal(answer.errors.bytes, "mine\n");
    answer_clear(&answer);
}

static void test_exit_keeps_the_shell(void **state)
{
    expect(*state, "echo a; exit 3; echo b", 3, "a\n");
    expect(*state, "exec sh -c 'exit 4'", 4, "");
    expect(*state, "set -eu; false; echo b", 1, "");
    expect(*state, "echo still here", 0, "still here\n");
}

static void test_a_syntax_error_keeps_the_shell(void **state)
{
    struct answer answer;
    run(*state, "echo never; if then '", &answer);
    assert_int_equal(answer.status, 2);
    assert_int_equal(answer.output.length, 0);
    assert_non_null(strstr(answer.errors.bytes, "yntax error"));
    answer_clear(&answer);
    expect(*state, "}; echo x", 2, "");
    expect(*state, "echo still here", 0, "still here\n");
}

static void test_nothing_leaks_into_the_next_script(void **state)
{
    expect(*state, "cd /tmp; x=1; f() { :; }; umask 077; trap 'echo bye' EXIT; set -x", 0,
           "bye\n");
    expect(*state,
           "echo \"$PWD ${x-unset} $(umask) $LC_ALL\"; type f >/dev/null || echo no", 0,
           "/ unset 0022 C\nno\n");
}

static void test_stdin_is_empty(void **state)
{
    expect(*state, "cat; read -r x || echo nothing", 0, "nothing\n");
}

static void test_quotes_and_bytes_pass_unchanged(void **state)
{
    expect(*state,
           "printf '%s' 'it'\\''s \"$HOME\" \\n `x` \303\244\201\210\377' | od -An -c"
           " | tr -d ' \\n'",
           0, "it's\"$HOME\"\\n`x`303244201210377");
}

static void test_output_without_newline_is_kept_as_it_is(void **state)
{
    struct answer answer;
    expect(*state, "printf x", 0, "x");
    expect(*state, "printf '\\n\\n'", 0, "\n\n");
    run(*state, "printf 'a\\000b'", &answer);
    assert_int_equal(answer.output.length, 3);
    assert_memory_equal(answer.output.bytes, "a\0b", 3);
    answer_clear(&answer);
}

static void test_a_line_like_a_marker_is_output(void **state)
{
    expect(*state, "echo 0123456789abcdef0123456789abcdef 0", 0,
           "0123456789abcdef0123456789abcdef 0\n");
}

static void test_the_marker_is_not_to_be_found(void **state)
{
    // Neither in variables nor in any argument vector: 32 hexadecimal digits in a row.
    expect(*state,
           "{ set; env; cat /proc/$$/cmdline /proc/$$/environ; } | tr '\\000' '\\n' |"
           " grep -cE '(^|[^0-9a-f])[0-9a-f]{32}([^0-9a-f]|$)'",
           1, "0\n");
}

static void test_a_signal_is_named(void **state)
{
    struct answer answer;
    run(*state, "sh -c 'kill -9 $$'", &answer);
    assert_int_equal(answer.status, 137);
    assert_string_equal(answer.signal, "KILL");
    answer_clear(&answer);
}

static void test_lines_are_told_as_they_come(void **state)
{
    struct answer answer;
    const char *text =
        "echo one; printf 'tw'; printf 'o\\n\\n'; echo no >&2; printf last";
    ask(*state,
        (struct ssh_script){.text = text, .length = strlen(text), .line = line_came},
        &answer);
    assert_string_equal(answer.lines.bytes, "one|two||last|");
    answer_clear(&answer);
}

static void test_two_scripts_are_answered_in_order(void **state)
{
    struct world *world = *state;
    struct answer first, second;
    const char *texts[] = {"echo 1; read x; echo one", "echo two"};
    answer_init(&first);
    answer_init(&second);
    first.counter = second.counter = &first;
    ssh_exec(world->ssh,
             &(struct ssh_script){.text = texts[0], .length = strlen(texts[0])}, answered,
             &first);
    ssh_exec(world->ssh,
             &(struct ssh_script){.text = texts[1], .length = strlen(texts[1])}, answered,
             &second);
    while (loop_turn(world->loop))
        ;
    assert_string_equal(first.output.bytes, "1\none\n");
    assert_string_equal(second.output.bytes, "two\n");
    assert_int_equal(first.order, 1);
    assert_int_equal(second.order, 2);
    answer_clear(&first);
    answer_clear(&second);
}

static void test_a_script_of_a_megabyte(void **state)
{
    struct answer answer;
    struct text script;
    text_init(&script, 0);
    while (script.length < 1 << 20)
        text_add(&script, "# it's a comment, and a long one; echo never \"$(exit)\"\n");
    text_add(&script, "cat <<'END' | wc -c\n");
    size_t before = script.length;
    while (script.length < before + (1 << 20))
        text_add(&script, "payload with 'quotes' in it\n");
    size_t payload = script.length - before;
    text_add(&script, "END\n");
    run(*state, script.bytes, &answer);
    assert_int_equal(answer.status, 0);
    assert_int_equal(strtoul(answer.output.bytes, NULL, 10), payload);
    answer_clear(&answer);
    text_clear(&script);
}

// Every byte value, as random as it gets; what the host saw of it is told on stderr.
static void test_a_hundred_megabytes_of_bytes(void **state)
{
    struct answer answer;
    unsigned char sum[DIGEST_SHA256_SIZE];
    const char *text = "{ head -c 100000000 /dev/urandom | tee /dev/fd/3 | "
                       "sha256sum >&2; } 3>&1";
    ask(*state,
        (struct ssh_script){.text = text, .length = strlen(text), .timeout_ms = 3600000},
        &answer);
    assert_false(fault_is_set(&answer.fault));
    assert_int_equal(answer.status, 0);
    assert_int_equal(answer.output.length, 100000000);
    digest_sha256(answer.output.bytes, answer.output.length, sum);
    for (size_t i = 0; i < sizeof sum; i++) {
        unsigned byte = 0;
        assert_int_equal(sscanf(answer.errors.bytes + 2 * i, "%2x", &byte), 1);
        assert_int_equal(byte, sum[i]);
    }
    answer_clear(&answer);
}

static void test_much_on_stderr_alone(void **state)
{
    struct answer answer;
    run(*state, "head -c 5000000 /dev/zero >&2; echo out", &answer);
    assert_string_equal(answer.output.bytes, "out\n");
    assert_int_equal(answer.errors.length, 5000000);
    answer_clear(&answer);
}

static void test_over_the_ceiling_is_a_fault(void **state)
{
    struct world *world = *state;
    struct answer answer;
    const char *text = "yes";
    ask(world, (struct ssh_script){.text = text, .length = 3, .ceiling = 1000000},
        &answer);
    assert_int_equal(answer.fault.kind, FAULT_ERROR);
    assert_non_null(strstr(answer.fault.what, "more than 1000000 bytes"));
    assert_true(answer.output.length >= 1000000);
    answer_clear(&answer);
    assert_true(ssh_is_alive(world->ssh));
    expect(world, "echo again", 0, "again\n");
}

static void note_line(void *context, const char *line, size_t length)
{
    struct answer *answer = context;
    (void) length;
    text_add(&answer->lines, line);
}

static void test_a_timeout_ends_what_the_script_started(void **state)
{
    struct world *world = *state;
    struct answer answer;
    char text[512], path[128];
    snprintf(text, sizeof text,
             "echo started; sh -c 'echo $$ >%s/new; mv %s/new %s/child; exec sleep 1000'",
             world->sshd.folder, world->sshd.folder, world->sshd.folder);
    answer_init(&answer);
    ssh_exec(
        world->ssh,
        &(struct ssh_script){
            .text = text, .length = strlen(text), .line = note_line, .timeout_ms = 60000},
        answered, &answer);
    while (answer.lines.length == 0)
        assert_true(loop_turn(world->loop));
    while (access(sshd_path(&world->sshd, "child", path), F_OK) != 0)
        poll(NULL, 0, 10);
    skip_clock(60);
    while (!answer.came)
        assert_true(loop_turn(world->loop));
    assert_int_equal(answer.fault.kind, FAULT_ERROR);
    assert_non_null(strstr(answer.fault.what, "was ended"));
    assert_string_equal(answer.output.bytes, "started\n");
    answer_clear(&answer);
    assert_true(ssh_is_alive(world->ssh));
    // A dead one that init has not waited for yet is gone as well.
    snprintf(text, sizeof text,
             "read pid <%s/child; { read -r _ _ state _ </proc/$pid/stat; } 2>/dev/null; "
             "[ \"${state:-Z}\" = Z ] && echo gone",
             world->sshd.folder);
    expect(world, text, 0, "gone\n");
}

static void test_a_background_process_does_not_hold_the_answer(void **state)
{
    struct answer answer;
    run(*state, "sleep 1000 & echo $!", &answer);
    assert_false(fault_is_set(&answer.fault));
    assert_int_equal(answer.status, 0);
    pid_t left = (pid_t) strtol(answer.output.bytes, NULL, 10);
    assert_true(left > 1);
    assert_int_equal(kill(left, SIGKILL), 0); // it was there to the end
    answer_clear(&answer);
}

static void test_the_shell_killed_by_its_script(void **state)
{
    struct world *world = *state;
    struct answer answer;
    const char *text = "echo partial; kill -9 $$";
    ask(world, (struct ssh_script){.text = text, .length = strlen(text)}, &answer);
    assert_int_equal(answer.fault.kind, FAULT_UNREACHABLE);
    assert_string_equal(answer.output.bytes, "partial\n");
    answer_clear(&answer);
    expect(world, "echo a new shell", 0, "a new shell\n");
}

static void test_a_nul_byte_is_refused(void **state)
{
    struct answer answer;
    ask(*state, (struct ssh_script){.text = "echo \0 x", .length = 8}, &answer);
    assert_int_equal(answer.fault.kind, FAULT_ERROR);
    answer_clear(&answer);
}

// The line is the process id of the sshd of this session.
static void kill_from_line(void *context, const char *line, size_t length)
{
    struct answer *answer = context;
    (void) length;
    text_add(&answer->lines, "x");
    kill((pid_t) strtol(line, NULL, 10), SIGKILL);
}

static void test_a_lost_connection_ends_all_scripts(void **state)
{
    struct world *world = *state;
    struct answer first, second;
    answer_init(&first);
    answer_init(&second);
    const char *texts[] = {"echo $PPID; sleep 20", "echo never"};
    ssh_exec(world->ssh,
             &(struct ssh_script){
                 .text = texts[0], .length = strlen(texts[0]), .line = kill_from_line},
             answered, &first);
    ssh_exec(world->ssh,
             &(struct ssh_script){.text = texts[1], .length = strlen(texts[1])}, answered,
             &second);
    while (loop_turn(world->loop))
        ;
    assert_int_equal(first.fault.kind, FAULT_UNREACHABLE);
    assert_int_equal(second.fault.kind, FAULT_UNREACHABLE);
    assert_string_equal(first.lines.bytes, "x");
    assert_true(strtol(first.output.bytes, NULL, 10) > 1);
    assert_int_equal(second.output.length, 0);
    assert_false(ssh_is_alive(world->ssh));
    answer_clear(&first);
    answer_clear(&second);
    ask(world, (struct ssh_script){.text = "echo too late", .length = 13}, &first);
    assert_int_equal(first.fault.kind, FAULT_UNREACHABLE);
    answer_clear(&first);
    close_connection(world);
    connect_to(world);
}

// Not at its end: that would be no fault.
static void test_close_ends_what_is_under_way(void **state)
{
    struct world *world = *state;
    struct answer answer;
    const char *text = "echo x; sleep 30";
    answer_init(&answer);
    ssh_exec(
        world->ssh,
        &(struct ssh_script){.text = text, .length = strlen(text), .line = note_line},
        answered, &answer);
    while (answer.lines.length == 0)
        assert_true(loop_turn(world->loop));
    assert_false(answer.came);
    close_connection(world);
    assert_true(answer.came);
    assert_int_equal(answer.fault.kind, FAULT_UNREACHABLE);
    answer_clear(&answer);
    connect_to(world);
}

static void close_from_line(void *context, const char *line, size_t length)
{
    struct answer *answer = context;
    struct world *world = answer->world;
    (void) line;
    (void) length;
    ssh_close(world->ssh);
    world->ssh = NULL;
}

static void test_close_from_a_callback(void **state)
{
    struct world *world = *state;
    struct answer answer;
    const char *text = "echo a; echo b";
    answer_init(&answer);
    answer.world = world;
    struct ssh_script script = {
        .text = text, .length = strlen(text), .line = close_from_line};
    ssh_exec(world->ssh, &script, answered, &answer);
    while (world->ssh)
        assert_true(loop_turn(world->loop));
    while (loop_turn(world->loop))
        ;
    assert_true(answer.came);
    assert_int_equal(answer.fault.kind, FAULT_UNREACHABLE);
    answer_clear(&answer);
    connect_to(world);
}

static void test_scripts_are_counted(void **state)
{
    int64_t before = ssh_script_count();
    expect(*state, ":", 0, "");
    expect(*state, ":", 0, "");
    assert_int_equal(ssh_script_count() - before, 2);
    assert_true(ssh_connect_count() >= 1);
}

int main(void)
{
    if (!sshd_is_installed())
        return 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_script_answers),
        cmocka_unit_test(test_noise_before_the_marker_is_not_output),
        cmocka_unit_test(test_exit_keeps_the_shell),
        cmocka_unit_test(test_a_syntax_error_keeps_the_shell),
        cmocka_unit_test(test_nothing_leaks_into_the_next_script),
        cmocka_unit_test(test_stdin_is_empty),
        cmocka_unit_test(test_quotes_and_bytes_pass_unchanged),
        cmocka_unit_test(test_output_without_newline_is_kept_as_it_is),
        cmocka_unit_test(test_a_line_like_a_marker_is_output),
        cmocka_unit_test(test_the_marker_is_not_to_be_found),
        cmocka_unit_test(test_a_signal_is_named),
        cmocka_unit_test(test_lines_are_told_as_they_come),
        cmocka_unit_test(test_two_scripts_are_answered_in_order),
        cmocka_unit_test(test_a_script_of_a_megabyte),
        cmocka_unit_test(test_a_hundred_megabytes_of_bytes),
        cmocka_unit_test(test_much_on_stderr_alone),
        cmocka_unit_test(test_over_the_ceiling_is_a_fault),
        cmocka_unit_test(test_a_timeout_ends_what_the_script_started),
        cmocka_unit_test(test_a_background_process_does_not_hold_the_answer),
        cmocka_unit_test(test_the_shell_killed_by_its_script),
        cmocka_unit_test(test_a_nul_byte_is_refused),
        cmocka_unit_test(test_a_lost_connection_ends_all_scripts),
        cmocka_unit_test(test_close_ends_what_is_under_way),
        cmocka_unit_test(test_close_from_a_callback),
        cmocka_unit_test(test_scripts_are_counted),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
