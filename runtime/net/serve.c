// SPDX-License-Identifier: MIT
//
// libmicrohttpd watches its connections with an epoll descriptor of its own; the loop
// watches that one. A request that came in whole is suspended, handed to the handler from
// the loop, and resumed when its answer is there.
#include "net/serve.h"

#include "base/text.h"
#include "net/late_microhttpd.h"
#include "net/spool.h"

#include <uv.h>

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BODY_CEILING ((size_t) 64 << 20)
#define SPOOL_FROM   ((size_t) 64 << 10)

enum serve_fate {
    SERVE_OPEN,
    SERVE_ANSWERED,
    SERVE_CLOSED,
    SERVE_RESET,
};

struct serve {
    struct loop *loop;
    struct MHD_Daemon *daemon;
    uv_poll_t *poll;
    uv_timer_t *timer;
    serve_fn handler;
    void *context;
    char *folder; // NULL: bodies stay in memory
    int port;
    size_t connections;
    bool run_deferred;
    bool closing;
    struct serve_request *first; // all that were not answered yet
};

struct serve_request {
    struct serve *serve;
    struct serve_request *next;
    struct MHD_Connection *connection;
    char *method;
    char *path;
    char peer[INET6_ADDRSTRLEN];
    struct serve_query *queries;
    size_t query_count;
    struct text body;
    struct spool *spool; // has the body instead
    bool whole;
    enum serve_fate fate;
    struct MHD_Response *response;
    unsigned status;
};

struct cut_body {
    size_t length;
    char bytes[];
};

static void *allocate(size_t size)
{
    void *memory = calloc(1, size);
    if (!memory)
        abort();
    return memory;
}

static char *copy_text(const char *text)
{
    char *result = strdup(text);
    if (!result)
        abort();
    return result;
}

const char *serve_method(const struct serve_request *request)
{
    return request->method;
}

const char *serve_path(const struct serve_request *request)
{
    return request->path;
}

const struct serve_query *serve_queries(const struct serve_request *request,
                                        size_t *count)
{
    *count = request->query_count;
    return request->queries;
}

