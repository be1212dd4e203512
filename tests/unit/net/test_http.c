// SPDX-License-Identifier: MIT
#include "net/exchange.h"

#include "net/port.h"
#include "net/skip_clock.h"
#include "net/tcp.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

static void handle(void *context, struct serve_request *request)
{
    if (!exchange_serve(context, request))
        serve_answer(request, 404, NULL, 0, NULL, 0);
}

static void an_answer_of_any_status_is_no_fault(void **state)
{
    (void) state;
    struct exchange exchange;
    exchange_open(&exchange, handle);
    exchange_call(&exchange, "POST", "/ok", "{\"a\":1}");
    assert_int_equal(exchange.status, 200);
    assert_true(exchange.sent);
    assert_string_equal(exchange.body, "fine");
    assert_string_equal(exchange.header, "Case");
    assert_string_equal(exchange.seen, "POST /ok {\"a\":1} -");
    exchange_call(&exchange, "DELETE", "/nowhere", NULL);
    assert_int_equal(exchange.status, 404);
    assert_int_equal(exchange.fault.kind, FAULT_NONE);
    exchange_call(&exchange, "HEAD", "/ok", NULL);
    assert_int_equal(exchange.status, 200);
    assert_string_equal(exchange.body, "");
    exchange_close(&exchange);
}

static void connections_are_kept(void **state)
{
    (void) state;
    struct exchange exchange;
    exchange_open(&exchange, handle);
    for (int i = 0; i < 10; i++)
        exchange_call(&exchange, i % 2 ? "POST" : "GET", "/ok", i % 2 ? "x" : NULL);
    assert_int_equal(serve_connection_count(exchange.serve), 1);
    assert_int_equal(http_count(exchange.http), 10);
    exchange_close(&exchange);
}

static void no_more_are_sent_than_are_allowed(void **state)
{
    (void) state;
    struct exchange exchange;
    exchange_open(&exchange, handle);
    exchange_call(&exchange, "GET", "/ok", NULL);
    http_limit(exchange.http, 1);
    exchange_call(&exchange, "GET", "/ok", NULL);
    assert_int_equal(exchange.status, 200);
    exchange_call(&exchange, "GET", "/ok", NULL);
    assert_string_equal(exchange.fault.code, "limit");
    assert_false(exchange.sent);
    http_limit(exchange.http, 0);
    exchange_call(&exchange, "GET", "/ok", NULL);
    assert_string_equal(exchange.fault.code, "limit");
    assert_int_equal(http_count(exchange.http), 2);
    http_limit(exchange.http, -1);
    exchange_call(&exchange, "GET", "/ok", NULL);
    assert_int_equal(exchange.status, 200);
    exchange_close(&exchange);
}

static void kept_connections_keep_no_loop_turning(void **state)
{
    (void) state;
    struct exchange exchange;
    exchange_open(&exchange, handle);
    exchange_call(&exchange, "GET", "/ok", NULL);
    serve_close(exchange.serve);
    exchange.serve = NULL;
    int turns = 0;
    while (loop_turn(exchange.loop))
        assert_true(++turns < 10);
    exchange_close(&exchange);
}

static void time_is_over(void *context)
{
    ((struct exchange *) context)->done = -1;
}

// A server that watches badly spins when a connection is suspended, or its client is
// gone.
static void waiting_costs_no_turns(void **state)
{
    (void) state;
    struct exchange exchange;
    exchange_open(&exchange, handle);
    struct http_call call = {.method = "GET", .url = exchange_url(&exchange, "/slow")};
    for (int gone = 0; gone < 2; gone++) {
        struct http_request *request =
            http_start(exchange.http, &call, exchange_done, &exchange);
        exchange.waiting = NULL;
        while (!exchange.waiting)
            assert_true(loop_turn(exchange.loop));
        if (gone)
            http_cancel(request);
        exchange.done = 0;
        loop_timer_start(exchange.loop, 200, time_is_over, &exchange);
        int turns = 0;
        for (; exchange.done == 0; turns++)
            assert_true(loop_turn(exchange.loop));
        assert_true(turns < 20);
    }
    exchange_close(&exchange);
}

