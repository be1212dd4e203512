// SPDX-License-Identifier: MIT
//
// https against a server with a certificate of an authority made for this test.
#include "net/exchange.h"

#include "base/arena.h"
#include "net/late_microhttpd.h"
#include "net/process.h"


#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

struct secure {
    char directory[64];
    struct MHD_Daemon *daemon;
    int port;
    char *key;
    char *certificate;
    int connections;
};

static const char make_certificates[] =
    "set -e; cd \"$0\"\n"
    "for ca in own other; do\n"
    "  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \\\n"
    "    -subj \"/CN=$ca authority\" -keyout $ca.key -out $ca.pem\n"
    "done\n"
    "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \\\n"
    "  -subj '/O=pipster/CN=server.test' -keyout server.key -out server.csr\n"
    "printf 'subjectAltName=IP:127.0.0.1' >server.ext\n"
    "openssl x509 -req -in server.csr -CA own.pem -CAkey own.key -CAcreateserial -days 2 "
    "\\\n"
    "  -extfile server.ext -out server.pem\n";

static enum MHD_Result answer(void *context, struct MHD_Connection *connection,
                              const char *url, const char *method, const char *version,
                              const char *bytes, size_t *length, void **state)
{
    (void) context, (void) url, (void) method, (void) version, (void) bytes;
    if (!*state || *length) {
        *state = connection;
        *length = 0;
        return MHD_YES;
    }
    struct MHD_Response *response =
        MHD_create_response_from_buffer(6, (void *) "secure", MHD_RESPMEM_PERSISTENT);
    enum MHD_Result result = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    return result;
}

static void count_connection(void *context, struct MHD_Connection *connection,
                             void **state, enum MHD_ConnectionNotificationCode what)
{
    (void) connection, (void) state;
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        __atomic_add_fetch(&((struct secure *) context)->connections, 1,
                           __ATOMIC_SEQ_CST);
}

static char *read_file(const char *directory, const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char *text = calloc(1, 8192);
    assert_true(fread(text, 1, 8191, file) > 0);
    fclose(file);
    return text;
}

static int secure_open(void **state)
{
    struct secure *secure = calloc(1, sizeof *secure);
    strcpy(secure->directory, "/tmp/pipster-tls-XXXXXX");
    assert_non_null(mkdtemp(secure->directory));
    const char *argv[] = {"/bin/sh", "-c", make_certificates, secure->directory, NULL};
    struct process_call call = {.argv = argv};
    struct process_result result;
    struct fault fault = {0};
    struct arena arena;
    arena_init(&arena, 0);
    assert_true(process_run(&call, &arena, &result, &fault));
    assert_int_equal(result.status, 0);
    arena_clear(&arena);
    secure->key = read_file(secure->directory, "server.key");
    secure->certificate = read_file(secure->directory, "server.pem");
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    secure->daemon = MHD_start_daemon(
        MHD_USE_TLS | MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, answer, NULL,
        MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_HTTPS_MEM_KEY, secure->key,
        MHD_OPTION_HTTPS_MEM_CERT, secure->certificate, MHD_OPTION_NOTIFY_CONNECTION,
        count_connection, secure, MHD_OPTION_END);
    assert_non_null(secure->daemon);
    secure->port = MHD_get_daemon_info(secure->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
    *state = secure;
    return 0;
}

static int secure_close(void **state)
{
    static const char *const names[] = {"own.key",    "own.pem",    "own.srl",
                                        "other.key",  "other.pem",  "server.key",
                                        "server.csr", "server.ext", "server.pem"};
    struct secure *secure = *state;
    MHD_stop_daemon(secure->daemon);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", secure->directory, names[i]);
        unlink(path);
    }
    rmdir(secure->directory);
    free(secure->key);
    free(secure->certificate);
    free(secure);
    return 0;
}

static void ask(struct secure *secure, const char *roots, struct exchange *exchange,
                int times)
{
    char ca_file[128] = "", url[64];
    if (roots)
        snprintf(ca_file, sizeof ca_file, "%s/%s.pem", secure->directory, roots);
    snprintf(url, sizeof url, "https://127.0.0.1:%d/", secure->port);
    struct http_options options = {.ca_file = roots ? ca_file : NULL};
    memset(exchange, 0, sizeof *exchange);
    exchange->loop = loop_new();
    assert_true(http_open(&exchange->http, exchange->loop, &options, &exchange->fault));
    struct http_call call = {.method = "GET", .url = url};
    for (int i = 0; i < times; i++) {
        memset(exchange->issuer, 0, sizeof exchange->issuer);
        http_start(exchange->http, &call, exchange_done, exchange);
        exchange_wait(exchange);
    }
    http_close(exchange->http);
    loop_free(exchange->loop);
}

static void the_own_authority_is_trusted_and_the_leaf_told(void **state)
{
    struct secure *secure = *state;
    struct exchange exchange;
    ask(secure, "own", &exchange, 1);
    assert_int_equal(exchange.fault.kind, FAULT_NONE);
    assert_string_equal(exchange.body, "secure");
    assert_non_null(strstr(exchange.issuer, "own authority"));
    assert_non_null(strstr(exchange.subject, "server.test"));
}

static void a_kept_connection_still_tells_its_certificate(void **state)
{
    struct secure *secure = *state;
    struct exchange exchange;
    int before = secure->connections;
    ask(secure, "own", &exchange, 3);
    assert_int_equal(__atomic_load_n(&secure->connections, __ATOMIC_SEQ_CST) - before, 1);
    assert_non_null(strstr(exchange.issuer, "own authority"));
}

static void another_authority_is_not_trusted(void **state)
{
    struct secure *secure = *state;
    static const char *const roots[] = {"other", NULL}; // NULL: the system's
    for (int i = 0; i < 2; i++) {
        struct exchange exchange;
        ask(secure, roots[i], &exchange, 1);
        assert_int_equal(exchange.fault.kind, FAULT_UNREACHABLE);
        assert_string_equal(exchange.fault.code, "certificate");
        assert_false(exchange.sent);
        assert_int_equal(exchange.status, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_own_authority_is_trusted_and_the_leaf_told),
        cmocka_unit_test(a_kept_connection_still_tells_its_certificate),
        cmocka_unit_test(another_authority_is_not_trusted),
    };
    return cmocka_run_group_tests(tests, secure_open, secure_close);
}
