// SPDX-License-Identifier: MIT
//
// Requests wait in a queue until fewer than 64 are under way (thousands of handles inside
// curl are slower), get their addresses from the named DNS server if there is one, run on
// the multi handle, and are delivered from the loop, never from a callback of curl.
#include "net/http.h"

#include "base/clock.h"
#include "base/crashpoint.h"
#include "base/log.h"
#include "base/map.h"
#include "net/resolve.h"
#include "net/transfer.h"

#include <uv.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define IN_FLIGHT 64

struct certificate {
    char issuer[256];
    char subject[256];
};

struct http {
    struct loop *loop;
    CURLM *multi;
    uv_timer_t *timer;
    char *ca_file;
    char *dns_server;
    char *user_agent;
    struct credential *credentials;
    struct http_request *waiting;
    struct http_request *active; // resolving or running
    struct http_request *finished;
    size_t active_count;
    bool pump_deferred;
    bool delivery_deferred;
    int64_t attempts;
    int64_t most_attempts; // where it is limited
    bool is_limited;
    // By both ends of the connection: curl tells a certificate only at the handshake, and
    // later requests on the same connection have it too.
    struct map certificates;
};

struct watch {
    uv_poll_t uv;
    struct http *http;
};

static void pump(void *context);
static void deliver(void *context);

static void list_add(struct http_request **list, struct http_request *request)
{
    while (*list)
        list = &(*list)->next;
    request->next = NULL;
    *list = request;
}

static void list_remove(struct http_request **list, struct http_request *request)
{
    while (*list && *list != request)
        list = &(*list)->next;
    if (*list)
        *list = request->next;
}

static void request_pump(struct http *http)
{
    if (!http->pump_deferred)
        loop_defer(http->loop, pump, http);
    http->pump_deferred = true;
}

static void finish(struct http *http, struct http_request *request, CURLcode result)
{
    transfer_finish(request, result);
    list_remove(&http->active, request);
    http->active_count--;
    request->stage = TRANSFER_FINISHED;
    list_add(&http->finished, request);
    if (!http->delivery_deferred)
        loop_defer(http->loop, deliver, http);
    http->delivery_deferred = true;
    if (http->waiting)
        request_pump(http);
}

static void copy_certificate(struct certificate *certificate, CURL *easy)
{
    struct curl_certinfo *chain = NULL;
    curl_easy_getinfo(easy, CURLINFO_CERTINFO, &chain);
    if (!chain || chain->num_of_certs < 1)
        return;
    for (struct curl_slist *line = chain->certinfo[0]; line; line = line->next) {
        if (strncmp(line->data, "Issuer:", 7) == 0)
            snprintf(certificate->issuer, sizeof certificate->issuer, "%s",
                     line->data + 7);
        if (strncmp(line->data, "Subject:", 8) == 0)
            snprintf(certificate->subject, sizeof certificate->subject, "%s",
                     line->data + 8);
    }
}

static void learn_certificate(struct http *http, struct http_request *request)
{
    char *local = NULL, *peer = NULL;
    long local_port = 0, peer_port = 0;
    curl_easy_getinfo(request->easy, CURLINFO_LOCAL_IP, &local);
    curl_easy_getinfo(request->easy, CURLINFO_LOCAL_PORT, &local_port);
    curl_easy_getinfo(request->easy, CURLINFO_PRIMARY_IP, &peer);
    curl_easy_getinfo(request->easy, CURLINFO_PRIMARY_PORT, &peer_port);
    char key[512];
    snprintf(key, sizeof key, "%s %ld %s %ld %s", local ? local : "", local_port,
             peer ? peer : "", peer_port, request->origin);
    struct certificate fresh = {0};
    copy_certificate(&fresh, request->easy);
    struct certificate *known = map_find(&http->certificates, key);
    if (!known && fresh.subject[0]) {
        known = calloc(1, sizeof *known);
        if (!known)
            abort();
        map_put(&http->certificates, key, known);
    }
    if (known && fresh.subject[0])
        *known = fresh;
    if (known) {
        memcpy(request->reply.certificate_issuer, known->issuer, sizeof known->issuer);
        memcpy(request->reply.certificate_subject, known->subject, sizeof known->subject);
    }
}