static void many_at_once_all_come(void **state)
{
    (void) state;
    struct exchange exchange;
    exchange_open(&exchange, handle);
    struct http_call call = {.method = "GET", .url = exchange_url(&exchange, "/ok")};
    for (int i = 0; i < 300; i++)
        http_start(exchange.http, &call, exchange_done, &exchange);
    while (exchange.done < 300)
        assert_true(loop_turn(exchange.loop));
    assert_int_equal(exchange.requests, 300);
    assert_true(serve_connection_count(exchange.serve) <= 64);
    exchange_close(&exchange);
}

static void a_reset_or_cut_answer_is_none(void **state)
{
    (void) state;
    static const char *const paths[] = {"/reset", "/close", "/cut"};
    static const char *const why[] = {
        "the connection was reset: ", "the connection was reset: ",
        "the answer ended too early: "};
    struct exchange exchange;
    exchange_open(&exchange, handle);
    for (int i = 0; i < 3; i++) {
        exchange_call(&exchange, "POST", paths[i], "x");
        assert_int_equal(exchange.status, 0);
        assert_int_equal(exchange.fault.kind, FAULT_UNREACHABLE);
        assert_string_equal(exchange.fault.code, "reset");
        assert_memory_equal(exchange.fault.why, why[i], strlen(why[i]));
        assert_true(exchange.sent);
        assert_string_equal(exchange.body, "");
    }
    exchange_close(&exchange);
}

// On a kept connection that dies without an answer curl tries again by itself; a POST
// must not be carried out twice.
static void a_post_on_a_dying_kept_connection_is_sent_once(void **state)
{
    (void) state;
    static const char *const paths[] = {"/reset", "/close"};
    struct exchange exchange;
    exchange_open(&exchange, handle);
    for (int i = 0; i < 2; i++) {
        exchange_call(&exchange, "GET", "/ok", NULL);
        exchange.requests = 0;
        exchange_call(&exchange, "POST", paths[i], "x");
        assert_int_equal(exchange.requests, 1);
        assert_int_equal(exchange.fault.kind, FAULT_UNREACHABLE);
        assert_string_equal(exchange.fault.code, "reset");
        assert_true(exchange.sent);
    }
    exchange_close(&exchange);
}

static void a_slow_server_runs_into_the_time_limit(void **state)
{
    (void) state;
    struct exchange exchange;
    exchange_open(&exchange, handle);
    struct http_call call = {
        .method = "POST", .url = exchange_url(&exchange, "/slow"), .timeout_ms = 60000};
    http_start(exchange.http, &call, exchange_done, &exchange);
    while (!exchange.waiting)
        assert_true(loop_turn(exchange.loop));
    assert_int_equal(exchange.done, 0);
    skip_clock(60);
    exchange_wait(&exchange);
    assert_int_equal(exchange.fault.kind, FAULT_UNREACHABLE);
    assert_string_equal(exchange.fault.code, "timeout");
    assert_true(exchange.sent);
    exchange_close(&exchange);
}

static void what_never_left_is_not_sent(void **state)
{
    (void) state;
    struct exchange exchange;
    struct port nobody;
    char url[64];
    exchange_open(&exchange, handle);
    port_hold(&nobody);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/ok?token=hidden", nobody.number);
    struct http_call call = {.method = "POST", .url = url};
    http_start(exchange.http, &call, exchange_done, &exchange);
    exchange_wait(&exchange);
    assert_string_equal(exchange.fault.code, "connect");
    assert_null(strstr(exchange.fault.what, "hidden"));
    assert_false(exchange.sent);
    assert_int_equal(http_count(exchange.http), 0);
    port_let_go(&nobody);
    exchange_close(&exchange);
}

