// SPDX-License-Identifier: MIT
//
// A c-ares channel per question, its sockets and its clock on the loop. The answer is
// read here, one reader for all types, since c-ares has another function and struct for
// each.
#include "net/resolve.h"

#include "base/array.h"
#include "base/text.h"

// ares_query, which newer releases would have replaced by what Debian 12 has not.
#define CARES_NO_DEPRECATED
#include <ares.h>
#include <uv.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HEADER_LENGTH 12
#define RECORD_LENGTH 10
#define CLASS_IN      1

enum record_type {
    RECORD_A = 1,
    RECORD_NS = 2,
    RECORD_CNAME = 5,
    RECORD_MX = 15,
    RECORD_TXT = 16,
    RECORD_AAAA = 28,
    RECORD_CAA = 257,
};

struct resolve {
    struct loop *loop;
    char *name;
    char type_name[8];
    int type;
    char *server;
    ares_channel channel;
    bool channel_open;
    bool answered;
    bool delivery_deferred;
    struct loop_timer *timer;
    struct watch *watches;
    struct array records;
    struct fault fault;
    resolve_done_fn done;
    void *context;
};

struct watch {
    uv_poll_t uv;
    struct resolve *resolve;
    ares_socket_t fd;
    struct watch *next;
};

static void deliver(void *context);
static void arm_timer(struct resolve *resolve);

static int type_number(const char *name)
{
    static const struct {
        const char *name;
        int type;
    } types[] = {
        {"A", RECORD_A},     {"AAAA", RECORD_AAAA}, {"CNAME", RECORD_CNAME},
        {"TXT", RECORD_TXT}, {"NS", RECORD_NS},     {"MX", RECORD_MX},
        {"CAA", RECORD_CAA},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcasecmp(types[i].name, name) == 0)
            return types[i].type;
    return 0;
}

static void watch_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void socket_ready(uv_poll_t *handle, int status, int events)
{
    struct watch *watch = handle->data;
    struct resolve *resolve = watch->resolve;
    bool failed = status < 0;
    ares_process_fd(resolve->channel,
                    failed || events & UV_READABLE ? watch->fd : ARES_SOCKET_BAD,
                    failed || events & UV_WRITABLE ? watch->fd : ARES_SOCKET_BAD);
    arm_timer(resolve);
}

static void socket_changed(void *context, ares_socket_t fd, int readable, int writable)
{
    struct resolve *resolve = context;
    struct watch **link = &resolve->watches;
    while (*link && (*link)->fd != fd)
        link = &(*link)->next;
    struct watch *watch = *link;
    if (!readable && !writable) {
        if (watch) {
            *link = watch->next;
            uv_poll_stop(&watch->uv);
            uv_close((uv_handle_t *) &watch->uv, watch_closed);
        }
        return;
    }
    if (!watch) {
        watch = calloc(1, sizeof *watch);
        if (!watch || uv_poll_init_socket(loop_uv(resolve->loop), &watch->uv, fd) != 0)
            abort();
        watch->resolve = resolve;
        watch->fd = fd;
        watch->uv.data = watch;
        *link = watch;
    }
    uv_poll_start(&watch->uv, (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0),
                  socket_ready);
}

