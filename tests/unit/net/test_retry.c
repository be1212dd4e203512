// SPDX-License-Identifier: MIT
#include "net/exchange.h"

#include "net/port.h"
#include "net/retry.h"
#include "net/skip_clock.h"

#include "base/clock.h"

#include <time.h>

struct scene {
    struct exchange exchange;
    struct retry *retry;
    int failures; // how often the server answers with `status` first
    int status;
    const char *body;
    int tries;
    bool uncertain;
    char code[64];
    char message[64];
};

static void handle(void *context, struct serve_request *request)
{
    struct scene *scene = context;
    struct exchange *exchange = &scene->exchange;
    if (scene->failures == 0 || strncmp(serve_path(request), "/fail", 5) != 0) {
        if (!exchange_serve(exchange, request))
            serve_answer(request, 200, NULL, 0, "fine", 4);
        return;
    }
    exchange->requests++;
    scene->failures--;
    char reset[32];
    snprintf(reset, sizeof reset, "%lld", (long long) time(NULL) + 2);
    struct http_header headers[] = {
        {"Content-Type", "application/json"},
        {"RateLimit-Limit", "3600"},
        {"RateLimit-Remaining", scene->status == 429 ? "0" : "3000"},
        {"RateLimit-Reset", reset},
    };
    if (scene->status == 0)
        serve_drop(request, true);
    else
        serve_answer(request, scene->status, headers, 4, scene->body,
                     strlen(scene->body));
}

static void done(void *context, const struct retry_result *result)
{
    struct scene *scene = context;
    exchange_copy(&scene->exchange, result->reply, result->fault);
    scene->tries = result->tries;
    scene->uncertain = result->uncertain;
    snprintf(scene->code, sizeof scene->code, "%s", result->code);
    snprintf(scene->message, sizeof scene->message, "%s", result->message);
}

static void scene_open(struct scene *scene)
{
    memset(scene, 0, sizeof *scene);
    setenv("PIPSTER_RETRY_MS", "2", 1);
    exchange_open(&scene->exchange, handle);
    scene->retry = retry_new(scene->exchange.loop, scene->exchange.http, NULL);
}

static void scene_close(struct scene *scene)
{
    retry_free(scene->retry);
    exchange_close(&scene->exchange);
}

// `failures` answers of `status` with an error code, then 200.
static void expect(struct scene *scene, const char *method, int failures, int status,
                   const char *code, int tries)
{
    static char body[128];
    snprintf(body, sizeof body, "{\"error\":{\"message\":\"m\",\"code\":\"%s\"}}", code);
    scene->failures = failures;
    scene->status = status;
    scene->body = body;
    scene->exchange.requests = 0;
    struct http_call call = {.method = method,
                             .timeout_ms = 60000,
                             .url = exchange_url(&scene->exchange, "/fail?x=1")};
    retry_start(scene->retry, &call, done, scene);
    exchange_wait(&scene->exchange);
    assert_int_equal(scene->exchange.requests, tries);
    // A kept connection that is reset is tried once more by newer curls themselves.
    if (status == 0 && scene->tries == tries - 1)
        return;
    assert_int_equal(scene->tries, tries);
}

static void a_get_is_repeated(void **state)
{
    (void) state;
    static const int statuses[] = {502, 504, 503, 0};
    struct scene scene;
    scene_open(&scene);
    for (int i = 0; i < 4; i++) {
        expect(&scene, "GET", 3, statuses[i], "bad_gateway", 4);
        assert_int_equal(scene.exchange.status, 200);
        assert_false(scene.uncertain);
    }
    expect(&scene, "GET", 99, 502, "bad_gateway", 6);
    assert_int_equal(scene.exchange.status, 502);
    assert_string_equal(scene.code, "bad_gateway");
    assert_string_equal(scene.message, "m");
    expect(&scene, "GET", 99, 500, "server_error", 2);
    expect(&scene, "GET", 99, 404, "not_found", 1);
    scene_close(&scene);
}

static void put_and_delete_are_repeated_after_502_not_after_503(void **state)
{
    (void) state;
    struct scene scene;
    scene_open(&scene);
    expect(&scene, "PUT", 2, 502, "bad_gateway", 3);
    expect(&scene, "DELETE", 2, 0, "", 3);
    expect(&scene, "DELETE", 2, 503, "unavailable", 1);
    assert_int_equal(scene.exchange.status, 503);
    scene_close(&scene);
}

static void a_post_that_may_have_happened_is_handed_back(void **state)
{
    (void) state;
    static const int statuses[] = {502, 504, 0};
    struct scene scene;
    scene_open(&scene);
    for (int i = 0; i < 3; i++) {
        expect(&scene, "POST", 9, statuses[i], "bad_gateway", 1);
        assert_true(scene.uncertain);
    }
    expect(&scene, "POST", 9, 503, "unavailable", 1);
    assert_false(scene.uncertain);
    expect(&scene, "POST", 0, 0, "", 1);
    assert_int_equal(scene.exchange.status, 200);
    assert_false(scene.uncertain);
    scene_close(&scene);
}

static void a_post_that_times_out_is_handed_back(void **state)
{
    (void) state;
    struct scene scene;
    scene_open(&scene);
    struct http_call call = {.method = "POST",
                             .timeout_ms = 60000,
                             .url = exchange_url(&scene.exchange, "/slow")};
    retry_start(scene.retry, &call, done, &scene);
    while (!scene.exchange.waiting)
        assert_true(loop_turn(scene.exchange.loop));
    skip_clock(60);
    exchange_wait(&scene.exchange);
    assert_int_equal(scene.tries, 1);
    assert_true(scene.uncertain);
    assert_int_equal(scene.exchange.fault.kind, FAULT_UNREACHABLE);
    scene_close(&scene);
}