static void a_body_over_the_ceiling_is_refused(void **state)
{
    (void) state;
    struct exchange exchange;
    exchange_open(&exchange, handle);
    struct http_call call = {
        .method = "GET", .url = exchange_url(&exchange, "/ok"), .body_ceiling = 3};
    http_start(exchange.http, &call, exchange_done, &exchange);
    exchange_wait(&exchange);
    assert_int_equal(exchange.fault.kind, FAULT_ERROR);
    assert_string_equal(exchange.fault.code, "too_large");
    exchange_close(&exchange);
}

static void a_cancelled_request_is_never_delivered(void **state)
{
    (void) state;
    struct exchange exchange;
    exchange_open(&exchange, handle);
    struct http_call call = {.method = "GET", .url = exchange_url(&exchange, "/slow")};
    http_cancel(http_start(exchange.http, &call, exchange_done, &exchange)); // not begun
    struct http_request *request =
        http_start(exchange.http, &call, exchange_done, &exchange);
    while (!exchange.waiting)
        assert_true(loop_turn(exchange.loop));
    http_cancel(request); // under way
    serve_answer(exchange.waiting, 200, NULL, 0, NULL, 0);
    exchange_call(&exchange, "GET", "/ok", NULL);
    assert_int_equal(exchange.done, 1);
    exchange_close(&exchange);
}

static void a_credential_goes_to_its_origin_only(void **state)
{
    (void) state;
    struct exchange exchange;
    exchange_open(&exchange, handle);
    struct http *http = exchange.http;
    http_credential(http, exchange_url(&exchange, ""), "Authorization", "Bearer old");
    http_credential(http, exchange_url(&exchange, ""), "Authorization", "Bearer secret");
    http_credential(http, "https://api.hetzner.cloud", "Authorization", "Bearer cloud");
    exchange_call(&exchange, "GET", "/ok", NULL);
    assert_string_equal(exchange.seen, "GET /ok  Bearer secret");
    char other[64];
    snprintf(other, sizeof other, "http://localhost:%d/ok", serve_port(exchange.serve));
    struct http_call call = {.method = "GET", .url = other};
    http_start(http, &call, exchange_done, &exchange);
    exchange_wait(&exchange);
    assert_string_equal(exchange.seen, "GET /ok  -");
    assert_true(http_has_credential(http, "https://api.hetzner.cloud/v1/servers"));
    assert_true(http_has_credential(http, "https://API.hetzner.cloud:443/v1"));
    static const char *const foreign[] = {
        "https://api.hetzner.cloud.evil.com/v1",
        "https://api.hetzner.cloud@evil.com/",
        "https://x@api.hetzner.cloud/",
        "http://api.hetzner.cloud/v1",
        "https://api.hetzner.cloud:8443/v1",
        "https://api.hetzner.cloudy/",
        "https://evil.com/https://api.hetzner.cloud",
        "https://evil.com\\@api.hetzner.cloud/",
        "//api.hetzner.cloud/",
        "api.hetzner.cloud",
        "",
    };
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        assert_false(http_has_credential(http, foreign[i]));
    exchange_close(&exchange);
}

static void nothing_forged_gets_into_the_request(void **state)
{
    (void) state;
    struct exchange exchange;
    exchange_open(&exchange, handle);
    struct http_header header = {"X-Name", "a\r\nX-Forged: b"};
    struct http_call call = {.method = "GET",
                             .url = exchange_url(&exchange, "/ok"),
                             .headers = &header,
                             .header_count = 1};
    http_start(exchange.http, &call, exchange_done, &exchange);
    exchange_wait(&exchange);
    assert_int_equal(exchange.fault.kind, FAULT_ERROR);
    call = (struct http_call){.method = "GET", .url = "file:///etc/passwd"};
    http_start(exchange.http, &call, exchange_done, &exchange);
    exchange_wait(&exchange);
    assert_int_equal(exchange.fault.kind, FAULT_ERROR);
    assert_int_equal(exchange.requests, 0);
    exchange_close(&exchange);
}

