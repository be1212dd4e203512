// SPDX-License-Identifier: MIT
//
// Bodies that are files: as they come to a server, and as it answers them.
#include "net/exchange.h"

#include <fcntl.h>
#include <unistd.h>

#define LENGTH ((size_t) 200000)

static char folder[] = "/tmp/pipster-spool-XXXXXX";

static void handle(void *context, struct serve_request *request)
{
    struct exchange *exchange = context;
    if (strcmp(serve_path(request), "/part") != 0) {
        exchange_serve(exchange, request);
        return;
    }
    char path[64];
    snprintf(path, sizeof path, "%s/kept", folder);
    struct serve_part part = {open(path, O_RDONLY | O_CLOEXEC), 190000, 4};
    serve_answer_file(request, 206, NULL, 0, part);
}

static int open_files(void)
{
    char command[64];
    snprintf(command, sizeof command, "test -z \"$(ls %s)\"", folder);
    return system(command);
}

static void start_put(struct exchange *exchange, const char *bytes, size_t length)
{
    struct http_call call = {.method = "PUT",
                             .url = exchange_url(exchange, "/slow"),
                             .body = bytes,
                             .length = length};
    exchange->waiting = NULL;
    http_start(exchange->http, &call, exchange_done, exchange);
    while (!exchange->waiting)
        assert_true(loop_turn(exchange->loop));
}

static void a_long_body_is_a_file_until_it_is_moved(void **state)
{
    (void) state;
    char *bytes = malloc(LENGTH), *found = malloc(LENGTH), kept[64];
    for (size_t i = 0; i < LENGTH; i++)
        bytes[i] = (char) ('a' + i % 23);
    assert_non_null(mkdtemp(folder));
    snprintf(kept, sizeof kept, "%s/kept", folder);
    struct exchange exchange;
    exchange_open(&exchange, handle);
    serve_spool(exchange.serve, folder);

    start_put(&exchange, bytes, 1000);
    assert_null(serve_body_file(exchange.waiting));
    serve_answer(exchange.waiting, 204, NULL, 0, NULL, 0);
    exchange_wait(&exchange);

    start_put(&exchange, bytes, LENGTH);
    assert_non_null(serve_body_file(exchange.waiting));
    serve_answer(exchange.waiting, 204, NULL, 0, NULL, 0);
    exchange_wait(&exchange);
    assert_int_equal(open_files(), 0); // gone with its request

    start_put(&exchange, bytes, LENGTH);
    assert_int_equal(rename(serve_body_file(exchange.waiting), kept), 0);
    serve_answer(exchange.waiting, 204, NULL, 0, NULL, 0);
    exchange_wait(&exchange);
    int fd = open(kept, O_RDONLY);
    assert_int_equal(read(fd, found, LENGTH), LENGTH);
    close(fd);
    assert_memory_equal(found, bytes, LENGTH);

    exchange_call(&exchange, "GET", "/part", NULL);
    assert_int_equal(exchange.status, 206);
    assert_memory_equal(exchange.body, bytes + 190000, 4);
    assert_int_equal(strlen(exchange.body), 4);
    exchange_close(&exchange);
    unlink(kept);
    rmdir(folder);
    free(bytes);
    free(found);
}

static void a_folder_that_is_not_there_ends_the_connection(void **state)
{
    (void) state;
    char *bytes = calloc(1, LENGTH);
    struct exchange exchange;
    exchange_open(&exchange, handle);
    serve_spool(exchange.serve, "/nonexistent/folder");
    struct http_call call = {.method = "PUT",
                             .url = exchange_url(&exchange, "/slow"),
                             .body = bytes,
                             .length = LENGTH};
    http_start(exchange.http, &call, exchange_done, &exchange);
    exchange_wait(&exchange);
    assert_int_equal(exchange.fault.kind, FAULT_UNREACHABLE);
    assert_int_equal(exchange.requests, 0);
    exchange_close(&exchange);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_body_is_a_file_until_it_is_moved),
        cmocka_unit_test(a_folder_that_is_not_there_ends_the_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
