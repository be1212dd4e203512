// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "view/picture.h"

static struct arena arena;

static int begin(void **state)
{
    (void) state;
    arena_init(&arena, 0);
    return 0;
}

static int end(void **state)
{
    (void) state;
    arena_clear(&arena);
    return 0;
}

#define ROW(address_, type_, host_, ...)                                                 \
    {                                                                                    \
        .address = (address_), .type = (type_), .host = (host_),                         \
        .needs = (const char *const[]){__VA_ARGS__},                                     \
        .need_count = sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)        \
    }

// As state has them: sorted by address.
static const struct record shop[] = {
    ROW("app:alert.cpu", "alert.cpu", "host/app", "host/app"),
    ROW("app:alert.disk", "alert.disk", "host/app", "host/app"),
    ROW("app:file/etc/motd", "file", "host/app", "secret/token", "dns.record/www"),
    ROW("dns.record/www", "dns.record", NULL, "hetzner.server/app", "hetzner.zone/main"),
    ROW("hetzner.server/app", "hetzner.server", NULL, "hetzner.ssh_key/deploy"),
    ROW("hetzner.ssh_key/deploy", "hetzner.ssh_key", NULL, "secret/token"),
    ROW("hetzner.zone/main", "hetzner.zone", NULL, "gone/gone"),
    ROW("host/app", "host", NULL, "hetzner.server/app", "hetzner.ssh_key/deploy"),
    ROW("secret/token", "secret", NULL, "gone/gone"),
};
static const struct state_rows shop_rows = {shop, sizeof shop / sizeof *shop};

static const struct picture_box *box_of(const struct picture *picture, const char *title,
                                        const char *type)
{
    for (size_t i = 0; i < picture->box_count; i++)
        if (strcmp(picture->boxes[i].title, title) == 0 &&
            strcmp(picture->boxes[i].type, type) == 0)
            return &picture->boxes[i];
    fail_msg("no box %s of %s", title, type);
    return NULL;
}

static bool has_line(const struct picture *picture, const struct picture_box *above,
                     const struct picture_box *below)
{
    for (size_t i = 0; i < picture->line_count; i++)
        if (&picture->boxes[picture->lines[i].above] == above &&
            &picture->boxes[picture->lines[i].below] == below)
            return true;
    return false;
}

static void things_and_hosts_are_boxes(void **state)
{
    struct picture picture;
    (void) state;
    picture_make(&arena, &shop_rows, NULL, &picture);
    assert_int_equal(picture.box_count, 5);
    const struct picture_box *host = box_of(&picture, "app", "host");
    const struct picture_box *server = box_of(&picture, "app", "hetzner.server");
    assert_int_equal(host->line_count, 2);
    assert_string_equal(host->lines[0], "2 × alert");
    assert_string_equal(host->lines[1], "1 × file");
    // What is on a host may need what the host does not.
    assert_true(has_line(&picture, box_of(&picture, "www", "dns.record"), host));
    assert_true(has_line(&picture, server, host));
}

static void what_is_needed_stands_above(void **state)
{
    struct picture picture;
    (void) state;
    picture_make(&arena, &shop_rows, NULL, &picture);
    picture_layout(&picture, 5);
    const struct picture_box *host = box_of(&picture, "app", "host");
    const struct picture_box *server = box_of(&picture, "app", "hetzner.server");
    const struct picture_box *zone = box_of(&picture, "main", "hetzner.zone");
    for (size_t i = 0; i < picture.line_count; i++)
        assert_true(picture.boxes[picture.lines[i].above].y +
                        picture.boxes[picture.lines[i].above].height <
                    picture.boxes[picture.lines[i].below].y);
    // Said by the way over the record already.
    assert_false(has_line(&picture, server, host));
    assert_int_equal(zone->y, server->y); // beside it, not above it
}

static void no_two_boxes_meet(const struct picture *picture)
{
    for (size_t i = 0; i < picture->box_count; i++) {
        const struct picture_box *a = &picture->boxes[i];
        assert_true(a->x > 0 && a->x + a->width < picture->width);
        assert_true(a->y > 0 && a->y + a->height < picture->height);
        for (size_t j = 0; j < i; j++) {
            const struct picture_box *b = &picture->boxes[j];
            assert_true(a->x + a->width < b->x || b->x + b->width < a->x ||
                        a->y + a->height < b->y || b->y + b->height < a->y);
        }
    }
}