const char *serve_header(const struct serve_request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

const char *serve_body(const struct serve_request *request, size_t *length)
{
    *length = request->body.length;
    return request->body.bytes;
}

const char *serve_body_file(const struct serve_request *request)
{
    return request->spool ? spool_path(request->spool) : NULL;
}

struct header_visit {
    void (*each)(void *context, const char *name, const char *value);
    void *context;
};

static enum MHD_Result visit_header(void *context, enum MHD_ValueKind kind,
                                    const char *name, const char *value)
{
    (void) kind;
    const struct header_visit *visit = context;
    visit->each(visit->context, name, value ? value : "");
    return MHD_YES;
}

void serve_each_header(const struct serve_request *request,
                       void (*each)(void *context, const char *name, const char *value),
                       void *context)
{
    struct header_visit visit = {each, context};
    MHD_get_connection_values(request->connection, MHD_HEADER_KIND, visit_header, &visit);
}

const char *serve_peer(const struct serve_request *request)
{
    return request->peer;
}

static void run(struct serve *serve);

static void timer_due(uv_timer_t *timer)
{
    run(timer->data);
}

static void run_later(void *context)
{
    struct serve *serve = context;
    serve->run_deferred = false;
    run(serve);
}

static void run(struct serve *serve)
{
    MHD_run(serve->daemon);
    MHD_UNSIGNED_LONG_LONG ms;
    if (MHD_get_timeout(serve->daemon, &ms) == MHD_YES)
        uv_timer_start(serve->timer, timer_due, ms, 0);
    else
        uv_timer_stop(serve->timer);
}

static void poll_ready(uv_poll_t *poll, int status, int events)
{
    (void) status, (void) events;
    run(poll->data);
}

static void unlink_request(struct serve_request *request)
{
    struct serve_request **link = &request->serve->first;
    while (*link && *link != request)
        link = &(*link)->next;
    if (*link)
        *link = request->next;
}

// The answer goes out when libmicrohttpd asks again for this connection.
static void settle(struct serve_request *request, enum serve_fate fate)
{
    struct serve *serve = request->serve;
    assert(request->fate == SERVE_OPEN);
    request->fate = fate;
    unlink_request(request);
    MHD_resume_connection(request->connection);
    if (!serve->run_deferred && !serve->closing) {
        serve->run_deferred = true;
        loop_defer(serve->loop, run_later, serve);
    }
}

static void answer_with(struct serve_request *request, int status,
                        const struct http_header *headers, size_t header_count)
{
    if (!request->response)
        abort();
    for (size_t i = 0; i < header_count; i++)
        MHD_add_response_header(request->response, headers[i].name, headers[i].value);
    request->status = (unsigned) status;
    settle(request, SERVE_ANSWERED);
}

void serve_answer(struct serve_request *request, int status,
                  const struct http_header *headers, size_t header_count,
                  const char *body, size_t length)
{
    request->response = MHD_create_response_from_buffer(
        length, (void *) (body ? body : ""), MHD_RESPMEM_MUST_COPY);
    answer_with(request, status, headers, header_count);
}

void serve_answer_file(struct serve_request *request, int status,
                       const struct http_header *headers, size_t header_count,
                       struct serve_part part)
{
    request->response =
        MHD_create_response_from_fd_at_offset64(part.length, part.fd, part.offset);
    answer_with(request, status, headers, header_count);
}

void serve_drop(struct serve_request *request, bool reset)
{
    settle(request, reset ? SERVE_RESET : SERVE_CLOSED);
}

static ssize_t read_cut(void *context, uint64_t position, char *buffer, size_t room)
{
    struct cut_body *cut = context;
    if (position >= cut->length)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    size_t left = cut->length - (size_t) position;
    size_t length = left < room ? left : room;
    memcpy(buffer, cut->bytes + position, length);
    return (ssize_t) length;
}

void serve_cut(struct serve_request *request, int status, const char *body, size_t length)
{
    size_t sent = length / 2;
    struct cut_body *cut = allocate(sizeof *cut + sent + 1);
    cut->length = sent;
    memcpy(cut->bytes, body, sent);
    request->response = MHD_create_response_from_callback(length ? length : 1, 16384,
                                                          read_cut, cut, free);
    if (!request->response)
        abort();
    request->status = (unsigned) status;
    settle(request, SERVE_ANSWERED);
}

static enum MHD_Result add_query(void *context, enum MHD_ValueKind kind, const char *name,
                                 const char *value)
{
    (void) kind;
    struct serve_request *request = context;
    size_t size = (request->query_count + 1) * sizeof *request->queries;
    request->queries = realloc(request->queries, size);
    if (!request->queries)
        abort();
    // Both live in the connection's memory, as long as the request does.
    request->queries[request->query_count++] =
        (struct serve_query){.name = name, .value = value ? value : ""};
    return MHD_YES;
}

static void read_peer(struct serve_request *request)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *address = info ? info->client_addr : NULL;
    if (address && address->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *) address)->sin_addr,
                  request->peer, sizeof request->peer);
    if (address && address->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *) address)->sin6_addr,
                  request->peer, sizeof request->peer);
}

static struct serve_request *request_new(struct serve *serve,
                                         struct MHD_Connection *connection,
                                         const char *path, const char *method)
{
    struct serve_request *request = allocate(sizeof *request);
    request->serve = serve;
    request->connection = connection;
    request->method = copy_text(method);
    request->path = copy_text(path);
    text_init(&request->body, BODY_CEILING);
    read_peer(request);
    return request;
}

static void hand_over(void *context)
{
    struct serve_request *request = context;
    request->serve->handler(request->serve->context, request);
}

static enum MHD_Result send_answer(struct serve_request *request)
{
    if (request->fate == SERVE_ANSWERED)
        return MHD_queue_response(request->connection, request->status,
                                  request->response);
    if (request->fate == SERVE_RESET) {
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(
            request->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        // Dissolving the association sends RST at once; closing would send FIN first.
        struct sockaddr none = {.sa_family = AF_UNSPEC};
        (void) connect(info->connect_fd, &none, sizeof none);
    }
    return MHD_NO;
}

static bool take_bytes(struct serve_request *request, const char *bytes, size_t length)
{
    const char *folder = request->serve->folder;
    struct text *body = &request->body;
    if (!folder || (!request->spool && body->length + length <= SPOOL_FROM)) {
        text_add_bytes(body, bytes, length);
        return !body->overflow;
    }
    if (!request->spool) {
        request->spool = spool_new(folder);
        if (!request->spool || !spool_add(request->spool, body->bytes, body->length))
            return false;
        text_clear(body);
        text_init(body, BODY_CEILING);
    }
    return spool_add(request->spool, bytes, length);
}

// NOLINTNEXTLINE(readability-function-size): libmicrohttpd says what it takes.
static enum MHD_Result serve_access(void *context, struct MHD_Connection *connection,
                                    const char *path, const char *method,
                                    const char *version, const char *bytes,
                                    size_t *length, void **state)
{
    (void) version;
    struct serve *serve = context;
    struct serve_request *request = *state;
    if (!request) {
        *state = request_new(serve, connection, path, method);
        return MHD_YES;
    }
    if (*length > 0) {
        bool taken = take_bytes(request, bytes, *length);
        *length = 0;
        return taken ? MHD_YES : MHD_NO;
    }
    if (request->whole)
        return send_answer(request);
    request->whole = true;
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, add_query, request);
    request->next = serve->first;
    serve->first = request;
    MHD_suspend_connection(connection);
    loop_defer(serve->loop, hand_over, request);
    return MHD_YES;
}

