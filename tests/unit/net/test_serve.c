// SPDX-License-Identifier: MIT
#include "net/exchange.h"

static void handle(void *context, struct serve_request *request)
{
    struct exchange *exchange = context;
    if (exchange_serve(exchange, request))
        return;
    size_t count;
    const struct serve_query *queries = serve_queries(request, &count);
    char body[512];
    int at = snprintf(body, sizeof body, "%s", serve_path(request));
    for (size_t i = 0; i < count; i++)
        at += snprintf(body + at, sizeof body - (size_t) at, " %s=%s", queries[i].name,
                       queries[i].value);
    at += snprintf(body + at, sizeof body - (size_t) at, " %s", serve_peer(request));
    serve_answer(request, 404, NULL, 0, body, (size_t) at);
}

static void a_request_is_told_whole(void **state)
{
    (void) state;
    struct exchange exchange;
    exchange_open(&exchange, handle);
    exchange_call(&exchange, "GET", "/a%20b?x=1&x=2&label=a%3Db", NULL);
    assert_int_equal(exchange.status, 404);
    assert_string_equal(exchange.body, "/a b x=1 x=2 label=a=b 127.0.0.1");
    exchange_close(&exchange);
}

static void a_long_body_arrives_whole(void **state)
{
    (void) state;
    struct exchange exchange;
    exchange_open(&exchange, handle);
    size_t length = 3 << 20;
    char *body = malloc(length);
    memset(body, 'x', length);
    struct http_call call = {.method = "PUT",
                             .url = exchange_url(&exchange, "/slow"),
                             .body = body,
                             .length = length};
    http_start(exchange.http, &call, exchange_done, &exchange);
    while (!exchange.waiting)
        assert_true(loop_turn(exchange.loop));
    size_t received;
    assert_memory_equal(serve_body(exchange.waiting, &received), body, length);
    assert_int_equal(received, length);
    serve_answer(exchange.waiting, 204, NULL, 0, NULL, 0);
    exchange_wait(&exchange);
    assert_int_equal(exchange.status, 204);
    free(body);
    exchange_close(&exchange);
}

static void an_answer_can_come_late_while_others_are_served(void **state)
{
    (void) state;
    struct exchange exchange;
    exchange_open(&exchange, handle);
    struct http_call call = {.method = "GET", .url = exchange_url(&exchange, "/slow")};
    http_start(exchange.http, &call, exchange_done, &exchange);
    while (!exchange.waiting)
        assert_true(loop_turn(exchange.loop));
    exchange_call(&exchange, "GET", "/ok", NULL);
    assert_string_equal(exchange.body, "fine");
    serve_answer(exchange.waiting, 200, NULL, 0, "late", 4);
    exchange_wait(&exchange);
    assert_string_equal(exchange.body, "late");
    exchange_close(&exchange);
}

static void closing_drops_who_still_waits(void **state)
{
    (void) state;
    struct exchange exchange;
    exchange_open(&exchange, handle);
    struct http_call call = {.method = "GET", .url = exchange_url(&exchange, "/slow")};
    http_start(exchange.http, &call, exchange_done, &exchange);
    while (!exchange.waiting)
        assert_true(loop_turn(exchange.loop));
    serve_close(exchange.serve);
    exchange.serve = NULL;
    exchange_wait(&exchange);
    assert_int_equal(exchange.fault.kind, FAULT_UNREACHABLE);
    exchange_close(&exchange);
}

static void a_taken_port_is_a_fault(void **state)
{
    (void) state;
    struct exchange exchange;
    exchange_open(&exchange, handle);
    struct serve *second;
    struct fault fault = {0};
    assert_false(serve_open(&second, exchange.loop, "127.0.0.1",
                            serve_port(exchange.serve), handle, NULL, &fault));
    assert_int_equal(fault.kind, FAULT_ERROR);
    assert_false(serve_open(&second, exchange.loop, "nonsense", 0, handle, NULL, &fault));
    exchange_close(&exchange);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_told_whole),
        cmocka_unit_test(a_long_body_arrives_whole),
        cmocka_unit_test(an_answer_can_come_late_while_others_are_served),
        cmocka_unit_test(closing_drops_who_still_waits),
        cmocka_unit_test(a_taken_port_is_a_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
