// SPDX-License-Identifier: MIT
#include "store/fixture.h"

#include "store/secret_file.h"

static const struct secret_entry entries[] = {
    {"secret/db", "generated", 1700000000000, "canary-of-the-file", 18},
    {"secret/tls", "file key.pem", 0, "two\nlines\0and a NUL\n", 20},
};

static struct text phrase(const char *words)
{
    struct text text;
    text_init(&text, 0);
    text_add(&text, words);
    return text;
}

static bool open_as(struct fixture *fixture, const char *path, const char *words,
                    struct secret_entry **read, size_t *count)
{
    struct text given = phrase(words);
    bool opened =
        secret_file_read(path, &given, &fixture->arena, read, count, &fixture->fault);
    text_clear(&given);
    return opened;
}

static const char *write_both(struct fixture *fixture)
{
    struct text given = phrase("correct horse battery");
    const char *path = arena_format(&fixture->arena, "%s/export", fixture->folder);
    fixture_expect(fixture, secret_file_write(path, &given, entries, 2, &fixture->fault));
    text_clear(&given);
    return path;
}

static void gives_back_what_was_written(void **state)
{
    struct fixture *fixture = *state;
    const char *path = write_both(fixture);
    struct secret_entry *read;
    struct stat status;
    size_t count = 0;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(fixture_count_in_folder(fixture->folder, "canary"), 0);
    assert_int_equal(fixture_count_in_folder(fixture->folder, "generated"), 0);
    fixture_expect(fixture,
                   open_as(fixture, path, "correct horse battery", &read, &count));
    assert_int_equal(count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(read[i].label, entries[i].label);
        assert_string_equal(read[i].source, entries[i].source);
        assert_int_equal(read[i].made_at_ms, entries[i].made_at_ms);
        assert_int_equal(read[i].length, entries[i].length);
        assert_memory_equal(read[i].bytes, entries[i].bytes, entries[i].length);
    }
    assert_false(open_as(fixture, path, "wrong horse battery", &read, &count));
    assert_int_equal(count, 0);
    assert_non_null(strstr(fixture->fault.why, "the passphrase is another"));
}

static void write_bytes(const char *path, const char *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    fclose(file);
}

static void refuses_what_was_cut_or_changed(void **state)
{
    struct fixture *fixture = *state;
    const char *path = write_both(fixture);
    struct secret_entry *read;
    size_t count, length;
    char *whole = fixture_read(path, &length);
    // Without its last frame (4 + 17 bytes), and with one bit of the first turned.
    write_bytes(path, whole, length - 21);
    assert_false(open_as(fixture, path, "correct horse battery", &read, &count));
    assert_non_null(strstr(fixture->fault.why, "cut off"));
    whole[80] ^= 1;
    write_bytes(path, whole, length);
    assert_false(open_as(fixture, path, "correct horse battery", &read, &count));
    // These cost no work.
    memset(whole + 18, 0xff, 8);
    write_bytes(path, whole, length);
    assert_false(open_as(fixture, path, "correct horse battery", &read, &count));
    assert_string_equal(fixture->fault.what, "the file asks for too much work");
    write_bytes(path, whole, 40);
    assert_false(open_as(fixture, path, "correct horse battery", &read, &count));
    write_bytes(path, "{}", 2);
    assert_false(open_as(fixture, path, "correct horse battery", &read, &count));
    assert_string_equal(fixture->fault.what, "this is no export of pipster's secrets");
    unlink(path);
    assert_false(open_as(fixture, path, "correct horse battery", &read, &count));
    assert_string_equal(fixture->fault.where, path);
    free(whole);
}

static void parses_entries_and_nothing_else(void **state)
{
    struct fixture *fixture = *state;
    struct secret_entry entry;
    assert_true(secret_file_parse(&fixture->arena,
                                  "a\0b\0"
                                  "7\0x",
                                  7, &entry));
    assert_int_equal(entry.length, 1);
    assert_true(secret_file_parse(&fixture->arena,
                                  "a\0b\0"
                                  "7\0",
                                  6, &entry));
    assert_int_equal(entry.length, 0);
    assert_false(secret_file_parse(&fixture->arena,
                                   "a\0b\0"
                                   "7",
                                   5, &entry));
    assert_false(secret_file_parse(&fixture->arena,
                                   "a\0b\0"
                                   "7x\0",
                                   7, &entry));
    assert_false(secret_file_parse(&fixture->arena,
                                   "a\0b\0"
                                   "-7\0",
                                   7, &entry));
    assert_false(secret_file_parse(&fixture->arena,
                                   "a\0b\0"
                                   "\0x",
                                   6, &entry));
    assert_false(secret_file_parse(&fixture->arena,
                                   "\0b\0"
                                   "7\0x",
                                   6, &entry));
    assert_false(secret_file_parse(&fixture->arena, "a", 1, &entry));
    assert_false(secret_file_parse(&fixture->arena, "", 0, &entry));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(gives_back_what_was_written),
        fixture_test(refuses_what_was_cut_or_changed),
        fixture_test(parses_entries_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
