// SPDX-License-Identifier: MIT
//
// Against a name server of a few lines, which knows the records below and nothing else.
#include "net/resolve.h"

#include "net/exchange.h"

#include <uv.h>

#include <arpa/inet.h>

struct zone {
    struct loop *loop;
    uv_udp_t *socket;
    char address[32];
    bool mute;
    bool refuse;
    bool torn;
    int done;
    size_t count;
    char records[8][64];
    struct fault fault;
    unsigned char packet[512];
    unsigned char reply[512];
};

// clang-format off
#define POINTER "\xc0\x0c" // to the name that was asked
#define HEAD(type) POINTER "\x00" type "\x00\x01\x00\x00\x00\x05"
#define RECORD(bytes) {bytes, sizeof bytes - 1}

static const struct {
    int type;
    struct {
        const char *bytes;
        size_t length;
    } records[2];
} known[] = {
    {1, {RECORD(HEAD("\x05") "\x00\x06\x03www\xc0\x0c"),
         RECORD("\x03www\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x05\x00\x04\x7f\0\0\x01")}},
    {28, {RECORD(HEAD("\x1c") "\x00\x10\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01")}},
    {2, {RECORD(HEAD("\x02") "\x00\x05\x02ns\xc0\x0c"),
         RECORD(HEAD("\x02") "\x00\x05\x02nt\xc0\x0c")}},
    {15, {RECORD(HEAD("\x0f") "\x00\x09\x00\x0a\x04mail\xc0\x0c")}},
    {16, {RECORD(HEAD("\x10") "\x00\x09\x03v=a\x04 b c")}},
    {5, {RECORD(HEAD("\x05") "\x00\x06\x03www\xc0\x0c")}},
};
static const char caa[] =
    POINTER "\x01\x01\x00\x01\x00\x00\x00\x05\x00\x0f\x00\x05issueca.test/";
// clang-format on

static size_t add_records(struct zone *zone, size_t at, int type, unsigned char *count)
{
    if (type == 257) {
        memcpy(zone->reply + at, caa, sizeof caa - 1);
        *count = 1;
        return at + sizeof caa - 1;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        for (int j = 0; known[i].type == type && j < 2 && known[i].records[j].length;
             j++) {
            memcpy(zone->reply + at, known[i].records[j].bytes,
                   known[i].records[j].length);
            at += known[i].records[j].length;
            ++*count;
        }
    return at;
}

static void sent(uv_udp_send_t *request, int status)
{
    (void) status;
    free(request);
}

static void asked(uv_udp_t *socket, ssize_t length, const uv_buf_t *buffer,
                  const struct sockaddr *from, unsigned flags)
{
    (void) flags, (void) buffer;
    struct zone *zone = socket->data;
    if (length < 17 || !from || zone->mute)
        return;
    size_t question = 12;
    while (zone->packet[question])
        question += zone->packet[question] + 1u;
    int type = zone->packet[question + 1] << 8 | zone->packet[question + 2];
    bool exists = memcmp(zone->packet + 12, "\x04zone", 5) == 0;
    size_t end = question + 5;
    memcpy(zone->reply, zone->packet, end);
    memset(zone->reply + 6, 0, 6);
    zone->reply[2] = 0x84;
    zone->reply[3] = zone->refuse ? 5 : exists ? 0 : 3;
    if (exists && !zone->refuse)
        end = add_records(zone, end, type, &zone->reply[7]);
    if (zone->torn)
        end -= 3;
    uv_buf_t answer = uv_buf_init((char *) zone->reply, (unsigned) end);
    uv_udp_send(malloc(sizeof(uv_udp_send_t)), socket, &answer, 1, from, sent);
}

static void give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    (void) suggested;
    struct zone *zone = handle->data;
    *buffer = uv_buf_init((char *) zone->packet, sizeof zone->packet);
}

static void zone_open(struct zone *zone)
{
    memset(zone, 0, sizeof *zone);
    zone->loop = loop_new();
    zone->socket = malloc(sizeof *zone->socket);
    zone->socket->data = zone;
    struct sockaddr_in address;
    int size = sizeof address;
    uv_ip4_addr("127.0.0.1", 0, &address);
    uv_udp_init(loop_uv(zone->loop), zone->socket);
    assert_int_equal(uv_udp_bind(zone->socket, (struct sockaddr *) &address, 0), 0);
    uv_udp_getsockname(zone->socket, (struct sockaddr *) &address, &size);
    uv_udp_recv_start(zone->socket, give_room, asked);
    snprintf(zone->address, sizeof zone->address, "127.0.0.1:%d",
             ntohs(address.sin_port));
}

static void socket_closed(uv_handle_t *handle)
{
    free(handle);
}

static void zone_close(struct zone *zone)
{
    uv_close((uv_handle_t *) zone->socket, socket_closed);
    loop_free(zone->loop);
}