static void collect(struct http *http)
{
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(http->multi, &left));) {
        if (message->msg != CURLMSG_DONE)
            continue;
        CURL *easy = message->easy_handle;
        CURLcode result = message->data.result;
        struct http_request *request = NULL;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **) &request);
        if (strncmp(request->origin, "https:", 6) == 0)
            learn_certificate(http, request);
        curl_multi_remove_handle(http->multi, easy);
        finish(http, request, result);
    }
}

static void poll_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void timer_closed(uv_handle_t *handle)
{
    free(handle);
}

static void socket_ready(uv_poll_t *handle, int status, int events)
{
    struct watch *watch = handle->data;
    struct http *http = watch->http;
    int flags = status < 0 ? CURL_CSELECT_ERR : 0;
    if (events & UV_READABLE)
        flags |= CURL_CSELECT_IN;
    if (events & UV_WRITABLE)
        flags |= CURL_CSELECT_OUT;
    uv_os_fd_t fd = -1;
    uv_fileno((uv_handle_t *) handle, &fd);
    int running;
    curl_multi_socket_action(http->multi, fd, flags, &running);
    collect(http);
}

static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *context,
                        void *socket_context)
{
    (void) easy;
    struct http *http = context;
    struct watch *watch = socket_context;
    if (what == CURL_POLL_REMOVE) {
        if (watch) {
            uv_poll_stop(&watch->uv);
            uv_close((uv_handle_t *) &watch->uv, poll_closed);
        }
        curl_multi_assign(http->multi, fd, NULL);
        return 0;
    }
    if (!watch) {
        watch = calloc(1, sizeof *watch);
        if (!watch || uv_poll_init_socket(loop_uv(http->loop), &watch->uv, fd) != 0)
            abort();
        watch->http = http;
        watch->uv.data = watch;
        curl_multi_assign(http->multi, fd, watch);
    }
    int events = (what & CURL_POLL_IN ? UV_READABLE : 0) |
                 (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
    uv_poll_start(&watch->uv, events, socket_ready);
    return 0;
}

static void timer_due(uv_timer_t *timer)
{
    struct http *http = timer->data;
    int running;
    curl_multi_socket_action(http->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    collect(http);
}

static int set_timer(CURLM *multi, long timeout_ms, void *context)
{
    (void) multi;
    struct http *http = context;
    if (timeout_ms < 0) {
        uv_timer_stop(http->timer);
        return 0;
    }
    uv_update_time(loop_uv(http->loop));
    uv_timer_start(http->timer, timer_due, (uint64_t) timeout_ms, 0);
    return 0;
}

static char *copy_text(const char *text)
{
    char *result = text ? strdup(text) : NULL;
    if (text && !result)
        abort();
    return result;
}

bool http_open(struct http **result, struct loop *loop,
               const struct http_options *options, struct fault *fault)
{
    *result = NULL;
    if (options->ca_file && access(options->ca_file, R_OK) != 0) {
        fault_set(fault, FAULT_ERROR, "Cannot read the trusted roots in %s",
                  options->ca_file);
        return fault_why(fault, "%m");
    }
    struct http *http = calloc(1, sizeof *http);
    if (!http || !(http->timer = calloc(1, sizeof *http->timer)))
        abort();
    http->loop = loop;
    http->ca_file = copy_text(options->ca_file);
    http->dns_server = copy_text(options->dns_server);
    http->user_agent =
        copy_text(options->user_agent ? options->user_agent : "pipster/" PIPSTER_VERSION);
    map_init(&http->certificates);
    uv_timer_init(loop_uv(loop), http->timer);
    http->timer->data = http;
    *result = http;
    return true;
}

// Before the first request: most commands make none.
static bool start_curl(struct http *http, struct fault *fault)
{
    if (http->multi)
        return true;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
        return fault_set(fault, FAULT_INTERNAL, "libcurl does not start");
    if (!(http->multi = curl_multi_init()))
        abort();
    curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
    curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
    curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
    curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long) IN_FLIGHT);
    return true;
}

