// SPDX-License-Identifier: MIT
#include "net/tcp.h"

#include <uv.h>

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tcp_attempt {
    uv_tcp_t uv;
    uv_connect_t request;
    struct tcp_connect *connect;
};

struct tcp_connect {
    struct loop *loop;
    char *host;
    int port;
    uv_getaddrinfo_t lookup;
    bool looking_up;
    bool ended;
    bool delivered;
    struct addrinfo *addresses;
    struct addrinfo *next;
    struct tcp_attempt *attempt;
    struct loop_timer *timer;
    struct fault fault;
    tcp_done_fn done;
    void *context;
};

static void try_next(struct tcp_connect *connect);

static void attempt_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void release(struct tcp_connect *connect)
{
    if (connect->looking_up || !connect->delivered)
        return;
    uv_freeaddrinfo(connect->addresses);
    free(connect->host);
    free(connect);
}

static void deliver(void *context)
{
    struct tcp_connect *connect = context;
    connect->done(connect->context, &connect->fault);
    connect->delivered = true;
    release(connect);
}

static void drop_attempt(struct tcp_connect *connect)
{
    if (!connect->attempt)
        return;
    connect->attempt->connect = NULL;
    uv_close((uv_handle_t *) &connect->attempt->uv, attempt_closed);
    connect->attempt = NULL;
}

// why NULL: connected.
static void end(struct tcp_connect *connect, const char *why)
{
    if (connect->ended)
        return;
    connect->ended = true;
    loop_timer_cancel(connect->timer);
    connect->timer = NULL;
    drop_attempt(connect);
    fault_clear(&connect->fault);
    if (why) {
        fault_set(&connect->fault, FAULT_UNREACHABLE,
                  "%s port %d does not accept connections", connect->host, connect->port);
        fault_why(&connect->fault, "%s", why);
    }
    // The caller is told now; what still looks up only frees later.
    loop_defer(connect->loop, deliver, connect);
    if (connect->looking_up)
        uv_cancel((uv_req_t *) &connect->lookup);
}

static void time_is_up(void *context)
{
    struct tcp_connect *connect = context;
    connect->timer = NULL;
    end(connect, "no answer in time");
}

static void connected(uv_connect_t *request, int status)
{
    struct tcp_attempt *attempt = request->data;
    struct tcp_connect *connect = attempt->connect;
    if (!connect)
        return; // dropped meanwhile
    drop_attempt(connect);
    if (status == 0)
        end(connect, NULL);
    else if (connect->next)
        try_next(connect);
    else
        end(connect, uv_strerror(status));
}

static void try_next(struct tcp_connect *connect)
{
    struct tcp_attempt *attempt = calloc(1, sizeof *attempt);
    if (!attempt)
        abort();
    connect->attempt = attempt;
    attempt->connect = connect;
    uv_tcp_init(loop_uv(connect->loop), &attempt->uv);
    attempt->uv.data = attempt;
    attempt->request.data = attempt;
    const struct sockaddr *address = connect->next->ai_addr;
    connect->next = connect->next->ai_next;
    int status = uv_tcp_connect(&attempt->request, &attempt->uv, address, connected);
    if (status == 0)
        return;
    drop_attempt(connect);
    if (connect->next)
        try_next(connect);
    else
        end(connect, uv_strerror(status));
}

static void looked_up(uv_getaddrinfo_t *lookup, int status, struct addrinfo *addresses)
{
    struct tcp_connect *connect = lookup->data;
    connect->looking_up = false;
    connect->addresses = addresses;
    connect->next = addresses;
    if (connect->ended)
        release(connect);
    else if (status != 0 || !addresses)
        end(connect, status ? uv_strerror(status) : "the name has no address");
    else
        try_next(connect);
}

void tcp_connect_start(struct loop *loop, const char *host, int port, int64_t timeout_ms,
                       tcp_done_fn done, void *context)
{
    struct tcp_connect *connect = calloc(1, sizeof *connect);
    if (!connect || !(connect->host = strdup(host)))
        abort();
    connect->loop = loop;
    connect->port = port;
    connect->done = done;
    connect->context = context;
    connect->lookup.data = connect;
    connect->timer = loop_timer_start(loop, (uint64_t) timeout_ms, time_is_up, connect);
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    char service[16];
    snprintf(service, sizeof service, "%d", port);
    int status =
        uv_getaddrinfo(loop_uv(loop), &connect->lookup, looked_up, host, service, &hints);
    connect->looking_up = status == 0;
    if (status != 0)
        end(connect, uv_strerror(status));
}