static void resolved(void *context, char *const *records, size_t count,
                     const struct fault *fault)
{
    struct zone *zone = context;
    zone->done++;
    zone->count = count;
    zone->fault = *fault;
    for (size_t i = 0; i < count && i < 8; i++)
        snprintf(zone->records[i], sizeof zone->records[i], "%s", records[i]);
}

static void ask(struct zone *zone, const char *name, const char *type)
{
    int before = zone->done;
    resolve_start(zone->loop, name, type, zone->address, resolved, zone);
    assert_int_equal(zone->done, before);
    while (zone->done == before)
        assert_true(loop_turn(zone->loop));
}

static void every_type_is_read_as_text(void **state)
{
    (void) state;
    static const char *const expected[][2] = {
        {"A", "127.0.0.1"},
        {"AAAA", "2001:db8::1"},
        {"CNAME", "www.zone.test"},
        {"NS", "ns.zone.test"},
        {"MX", "10 mail.zone.test"},
        {"TXT", "v=a b c"},
        {"CAA", "0 issue \"ca.test/\""},
    };
    struct zone zone;
    zone_open(&zone);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        ask(&zone, "zone.test", expected[i][0]);
        assert_int_equal(zone.fault.kind, FAULT_NONE);
        assert_int_equal(zone.count, strcmp(expected[i][0], "NS") == 0 ? 2 : 1);
        assert_string_equal(zone.records[0], expected[i][1]);
    }
    zone_close(&zone);
}

static void a_missing_name_is_no_fault(void **state)
{
    (void) state;
    struct zone zone;
    zone_open(&zone);
    ask(&zone, "missing.test", "A");
    assert_int_equal(zone.fault.kind, FAULT_NONE);
    assert_int_equal(zone.count, 0);
    zone_close(&zone);
}

static void a_refusing_or_torn_answer_is_a_fault(void **state)
{
    (void) state;
    struct zone zone;
    zone_open(&zone);
    zone.refuse = true;
    ask(&zone, "zone.test", "A");
    assert_int_equal(zone.fault.kind, FAULT_UNREACHABLE);
    zone.refuse = false;
    zone.torn = true;
    ask(&zone, "zone.test", "TXT");
    assert_int_equal(zone.fault.kind, FAULT_UNREACHABLE);
    ask(&zone, "zone.test", "SOMETHING");
    assert_int_equal(zone.fault.kind, FAULT_ERROR);
    zone_close(&zone);
}

static void a_cancelled_question_is_never_delivered(void **state)
{
    (void) state;
    struct zone zone;
    zone_open(&zone);
    zone.mute = true;
    resolve_cancel(
        resolve_start(zone.loop, "zone.test", "A", zone.address, resolved, &zone));
    resolve_cancel(
        resolve_start(zone.loop, "zone.test", "?", zone.address, resolved, &zone));
    zone.mute = false;
    ask(&zone, "zone.test", "A");
    assert_int_equal(zone.done, 1);
    zone_close(&zone);
}

static void handle(void *context, struct serve_request *request)
{
    exchange_serve(context, request);
}

static void http_asks_the_named_server(void **state)
{
    (void) state;
    struct zone zone;
    struct exchange exchange = {0};
    zone_open(&zone);
    exchange.loop = zone.loop;
    struct http_options options = {.dns_server = zone.address};
    assert_true(serve_open(&exchange.serve, zone.loop, "127.0.0.1", 0, handle, &exchange,
                           &exchange.fault));
    assert_true(http_open(&exchange.http, zone.loop, &options, &exchange.fault));
    char url[64];
    snprintf(url, sizeof url, "http://zone.test:%d/ok", serve_port(exchange.serve));
    struct http_call call = {.method = "GET", .url = url};
    http_start(exchange.http, &call, exchange_done, &exchange);
    exchange_wait(&exchange);
    assert_string_equal(exchange.body, "fine");
    call.url = "http://missing.test/";
    http_start(exchange.http, &call, exchange_done, &exchange);
    exchange_wait(&exchange);
    assert_int_equal(exchange.fault.kind, FAULT_UNREACHABLE);
    assert_string_equal(exchange.fault.code, "resolve");
    zone.mute = true;
    http_cancel(http_start(exchange.http, &call, exchange_done, &exchange));
    struct http_request *asking =
        http_start(exchange.http, &call, exchange_done, &exchange);
    loop_turn(zone.loop);
    loop_turn(zone.loop);
    http_cancel(asking);
    http_start(exchange.http, &call, exchange_done, &exchange);
    loop_turn(zone.loop);
    http_close(exchange.http); // with a question open: that call ends too
    serve_close(exchange.serve);
    assert_int_equal(exchange.done, 3);
    zone_close(&zone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_is_read_as_text),
        cmocka_unit_test(a_missing_name_is_no_fault),
        cmocka_unit_test(a_refusing_or_torn_answer_is_a_fault),
        cmocka_unit_test(a_cancelled_question_is_never_delivered),
        cmocka_unit_test(http_asks_the_named_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