static void drop_all(struct http *http, struct http_request *request)
{
    while (request) {
        struct http_request *next = request->next;
        if (request->resolve)
            resolve_cancel(request->resolve);
        if (request->stage == TRANSFER_RUNNING)
            curl_multi_remove_handle(http->multi, request->easy);
        if (!fault_is_set(&request->fault))
            fault_set(&request->fault, FAULT_UNREACHABLE, "the call was not waited for");
        request->done(request->context, &request->reply, &request->fault);
        transfer_free(request);
        request = next;
    }
}

void http_close(struct http *http)
{
    if (!http)
        return;
    loop_defer_cancel(http->loop, pump, http);
    loop_defer_cancel(http->loop, deliver, http);
    drop_all(http, http->waiting);
    drop_all(http, http->active);
    drop_all(http, http->finished);
    if (http->multi) {
        curl_multi_cleanup(http->multi);
        curl_global_cleanup();
    }
    uv_close((uv_handle_t *) http->timer, timer_closed);
    for (size_t i = 0; i < http->certificates.count; i++)
        free(http->certificates.entries[i].value);
    map_clear(&http->certificates);
    credential_clear(&http->credentials);
    free(http->ca_file);
    free(http->dns_server);
    free(http->user_agent);
    free(http);
}

void http_credential(struct http *http, const char *origin, const char *name,
                     const char *value)
{
    char spelled[ORIGIN_SIZE];
    if (origin_read(origin, spelled))
        credential_add(&http->credentials, spelled, name, value);
    else
        log_info("no credential for %s: it is no http or https origin", origin);
}

bool http_has_credential(const struct http *http, const char *url)
{
    char origin[ORIGIN_SIZE];
    return origin_read(url, origin) &&
           credential_next(http->credentials, NULL, origin) != NULL;
}

const char *http_header(const struct http_reply *reply, const char *name)
{
    for (size_t i = 0; i < reply->header_count; i++)
        if (strcmp(reply->headers[i].name, name) == 0)
            return reply->headers[i].value;
    return NULL;
}

static void run(struct http *http, struct http_request *request)
{
    struct transfer_options options = {
        .ca_file = http->ca_file,
        .user_agent = http->user_agent,
        .direct = http->dns_server || request->unix_socket,
    };
    request->attempts = &http->attempts;
    request->stage = TRANSFER_RUNNING;
    transfer_prepare(request, &options, http->credentials);
    if (curl_multi_add_handle(http->multi, request->easy) != CURLM_OK)
        abort();
}

// "https://host:443" → "host" and "443"; an address in brackets loses them.
static void split_origin(const char *origin, char host[ORIGIN_SIZE], char port[8])
{
    const char *start = strstr(origin, "://") + 3;
    const char *colon = strrchr(start, ':');
    size_t length = (size_t) (colon - start);
    if (*start == '[' && length > 2) {
        start++;
        length -= 2;
    }
    snprintf(host, ORIGIN_SIZE, "%.*s", (int) length, start);
    snprintf(port, 8, "%s", colon + 1);
}

static void resolved(void *context, char *const *records, size_t count,
                     const struct fault *fault)
{
    struct http_request *request = context;
    struct http *http = request->http;
    char host[ORIGIN_SIZE], port[8];
    split_origin(request->origin, host, port);
    request->resolve = NULL;
    if (fault_is_set(fault)) {
        request->fault = *fault;
    } else if (count == 0) {
        fault_set(&request->fault, FAULT_UNREACHABLE, "%s has no address", host);
        fault_why(&request->fault, "asked the DNS server %s", http->dns_server);
    }
    if (fault_is_set(&request->fault)) {
        snprintf(request->fault.code, sizeof request->fault.code, "resolve");
        finish(http, request, CURLE_COULDNT_RESOLVE_HOST);
        return;
    }
    struct text line;
    text_init(&line, 0);
    text_format(&line, "+%s:%s:", host, port);
    for (size_t i = 0; i < count; i++)
        text_format(&line, i ? ",%s" : "%s", records[i]);
    request->addresses = curl_slist_append(NULL, line.bytes);
    text_clear(&line);
    run(http, request);
}