static void missing_roots_are_told_at_once(void **state)
{
    (void) state;
    struct loop *loop = loop_new();
    struct http_options options = {.ca_file = "/nowhere/ca.pem"};
    struct http *http;
    struct fault fault = {0};
    assert_false(http_open(&http, loop, &options, &fault));
    assert_non_null(strstr(fault.what, "/nowhere/ca.pem"));
    loop_free(loop);
}

static void connected(void *context, const struct fault *fault)
{
    struct exchange *exchange = context;
    exchange->done++;
    exchange->fault = *fault;
}

static void tcp_says_whether_a_port_accepts(void **state)
{
    (void) state;
    struct exchange exchange;
    struct port nobody;
    exchange_open(&exchange, handle);
    port_hold(&nobody);
    tcp_connect_start(exchange.loop, "localhost", serve_port(exchange.serve), 60000,
                      connected, &exchange);
    exchange_wait(&exchange);
    assert_int_equal(exchange.fault.kind, FAULT_NONE);
    tcp_connect_start(exchange.loop, "127.0.0.1", nobody.number, 60000, connected,
                      &exchange);
    exchange_wait(&exchange);
    assert_int_equal(exchange.fault.kind, FAULT_UNREACHABLE);
    assert_string_equal(exchange.fault.why, "connection refused");
    port_let_go(&nobody);
    // 192.0.2.0/24 is for documentation: nothing answers there, at most somebody refuses.
    tcp_connect_start(exchange.loop, "192.0.2.1", 9, 50, connected, &exchange);
    exchange_wait(&exchange);
    assert_int_equal(exchange.fault.kind, FAULT_UNREACHABLE);
    exchange_close(&exchange);
}

// A child process that is told by the environment where to die.
static void post_in_child(const char *crash_at, const char *log)
{
    struct exchange exchange;
    setenv("PIPSTER_CRASH_AT", crash_at, 1);
    setenv("PIPSTER_CRASH_LOG", log, 1);
    exchange_open(&exchange, handle);
    exchange_call(&exchange, "GET", "/ok", NULL);
    exchange_call(&exchange, "POST", "/ok", "x");
    _exit(0);
}

static void the_crash_points_are_reached_by_a_post(void **state)
{
    (void) state;
    static const char *const points[] = {"http-sending", "http-sent", "http-replied"};
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        char log[] = "/tmp/pipster-crash-XXXXXX";
        int fd = mkstemp(log);
        assert_true(fd >= 0);
        pid_t child = fork();
        if (child == 0)
            post_in_child(points[i], log);
        int status = 0;
        waitpid(child, &status, 0);
        assert_true(WIFSIGNALED(status));
        char told[32] = "";
        assert_true(read(fd, told, sizeof told - 1) > 0);
        assert_non_null(strstr(told, points[i]));
        close(fd);
        unlink(log);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_crash_points_are_reached_by_a_post),
        cmocka_unit_test(an_answer_of_any_status_is_no_fault),
        cmocka_unit_test(connections_are_kept),
        cmocka_unit_test(no_more_are_sent_than_are_allowed),
        cmocka_unit_test(kept_connections_keep_no_loop_turning),
        cmocka_unit_test(waiting_costs_no_turns),
        cmocka_unit_test(many_at_once_all_come),
        cmocka_unit_test(a_reset_or_cut_answer_is_none),
        cmocka_unit_test(a_post_on_a_dying_kept_connection_is_sent_once),
        cmocka_unit_test(a_slow_server_runs_into_the_time_limit),
        cmocka_unit_test(what_never_left_is_not_sent),
        cmocka_unit_test(a_body_over_the_ceiling_is_refused),
        cmocka_unit_test(a_cancelled_request_is_never_delivered),
        cmocka_unit_test(a_credential_goes_to_its_origin_only),
        cmocka_unit_test(nothing_forged_gets_into_the_request),
        cmocka_unit_test(missing_roots_are_told_at_once),
        cmocka_unit_test(tcp_says_whether_a_port_accepts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