static void time_passed(void *context)
{
    struct resolve *resolve = context;
    resolve->timer = NULL;
    ares_process_fd(resolve->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    arm_timer(resolve);
}

static void arm_timer(struct resolve *resolve)
{
    loop_timer_cancel(resolve->timer);
    resolve->timer = NULL;
    struct timeval left;
    if (resolve->answered || !ares_timeout(resolve->channel, NULL, &left))
        return;
    uint64_t ms = (uint64_t) left.tv_sec * 1000 + (uint64_t) left.tv_usec / 1000 + 1;
    resolve->timer = loop_timer_start(resolve->loop, ms, time_passed, resolve);
}

static unsigned read_short(const unsigned char *bytes)
{
    return (unsigned) bytes[0] << 8 | bytes[1];
}

static bool add_name(struct text *text, const unsigned char *at,
                     const unsigned char *message, int length)
{
    char *name = NULL;
    long used;
    if (ares_expand_name(at, message, length, &name, &used) != ARES_SUCCESS)
        return false;
    text_add(text, name);
    ares_free_string(name);
    return true;
}

static bool add_strings(struct text *text, const unsigned char *at, size_t size)
{
    while (size > 0) {
        size_t length = at[0];
        if (length + 1 > size)
            return false;
        text_add_bytes(text, (const char *) at + 1, length);
        at += length + 1;
        size -= length + 1;
    }
    return true;
}

static bool add_caa(struct text *text, const unsigned char *at, size_t size)
{
    if (size < 2 || (size_t) at[1] + 2 > size)
        return false;
    size_t tag = at[1];
    text_format(text, "%u %.*s \"", at[0], (int) tag, at + 2);
    text_add_bytes(text, (const char *) at + 2 + tag, size - 2 - tag);
    text_add_char(text, '"');
    return true;
}

// One record's value as text; false when it is malformed.
static bool add_value(struct text *text, int type, const unsigned char *at, size_t size,
                      const unsigned char *message, int length)
{
    char address[INET6_ADDRSTRLEN];
    switch (type) {
    case RECORD_A:
    case RECORD_AAAA:
        if (size != (type == RECORD_A ? 4 : 16))
            return false;
        inet_ntop(type == RECORD_A ? AF_INET : AF_INET6, at, address, sizeof address);
        text_add(text, address);
        return true;
    case RECORD_CNAME:
    case RECORD_NS:
        return add_name(text, at, message, length);
    case RECORD_MX:
        if (size < 3)
            return false;
        text_format(text, "%u ", read_short(at));
        return add_name(text, at + 2, message, length);
    case RECORD_TXT:
        return add_strings(text, at, size);
    default:
        return add_caa(text, at, size);
    }
}

static bool skip_name(const unsigned char **at, const unsigned char *message, int length)
{
    char *name = NULL;
    long used;
    if (ares_expand_name(*at, message, length, &name, &used) != ARES_SUCCESS)
        return false;
    ares_free_string(name);
    *at += used;
    return true;
}

static bool read_record(struct resolve *resolve, const unsigned char **at,
                        const unsigned char *message, int length)
{
    const unsigned char *end = message + length;
    if (!skip_name(at, message, length) || end - *at < RECORD_LENGTH)
        return false;
    unsigned type = read_short(*at), class = read_short(*at + 2);
    size_t size = read_short(*at + 8);
    *at += RECORD_LENGTH;
    if ((size_t) (end - *at) < size)
        return false;
    bool ok = true;
    if ((int) type == resolve->type && class == CLASS_IN) {
        struct text text;
        text_init(&text, 0);
        ok = add_value(&text, (int) type, *at, size, message, length);
        if (ok)
            array_add(&resolve->records, text_take(&text));
        text_clear(&text);
    }
    *at += size;
    return ok;
}

static bool read_answer(struct resolve *resolve, const unsigned char *message, int length)
{
    if (length < HEADER_LENGTH)
        return false;
    unsigned questions = read_short(message + 4), answers = read_short(message + 6);
    const unsigned char *at = message + HEADER_LENGTH;
    for (unsigned i = 0; i < questions; i++) {
        if (!skip_name(&at, message, length) || message + length - at < 4)
            return false;
        at += 4;
    }
    for (unsigned i = 0; i < answers; i++)
        if (!read_record(resolve, &at, message, length))
            return false;
    return true;
}

static void fail(struct resolve *resolve, const char *why)
{
    fault_set(&resolve->fault, FAULT_UNREACHABLE, "No DNS answer for %s %s",
              resolve->type_name, resolve->name);
    fault_where(&resolve->fault, "%s",
                resolve->server ? resolve->server : "the system's DNS servers");
    fault_why(&resolve->fault, "%s", why);
    snprintf(resolve->fault.code, sizeof resolve->fault.code, "resolve");
}

static void plan_delivery(struct resolve *resolve)
{
    if (!resolve->delivery_deferred)
        loop_defer(resolve->loop, deliver, resolve);
    resolve->delivery_deferred = true;
}

static void answered(void *context, int status, int timeouts, unsigned char *message,
                     int length)
{
    (void) timeouts;
    struct resolve *resolve = context;
    if (status == ARES_EDESTRUCTION)
        return;
    resolve->answered = true;
    if (status == ARES_SUCCESS && !read_answer(resolve, message, length))
        fail(resolve, "the answer is malformed");
    else if (status != ARES_SUCCESS && status != ARES_ENOTFOUND && status != ARES_ENODATA)
        fail(resolve, ares_strerror(status));
    plan_delivery(resolve);
}

static bool open_channel(struct resolve *resolve)
{
    struct ares_options options = {
        .timeout = 2000,
        .tries = 3,
        .sock_state_cb = socket_changed,
        .sock_state_cb_data = resolve,
    };
    int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
    int status = ares_init_options(&resolve->channel, &options, mask);
    resolve->channel_open = status == ARES_SUCCESS;
    if (status == ARES_SUCCESS && resolve->server)
        status = ares_set_servers_ports_csv(resolve->channel, resolve->server);
    if (status != ARES_SUCCESS)
        fail(resolve, ares_strerror(status));
    return status == ARES_SUCCESS;
}

struct resolve *resolve_start(struct loop *loop, const char *name, const char *type,
                              const char *server, resolve_done_fn done, void *context)
{
    struct resolve *resolve = calloc(1, sizeof *resolve);
    if (!resolve || !(resolve->name = strdup(name)) ||
        (server && !(resolve->server = strdup(server))))
        abort();
    resolve->loop = loop;
    resolve->type = type_number(type);
    snprintf(resolve->type_name, sizeof resolve->type_name, "%s", type);
    resolve->done = done;
    resolve->context = context;
    array_init(&resolve->records);
    if (resolve->type == 0) {
        fault_set(&resolve->fault, FAULT_ERROR,
                  "“%s” is no record type that can be asked for", type);
        fault_next(&resolve->fault, "use A, AAAA, CNAME, TXT, NS, MX or CAA");
        plan_delivery(resolve);
    } else if (open_channel(resolve)) {
        ares_query(resolve->channel, name, CLASS_IN, resolve->type, answered, resolve);
        arm_timer(resolve);
    } else {
        plan_delivery(resolve);
    }
    return resolve;
}

static void release(struct resolve *resolve)
{
    loop_timer_cancel(resolve->timer);
    if (resolve->channel_open)
        ares_destroy(resolve->channel);
    for (size_t i = 0; i < resolve->records.count; i++)
        free(resolve->records.items[i]);
    array_clear(&resolve->records);
    free(resolve->server);
    free(resolve->name);
    free(resolve);
}

static void deliver(void *context)
{
    struct resolve *resolve = context;
    size_t count = fault_is_set(&resolve->fault) ? 0 : resolve->records.count;
    resolve->done(resolve->context, (char *const *) resolve->records.items, count,
                  &resolve->fault);
    release(resolve);
}

void resolve_cancel(struct resolve *resolve)
{
    loop_defer_cancel(resolve->loop, deliver, resolve);
    release(resolve);
}