static void conflict_and_locked_are_repeated_whatever_the_method(void **state)
{
    (void) state;
    struct scene scene;
    scene_open(&scene);
    expect(&scene, "POST", 2, 409, "conflict", 3);
    expect(&scene, "POST", 2, 423, "locked", 3);
    expect(&scene, "POST", 2, 409, "uniqueness_error", 1);
    assert_false(scene.uncertain);
    expect(&scene, "DELETE", 2, 423, "protected", 1);
    scene_close(&scene);
}

static void after_429_nothing_goes_until_the_reset(void **state)
{
    (void) state;
    struct scene scene;
    scene_open(&scene);
    // The server names the second after the next, and says its own time in whole ones:
    // it is 1 s away by these, or 2. Timers count whole milliseconds.
    int64_t began_ms = clock_monotonic_ms();
    expect(&scene, "POST", 1, 429, "rate_limit_exceeded", 2);
    assert_int_equal(scene.exchange.status, 200);
    assert_true(clock_monotonic_ms() - began_ms >= 1000 - 2);
    scene_close(&scene);
}

static bool is_busy(const char *code)
{
    return strcmp(code, "busy") == 0;
}

static void the_caller_may_name_more_codes(void **state)
{
    (void) state;
    struct scene scene;
    scene_open(&scene);
    struct retry_options options = {.max_tries = 3, .is_transient = is_busy};
    retry_free(scene.retry);
    scene.retry = retry_new(scene.exchange.loop, scene.exchange.http, &options);
    expect(&scene, "POST", 9, 422, "busy", 3);
    scene_close(&scene);
}

static void repeated_failing_creates_are_stopped(void **state)
{
    (void) state;
    struct scene scene;
    scene_open(&scene);
    struct retry_options options = {.first_ms = 1000};
    unsetenv("PIPSTER_RETRY_MS");
    retry_free(scene.retry);
    scene.retry = retry_new(scene.exchange.loop, scene.exchange.http, &options);
    for (int i = 0; i < 5; i++)
        expect(&scene, "POST", 9, 502, "bad_gateway", 1);
    expect(&scene, "POST", 9, 502, "bad_gateway", 0);
    assert_string_equal(scene.exchange.fault.code, "circuit_open");
    assert_false(scene.uncertain);
    expect(&scene, "GET", 0, 0, "", 1); // reading goes on
    scene_close(&scene);
}

static void what_never_left_is_tried_twice(void **state)
{
    (void) state;
    struct scene scene;
    scene_open(&scene);
    struct port nobody;
    char url[64];
    port_hold(&nobody);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/fail", nobody.number);
    struct http_call call = {.method = "POST", .url = url};
    retry_start(scene.retry, &call, done, &scene);
    exchange_wait(&scene.exchange);
    assert_int_equal(scene.tries, 2);
    assert_false(scene.uncertain);
    port_let_go(&nobody);
    scene_close(&scene);
}

static void a_cancelled_call_is_never_delivered(void **state)
{
    (void) state;
    struct scene scene;
    scene_open(&scene);
    struct http_call call = {.method = "GET",
                             .url = exchange_url(&scene.exchange, "/slow")};
    retry_cancel(retry_start(scene.retry, &call, done, &scene));
    struct retry_call *under_way = retry_start(scene.retry, &call, done, &scene);
    while (!scene.exchange.waiting)
        assert_true(loop_turn(scene.exchange.loop));
    retry_cancel(under_way);
    expect(&scene, "GET", 0, 0, "", 1);
    assert_int_equal(scene.exchange.done, 1);
    scene_close(&scene);
}

struct ended {
    int count;
    bool uncertain;
    enum fault_kind kind;
};

static void note_end(void *context, const struct retry_result *result)
{
    struct ended *ended = context;
    ended->count++;
    ended->uncertain = result->uncertain;
    ended->kind = result->fault->kind;
}

static void what_is_under_way_ends_with_it(void **state)
{
    (void) state;
    struct scene scene;
    struct ended sent = {0}, waiting = {0};
    scene_open(&scene);
    struct http_call call = {.method = "POST",
                             .url = exchange_url(&scene.exchange, "/slow")};
    retry_start(scene.retry, &call, note_end, &sent);
    while (!scene.exchange.waiting)
        assert_true(loop_turn(scene.exchange.loop));
    retry_start(scene.retry, &call, note_end, &waiting);
    retry_free(scene.retry);
    assert_int_equal(sent.count, 1);
    assert_true(sent.uncertain);
    assert_int_equal(sent.kind, FAULT_UNREACHABLE);
    assert_int_equal(waiting.count, 1);
    assert_false(waiting.uncertain);
    scene.retry = retry_new(scene.exchange.loop, scene.exchange.http, NULL);
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_get_is_repeated),
        cmocka_unit_test(put_and_delete_are_repeated_after_502_not_after_503),
        cmocka_unit_test(a_post_that_may_have_happened_is_handed_back),
        cmocka_unit_test(a_post_that_times_out_is_handed_back),
        cmocka_unit_test(conflict_and_locked_are_repeated_whatever_the_method),
        cmocka_unit_test(after_429_nothing_goes_until_the_reset),
        cmocka_unit_test(the_caller_may_name_more_codes),
        cmocka_unit_test(repeated_failing_creates_are_stopped),
        cmocka_unit_test(what_never_left_is_tried_twice),
        cmocka_unit_test(a_cancelled_call_is_never_delivered),
        cmocka_unit_test(what_is_under_way_ends_with_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