static void boxes_fit_beside_each_other(void **state)
{
    struct picture picture;
    (void) state;
    for (int columns = 1; columns <= 5; columns++) {
        picture_make(&arena, &shop_rows, NULL, &picture);
        picture_layout(&picture, columns);
        no_two_boxes_meet(&picture);
    }
}

static void many_of_a_type_become_one(void **state)
{
    struct record rows[502];
    struct picture picture;
    (void) state;
    memset(rows, 0, sizeof rows);
    for (size_t i = 0; i < 500; i++) {
        rows[i].type = i < 300 ? "a.server" : "b.volume";
        rows[i].address = arena_format(&arena, "%s/n%03zu", rows[i].type, i);
    }
    rows[500] = (struct record) ROW("c.zone/one", "c.zone", NULL, "a.server/n007");
    rows[501] = (struct record) ROW("c.zone/two", "c.zone", NULL, "b.volume/n400");
    const struct state_rows all = {rows, 502};
    picture_make(&arena, &all, NULL, &picture);
    assert_int_equal(picture.box_count, 4);
    const struct picture_box *servers = box_of(&picture, "300 of them", "a.server");
    assert_true(has_line(&picture, servers, box_of(&picture, "one", "c.zone")));
    picture_layout(&picture, 2);
    no_two_boxes_meet(&picture);
}

static void hosts_that_need_each_other_are_drawn(void **state)
{
    const struct record rows[] = {
        ROW("a:file/x", "file", "host/a", "host/b"),
        ROW("b:file/x", "file", "host/b", "host/a"),
        ROW("host/a", "host", NULL, "gone/gone"),
        ROW("host/b", "host", NULL, "gone/gone"),
    };
    const struct state_rows all = {rows, 4};
    struct picture picture;
    (void) state;
    picture_make(&arena, &all, NULL, &picture);
    picture_layout(&picture, 2);
    assert_int_equal(picture.box_count, 2);
    no_two_boxes_meet(&picture);
}

static void nothing_is_a_picture_too(void **state)
{
    const struct state_rows none = {0};
    struct picture picture;
    (void) state;
    picture_make(&arena, &none, NULL, &picture);
    picture_layout(&picture, 5);
    assert_int_equal(picture.box_count, 0);
    assert_int_equal(picture.height, 0);
}

static void prices_are_told_of_what_they_are(void **state)
{
    struct bill_row rows[] = {
        {.address = "hetzner.server/app", .what = "server cx23", .known = true},
        {.address = "hetzner.server/app", .what = "primary IPv4", .known = true},
        {.address = "hetzner.zone/main", .what = "a zone", .known = false},
    };
    struct fault fault = {0};
    struct bill bill = {.rows = rows, .count = 3, .before = money_zero("EUR")};
    struct picture picture;
    (void) state;
    rows[2].before = money_zero("EUR");
    assert_true(money_parse("5.49", "EUR", &rows[0].before, &fault));
    assert_true(money_parse("0.5", "EUR", &rows[1].before, &fault));
    picture_make(&arena, &shop_rows, &bill, &picture);
    const struct picture_box *server = box_of(&picture, "app", "hetzner.server");
    assert_int_equal(server->line_count, 3);
    assert_string_equal(server->lines[0], "server cx23");
    assert_string_equal(server->lines[2], "5.99 € a month");
    assert_int_equal(box_of(&picture, "main", "hetzner.zone")->line_count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(things_and_hosts_are_boxes, begin, end),
        cmocka_unit_test_setup_teardown(what_is_needed_stands_above, begin, end),
        cmocka_unit_test_setup_teardown(boxes_fit_beside_each_other, begin, end),
        cmocka_unit_test_setup_teardown(many_of_a_type_become_one, begin, end),
        cmocka_unit_test_setup_teardown(hosts_that_need_each_other_are_drawn, begin, end),
        cmocka_unit_test_setup_teardown(nothing_is_a_picture_too, begin, end),
        cmocka_unit_test_setup_teardown(prices_are_told_of_what_they_are, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
