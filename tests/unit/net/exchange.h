// SPDX-License-Identifier: MIT
//
// What the tests of HTTP share: a loop with a server and a client on it, and the last
// answer, copied.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/http.h"
#include "net/serve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct exchange {
    struct loop *loop;
    struct serve *serve;
    struct http *http;
    struct serve_request *waiting; // "/slow": answered by the test, or never
    int requests;                  // that reached the handler
    char seen[1024];               // method, path, body and token of the last one
    int done;
    int status;
    bool sent;
    char body[4096];
    char header[256]; // "x-mixed"
    char issuer[256];
    char subject[256];
    struct fault fault;
};

static inline void exchange_copy(struct exchange *exchange,
                                 const struct http_reply *reply,
                                 const struct fault *fault)
{
    const char *header = http_header(reply, "x-mixed");
    exchange->done++;
    exchange->status = reply->status;
    exchange->sent = reply->sent;
    snprintf(exchange->body, sizeof exchange->body, "%s", reply->body);
    snprintf(exchange->header, sizeof exchange->header, "%s", header ? header : "");
    memcpy(exchange->issuer, reply->certificate_issuer, sizeof exchange->issuer);
    memcpy(exchange->subject, reply->certificate_subject, sizeof exchange->subject);
    exchange->fault = *fault;
}

static inline void exchange_done(void *context, const struct http_reply *reply,
                                 const struct fault *fault)
{
    exchange_copy(context, reply, fault);
}

// What every server of these tests knows; true when it answered.
static inline bool exchange_serve(struct exchange *exchange,
                                  struct serve_request *request)
{
    size_t length;
    const char *path = serve_path(request), *body = serve_body(request, &length);
    const char *token = serve_header(request, "authorization");
    exchange->requests++;
    snprintf(exchange->seen, sizeof exchange->seen, "%s %s %s %s", serve_method(request),
             path, body, token ? token : "-");
    struct http_header headers[] = {{"X-Mixed", " Case "}};
    if (strcmp(path, "/ok") == 0)
        serve_answer(request, 200, headers, 1, "fine", 4);
    else if (strcmp(path, "/reset") == 0)
        serve_drop(request, true);
    else if (strcmp(path, "/close") == 0)
        serve_drop(request, false);
    else if (strcmp(path, "/cut") == 0)
        serve_cut(request, 200, "0123456789", 10);
    else if (strcmp(path, "/slow") == 0)
        exchange->waiting = request;
    else
        return false;
    return true;
}

static inline void exchange_open(struct exchange *exchange, serve_fn handler)
{
    struct fault fault = {0};
    struct http_options options = {0};
    memset(exchange, 0, sizeof *exchange);
    exchange->loop = loop_new();
    assert_true(serve_open(&exchange->serve, exchange->loop, "127.0.0.1", 0, handler,
                           exchange, &fault));
    assert_true(http_open(&exchange->http, exchange->loop, &options, &fault));
}

static inline void exchange_close(struct exchange *exchange)
{
    http_close(exchange->http);
    serve_close(exchange->serve);
    loop_free(exchange->loop);
}

static inline const char *exchange_url(struct exchange *exchange, const char *path)
{
    static char url[256];
    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", serve_port(exchange->serve), path);
    return url;
}

// Turns the loop until `done` has been called once more.
static inline void exchange_wait(struct exchange *exchange)
{
    int before = exchange->done;
    while (exchange->done == before)
        assert_true(loop_turn(exchange->loop));
}

static inline void exchange_call(struct exchange *exchange, const char *method,
                                 const char *path, const char *body)
{
    struct http_call call = {
        .method = method,
        .url = exchange_url(exchange, path),
        .body = body,
        .length = body ? strlen(body) : 0,
        .timeout_ms = 60000,
    };
    http_start(exchange->http, &call, exchange_done, exchange);
    exchange_wait(exchange);
}