static bool is_address(const char *host)
{
    unsigned char bytes[16];
    return inet_pton(AF_INET, host, bytes) == 1 || inet_pton(AF_INET6, host, bytes) == 1;
}

static bool may_begin(struct http *http, struct http_request *request)
{
    if (fault_is_set(&request->fault))
        return false;
    if (!http->is_limited || http->attempts < http->most_attempts)
        return start_curl(http, &request->fault);
    fault_set(&request->fault, FAULT_ERROR, "more requests than are allowed here");
    snprintf(request->fault.code, sizeof request->fault.code, "limit");
    return false;
}

static void begin(struct http *http, struct http_request *request)
{
    char host[ORIGIN_SIZE], port[8];
    list_add(&http->active, request);
    http->active_count++;
    request->started_ms = clock_monotonic_ms();
    if (!may_begin(http, request)) {
        finish(http, request, CURLE_URL_MALFORMAT);
        return;
    }
    split_origin(request->origin, host, port);
    if (!http->dns_server || request->unix_socket || is_address(host) ||
        strcmp(host, "localhost") == 0) {
        run(http, request);
        return;
    }
    request->stage = TRANSFER_RESOLVING;
    request->resolve =
        resolve_start(http->loop, host, "A", http->dns_server, resolved, request);
}

static void pump(void *context)
{
    struct http *http = context;
    http->pump_deferred = false;
    while (http->waiting && http->active_count < IN_FLIGHT) {
        struct http_request *request = http->waiting;
        http->waiting = request->next;
        begin(http, request);
    }
}

static void log_request(const struct http_request *request)
{
    log_debug("http %s %s%s %d %zu bytes %lld ms", request->method, request->origin,
              request->unix_socket ? " (unix)" : "", request->reply.status,
              request->reply.length, (long long) request->reply.ms);
}

static void deliver(void *context)
{
    struct http *http = context;
    http->delivery_deferred = false;
    while (http->finished) {
        struct http_request *request = http->finished;
        http->finished = request->next;
        request->stage = TRANSFER_DELIVERING;
        log_request(request);
        request->done(request->context, &request->reply, &request->fault);
        int status = request->reply.status;
        if (request->changes && status >= 200 && status < 300)
            crashpoint("http-replied");
        transfer_free(request);
    }
}

struct http_request *http_start(struct http *http, const struct http_call *call,
                                http_done_fn done, void *context)
{
    struct http_request *request = transfer_new(call);
    request->http = http;
    request->done = done;
    request->context = context;
    list_add(&http->waiting, request);
    request_pump(http);
    return request;
}

void http_cancel(struct http_request *request)
{
    struct http *http = request->http;
    switch (request->stage) {
    case TRANSFER_WAITING:
        list_remove(&http->waiting, request);
        break;
    case TRANSFER_RESOLVING:
        resolve_cancel(request->resolve);
        break;
    case TRANSFER_RUNNING:
        curl_multi_remove_handle(http->multi, request->easy);
        break;
    case TRANSFER_FINISHED:
        list_remove(&http->finished, request);
        break;
    case TRANSFER_DELIVERING:
        return; // its `done` is being called
    }
    if (request->stage == TRANSFER_RESOLVING || request->stage == TRANSFER_RUNNING) {
        list_remove(&http->active, request);
        http->active_count--;
        request_pump(http);
    }
    transfer_free(request);
}

int64_t http_count(const struct http *http)
{
    return http->attempts;
}

void http_limit(struct http *http, int64_t most)
{
    http->most_attempts = http->attempts + most;
    http->is_limited = most >= 0;
}
