// SPDX-License-Identifier: MIT
#include "script/fixture.h"

#include "base/redact.h"
#include "script/provide_secret.h"
#include "value/json.h"

#include <sys/stat.h>

static bool take(struct fixture *fixture, const char *json, const struct value **secret)
{
    const struct value *attributes = NULL;
    if (fixture->script == NULL)
        fixture_start(fixture);
    assert_true(
        json_read(&fixture->arena, json, strlen(json), &attributes, &fixture->fault));
    fault_clear(&fixture->fault);
    return provide_secret(fixture->script, &fixture->arena, "secret/key", attributes,
                          secret, &fixture->fault);
}

static void expect(struct fixture *fixture, const char *json, const char *text)
{
    const struct value *secret = NULL;
    if (!take(fixture, json, &secret))
        fail_msg("%s: %s", fixture->fault.what, fixture->fault.why);
    assert_int_equal(secret->kind, VALUE_SECRET);
    assert_string_equal(secret->secret.label, "secret/key");
    assert_string_equal(secret->secret.bytes, text);
}

static void refuse(struct fixture *fixture, const char *json, const char *what,
                   const char *why)
{
    const struct value *secret = NULL;
    assert_false(take(fixture, json, &secret));
    assert_null(secret);
    const struct fault *fault = &fixture->fault;
    if (strstr(fault->what, what) == NULL || strstr(fault->why, why) == NULL ||
        fault->next[0] == '\0')
        fail_msg("%s | %s | %s", fault->what, fault->why, fault->next);
}

static void put(const struct fixture *fixture, const char *name, const char *bytes,
                size_t length)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", fixture->folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fwrite(bytes, 1, length, file);
    fclose(file);
}

static void test_environment(void **state)
{
    struct fixture *fixture = *state;
    setenv("TEST_KEY", "from the environment", 1);
    expect(fixture, "{\"env\": \"TEST_KEY\"}", "from the environment");
    setenv("TEST_KEY", "", 1);
    refuse(fixture, "{\"env\": \"TEST_KEY\"}",
           "secret/key cannot be had from the environment variable TEST_KEY",
           "it is empty");
    unsetenv("TEST_KEY");
    refuse(fixture, "{\"env\": \"TEST_KEY\"}", "TEST_KEY", "it is not set");
}

static void test_file(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, "key", "one line\n", 9);
    expect(fixture, "{\"file\": \"key\"}", "one line");
    put(fixture, "key", "one line\r\n", 10);
    expect(fixture, "{\"file\": \"key\"}", "one line");
    put(fixture, "key", "two full\nlines of it\n", 21);
    expect(fixture, "{\"file\": \"key\"}", "two full\nlines of it\n");
    setenv("HOME", fixture->folder, 1);
    put(fixture, "key", "in the home", 11);
    expect(fixture, "{\"file\": \"~/key\"}", "in the home");
    put(fixture, "key", "a\0b", 3);
    refuse(fixture, "{\"file\": \"key\"}", "secret/key", "a NUL byte is in it");
    static char much[80000];
    memset(much, 'x', sizeof much);
    put(fixture, "key", much, sizeof much);
    refuse(fixture, "{\"file\": \"key\"}", "secret/key", "longer than 64 KiB");
    refuse(fixture, "{\"file\": \"none\"}", "/none", "No such file");
    refuse(fixture, "{\"file\": \"playbooks\"}", "/playbooks", "no plain file");
}

static void test_command(void **state)
{
    struct fixture *fixture = *state;
    expect(fixture, "{\"command\": [\"echo\", \"said it aloud\"]}", "said it aloud");
    put(fixture, "here", "beside pipster.lua", 18);
    expect(fixture, "{\"command\": [\"cat\", \"here\"]}", "beside pipster.lua");
    refuse(fixture, "{\"command\": [\"sh\", \"-c\", \"echo out; echo no >&2; exit 3\"]}",
           "secret/key cannot be had from the command sh", "its exit status is 3: no");
    assert_null(strstr(fixture->fault.why, "out"));
    refuse(fixture, "{\"command\": [\"sh\", \"-c\", \"kill -9 $$\"]}", "the command sh",
           "signal 9 ended it");
    refuse(fixture, "{\"command\": [\"no-such-program-here\"]}", "no-such-program-here",
           "");
    // What a command complains of may hold another secret.
    redact_add("canary-secret", 13);
    refuse(fixture, "{\"command\": [\"sh\", \"-c\", \"echo canary-secret >&2; exit 1\"]}",
           "the command sh", "its exit status is 1: (secret)");
    redact_clear();
}

static void test_credential(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, "db", "by systemd", 10);
    setenv("CREDENTIALS_DIRECTORY", fixture->folder, 1);
    expect(fixture, "{\"credential\": \"db\"}", "by systemd");
    refuse(fixture, "{\"credential\": \"other\"}", "/other", "No such file");
    unsetenv("CREDENTIALS_DIRECTORY");
    refuse(fixture, "{\"credential\": \"db\"}", "the credential db",
           "CREDENTIALS_DIRECTORY is not set");
}

static void test_age(void **state)
{
    struct fixture *fixture = *state;
    char command[512];
    fixture->options.age_identity = "identity";
    refuse(fixture, "{\"age\": \"x.age\"}", "the file x.age by age", "No such file");
    put(fixture, "x.age", "not by age", 10);
    refuse(fixture, "{\"age\": \"x.age\"}", "x.age", "/identity: No such file");
    snprintf(command, sizeof command,
             "cd %s && age-keygen -o identity 2>/dev/null && printf 'sealed by age\\n' | "
             "age -r \"$(sed -n 's/^# public key: //p' identity)\" -o y.age",
             fixture->folder);
    assert_int_equal(system(command), 0);
    expect(fixture, "{\"age\": \"y.age\"}", "sealed by age");
    refuse(fixture, "{\"age\": \"x.age\"}", "the file x.age by age",
           "its exit status is 1: age: error:");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_environment), FIXTURE_TEST(test_file),
        FIXTURE_TEST(test_command),     FIXTURE_TEST(test_credential),
        FIXTURE_TEST(test_age),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