static void request_over(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode why)
{
    (void) context, (void) connection, (void) why;
    struct serve_request *request = *state;
    if (!request)
        return;
    *state = NULL;
    unlink_request(request);
    loop_defer_cancel(request->serve->loop, hand_over, request);
    if (request->response)
        MHD_destroy_response(request->response);
    text_clear(&request->body);
    spool_free(request->spool);
    free(request->queries);
    free(request->path);
    free(request->method);
    free(request);
}

static void connection_changed(void *context, struct MHD_Connection *connection,
                               void **state, enum MHD_ConnectionNotificationCode what)
{
    (void) connection, (void) state;
    struct serve *serve = context;
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        serve->connections++;
}

static int listen_on(const char *address, int port, int *actual_port)
{
    union {
        struct sockaddr any;
        struct sockaddr_in four;
        struct sockaddr_in6 six;
    } at = {0};
    socklen_t size = sizeof at.four;
    if (uv_ip4_addr(address, port, &at.four) != 0) {
        size = sizeof at.six;
        if (uv_ip6_addr(address, port, &at.six) != 0) {
            errno = EINVAL;
            return -1;
        }
    }
    int fd = socket(at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int on = 1;
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, &at.any, size) != 0 || listen(fd, 128) != 0 ||
        getsockname(fd, &at.any, &size) != 0) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    *actual_port =
        ntohs(at.any.sa_family == AF_INET ? at.four.sin_port : at.six.sin6_port);
    return fd;
}

static void watch_daemon(struct serve *serve)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(serve->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    serve->poll = allocate(sizeof *serve->poll);
    serve->timer = allocate(sizeof *serve->timer);
    serve->poll->data = serve->timer->data = serve;
    uv_timer_init(loop_uv(serve->loop), serve->timer);
    uv_poll_init(loop_uv(serve->loop), serve->poll, info->epoll_fd);
    uv_poll_start(serve->poll, UV_READABLE, poll_ready);
}

bool serve_open(struct serve **result, struct loop *loop, const char *address, int port,
                serve_fn handler, void *context, struct fault *fault)
{
    *result = NULL;
    int actual_port = 0;
    int fd = listen_on(address, port, &actual_port);
    if (fd < 0) {
        fault_set(fault, FAULT_ERROR, "Cannot listen on %s port %d", address, port);
        return fault_why(fault, "%m");
    }
    struct serve *serve = allocate(sizeof *serve);
    serve->loop = loop;
    serve->handler = handler;
    serve->context = context;
    serve->port = actual_port;
    serve->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, serve_access, serve,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_NOTIFY_COMPLETED, request_over, serve,
        MHD_OPTION_NOTIFY_CONNECTION, connection_changed, serve, MHD_OPTION_END);
    if (!serve->daemon) {
        close(fd);
        free(serve);
        return fault_set(fault, FAULT_ERROR,
                         "The HTTP server on %s port %d does not start", address, port);
    }
    watch_daemon(serve);
    *result = serve;
    return true;
}

void serve_spool(struct serve *serve, const char *folder)
{
    free(serve->folder);
    serve->folder = copy_text(folder);
}

int serve_port(const struct serve *serve)
{
    return serve->port;
}

size_t serve_connection_count(const struct serve *serve)
{
    return serve->connections;
}

static void handle_closed(uv_handle_t *handle)
{
    free(handle);
}

void serve_close(struct serve *serve)
{
    if (!serve)
        return;
    serve->closing = true;
    while (serve->first) {
        loop_defer_cancel(serve->loop, hand_over, serve->first);
        serve_drop(serve->first, false);
    }
    loop_defer_cancel(serve->loop, run_later, serve);
    uv_close((uv_handle_t *) serve->poll, handle_closed);
    uv_close((uv_handle_t *) serve->timer, handle_closed);
    MHD_stop_daemon(serve->daemon);
    free(serve->folder);
    free(serve);
}
