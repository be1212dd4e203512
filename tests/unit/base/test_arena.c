// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void gives_zeroed_aligned_memory(void **state)
{
    struct arena arena;

    (void) state;
    arena_init(&arena, 0);
    for (size_t size = 0; size < 5000; size += 7) {
        char *bytes = arena_alloc(&arena, size);
        assert_int_equal((uintptr_t) bytes % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++) {
            assert_int_equal(bytes[i], 0);
        }
        memset(bytes, 0xAA, size);
    }
    arena_clear(&arena);
}

static void pieces_do_not_overlap(void **state)
{
    enum { COUNT = 3000 };
    struct arena arena;
    unsigned char *pieces[COUNT];

    (void) state;
    arena_init(&arena, 0);
    for (size_t i = 0; i < COUNT; i++) {
        size_t size = i % 100 == 0 ? 300000 : 1 + i % 3000;
        pieces[i] = arena_alloc(&arena, size);
        pieces[i][0] = (unsigned char) i;
        pieces[i][size - 1] = (unsigned char) i;
    }
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(pieces[i][0], (unsigned char) i);
    }
    arena_clear(&arena);
    arena_clear(&arena);
}

static void copies_and_formats(void **state)
{
    struct arena arena;
    char *copy;

    (void) state;
    arena_init(&arena, 0);
    copy = arena_copy(&arena, "a\0b", 3);
    assert_memory_equal(copy, "a\0b", 4);
    assert_string_equal(arena_copy(&arena, NULL, 0), "");
    assert_null(arena_text(&arena, NULL));
    assert_string_equal(arena_text(&arena, "caddy"), "caddy");
    assert_string_equal(arena_format(&arena, "%s/%d", "app", 7), "app/7");
    assert_int_equal(strlen(arena_format(&arena, "%5000d", 1)), 5000);
    arena_clear(&arena);
}

static void ends_the_process_over_the_ceiling(void **state)
{
    int status;
    pid_t child = fork();

    (void) state;
    if (child == 0) {
        struct rlimit none = {0, 0};
        struct arena arena;
        setrlimit(RLIMIT_CORE, &none);
        signal(SIGABRT, SIG_DFL);
        close(STDERR_FILENO);
        arena_init(&arena, 10000);
        arena_alloc(&arena, 9000);
        arena_alloc(&arena, 2000);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_zeroed_aligned_memory),
        cmocka_unit_test(pieces_do_not_overlap),
        cmocka_unit_test(copies_and_formats),
        cmocka_unit_test(ends_the_process_over_the_ceiling),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
