// SPDX-License-Identifier: MIT
#include "store/fixture.h"

#include "store/file.h"

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void expect_text(const char *path, const char *text)
{
    size_t length = 0;
    char *bytes = fixture_read(path, &length);
    assert_string_equal(bytes, text);
    free(bytes);
}

static void publishing_replaces_unless_told_to_keep(void **state)
{
    struct fixture *fixture = *state;
    char from[FIXTURE_PATH], to[FIXTURE_PATH];
    bool kept = false;
    snprintf(from, sizeof from, "%s/from", fixture->folder);
    snprintf(to, sizeof to, "%s/to", fixture->folder);
    write_text(from, "first");
    fixture_expect(fixture, file_publish(from, to, &kept, &fixture->fault));
    assert_false(kept);
    expect_text(to, "first");
    write_text(from, "second");
    fixture_expect(fixture, file_publish(from, to, &kept, &fixture->fault));
    assert_true(kept);
    expect_text(to, "first");
    assert_int_equal(access(from, F_OK), -1);
    write_text(from, "third");
    fixture_expect(fixture, file_publish(from, to, NULL, &fixture->fault));
    expect_text(to, "third");
    assert_false(file_publish(from, to, NULL, &fixture->fault));
    assert_string_equal(fixture->fault.where, from);
}

static void folders_and_files_are_private(void **state)
{
    struct fixture *fixture = *state;
    struct stat status;
    char path[FIXTURE_PATH];
    snprintf(path, sizeof path, "%s/a/b/file", fixture->folder);
    mode_t before = umask(0);
    fixture_expect(fixture, file_make_folder(path, &fixture->fault));
    fixture_expect(fixture, file_create(path, true, &fixture->fault));
    umask(before);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_false(file_create(path, true, &fixture->fault));
    assert_int_equal(chmod(path, 0644), 0);
    fixture_expect(fixture, file_create(path, false, &fixture->fault));
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    *strrchr(path, '/') = '\0';
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
}

static void only_plain_files_of_ours_will_do(void **state)
{
    struct fixture *fixture = *state;
    char path[FIXTURE_PATH];
    bool exists = true;
    snprintf(path, sizeof path, "%s/file", fixture->folder);
    fixture_expect(fixture, file_check_owner(path, &exists, &fixture->fault));
    assert_false(exists);
    write_text(path, "");
    fixture_expect(fixture, file_check_owner(path, &exists, &fixture->fault));
    assert_true(exists);
    assert_false(file_check_owner(fixture->folder, &exists, &fixture->fault));
    assert_false(exists);
    if (geteuid() != 0)
        return;
    assert_int_equal(chown(path, 12345, (gid_t) -1), 0);
    assert_false(file_check_owner(path, &exists, &fixture->fault));
    assert_string_equal(fixture->fault.where, path);
}

static void what_is_no_file_is_not_replaced(void **state)
{
    struct fixture *fixture = *state;
    char from[FIXTURE_PATH], to[FIXTURE_PATH], link[FIXTURE_PATH];
    struct stat status;
    snprintf(from, sizeof from, "%s/from", fixture->folder);
    snprintf(to, sizeof to, "%s/pipe", fixture->folder);
    snprintf(link, sizeof link, "%s/link", fixture->folder);
    assert_int_equal(mkfifo(to, 0600), 0);
    assert_int_equal(symlink("/proc/self/status", link), 0);
    const char *const places[] = {to, link};
    for (size_t i = 0; i < 2; i++) {
        write_text(from, "first");
        assert_false(file_publish(from, places[i], NULL, &fixture->fault));
        assert_string_equal(fixture->fault.where, places[i]);
        assert_true(fixture->fault.next[0] != '\0');
        assert_int_equal(access(from, F_OK), -1);
        assert_int_equal(lstat(places[i], &status), 0);
        assert_false(S_ISREG(status.st_mode));
        fault_clear(&fixture->fault);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(publishing_replaces_unless_told_to_keep),
        fixture_test(what_is_no_file_is_not_replaced),
        fixture_test(folders_and_files_are_private),
        fixture_test(only_plain_files_of_ours_will_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
