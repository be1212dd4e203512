// SPDX-License-Identifier: MIT
//
// A call waits for its origin's bucket, is sent, and its answer is judged: handed back,
// or sent again after a while. Only judge() knows the rules.
#include "net/retry.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "net/bucket.h"
#include "net/envelope.h"
#include "net/origin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define BREAKER_FAILURES 5  // creates in a row that failed on the other side
#define BREAKER_FACTOR   30 // times first_ms: how long nothing more is sent
#define LONGEST_FACTOR   60 // times first_ms: the longest wait

struct breaker {
    int failures;
    int64_t open_until_ms;
};

struct retry {
    struct loop *loop;
    struct http *http;
    struct retry_options options;
    struct map buckets;  // by origin
    struct map breakers; // by URL without query
    struct retry_call *calls;
};

struct retry_call {
    struct retry *retry;
    struct retry_call *next;
    struct http_call call; // a deep copy
    struct bucket *bucket;
    struct breaker *breaker; // of a create, else NULL
    struct http_request *request;
    struct loop_timer *timer;
    int tries;
    retry_done_fn done;
    void *context;
};

enum verdict {
    HAND_BACK,
    REPEAT,
    REPEAT_ONCE,
};

static void try_again(void *context);

static void *allocate(size_t size)
{
    void *memory = calloc(1, size);
    if (!memory)
        abort();
    return memory;
}

static char *copy_bytes(const char *bytes, size_t length)
{
    char *result = allocate(length + 1);
    memcpy(result, bytes, length);
    return result;
}

static char *copy_text(const char *text)
{
    return text ? copy_bytes(text, strlen(text)) : NULL;
}

struct retry *retry_new(struct loop *loop, struct http *http,
                        const struct retry_options *options)
{
    struct retry *retry = allocate(sizeof *retry);
    retry->loop = loop;
    retry->http = http;
    if (options)
        retry->options = *options;
    if (retry->options.max_tries <= 0)
        retry->options.max_tries = 6;
    const char *first = getenv("PIPSTER_RETRY_MS");
    if (first && *first)
        retry->options.first_ms = strtoll(first, NULL, 10);
    if (retry->options.first_ms <= 0)
        retry->options.first_ms = 1000;
    map_init(&retry->buckets);
    map_init(&retry->breakers);
    return retry;
}

static void *find_or_add(struct map *map, const char *key, size_t size)
{
    void *found = map_find(map, key);
    if (!found) {
        found = allocate(size);
        map_put(map, key, found);
    }
    return found;
}

static void free_values(struct map *map)
{
    for (size_t i = 0; i < map->count; i++)
        free(map->entries[i].value);
    map_clear(map);
}

static void wipe(const char *text)
{
    if (text)
        explicit_bzero((char *) text, strlen(text));
    free((char *) text);
}

static void call_free(struct retry_call *call)
{
    for (size_t i = 0; i < call->call.header_count; i++) {
        free((char *) call->call.headers[i].name);
        wipe(call->call.headers[i].value);
    }
    free((struct http_header *) call->call.headers);
    if (call->call.body)
        explicit_bzero((char *) call->call.body, call->call.length);
    free((char *) call->call.body);
    free((char *) call->call.method);
    wipe(call->call.url);
    free((char *) call->call.unix_socket);
    free(call);
}

static bool is_reading(const char *method)
{
    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

static void stop(struct retry_call *call)
{
    struct retry_call **link = &call->retry->calls;
    while (*link && *link != call)
        link = &(*link)->next;
    if (*link)
        *link = call->next;
    loop_timer_cancel(call->timer);
    loop_defer_cancel(call->retry->loop, try_again, call);
    if (call->request) {
        http_cancel(call->request);
        call->bucket->in_flight--;
    }
}

void retry_cancel(struct retry_call *call)
{
    stop(call);
    call_free(call);
}

// Whoever waits for it is told, or could never let go of what it holds.
static void end_early(struct retry_call *call)
{
    struct fault fault = {0};
    struct http_reply reply = {.body = ""};
    bool was_sent = call->request != NULL;
    fault_set(&fault, FAULT_UNREACHABLE, "%s was not waited for", call->call.method);
    stop(call);
    struct retry_result result = {
        .reply = &reply,
        .fault = &fault,
        .code = "",
        .message = "",
        .tries = call->tries,
        .uncertain = was_sent && !is_reading(call->call.method),
    };
    call->done(call->context, &result);
    call_free(call);
}

void retry_free(struct retry *retry)
{
    if (!retry)
        return;
    while (retry->calls)
        end_early(retry->calls);
    free_values(&retry->buckets);
    free_values(&retry->breakers);
    free(retry);
}

static bool is_repeatable(const char *method)
{
    return is_reading(method) || strcmp(method, "PUT") == 0 ||
           strcmp(method, "DELETE") == 0;
}

static enum verdict judge_no_answer(const char *method, const struct http_reply *reply,
                                    const char *code)
{
    bool passing = strcmp(code, "timeout") == 0 || strcmp(code, "reset") == 0;
    bool never_left = strcmp(code, "resolve") == 0 || strcmp(code, "connect") == 0;
    if (passing && is_repeatable(method))
        return REPEAT;
    return (passing || never_left) && !reply->sent ? REPEAT_ONCE : HAND_BACK;
}

static enum verdict judge(const struct retry_call *call, const struct http_reply *reply,
                          const struct fault *fault, const char *code)
{
    const char *method = call->call.method;
    const struct retry_options *options = &call->retry->options;
    if (fault_is_set(fault))
        return judge_no_answer(method, reply, fault->code);
    if (*code && options->is_transient && options->is_transient(code))
        return REPEAT;
    switch (reply->status) {
    case 429:
        return REPEAT;
    case 409:
        return strcmp(code, "conflict") == 0 ? REPEAT : HAND_BACK;
    case 423:
        return strcmp(code, "locked") == 0 ? REPEAT : HAND_BACK;
    case 502:
    case 504:
        return is_repeatable(method) ? REPEAT : HAND_BACK;
    case 503:
        return is_reading(method) ? REPEAT : HAND_BACK;
    case 500:
        return is_reading(method) ? REPEAT_ONCE : HAND_BACK;
    default:
        return HAND_BACK;
    }
}

static bool is_uncertain(const struct retry_call *call, const struct http_reply *reply,
                         const struct fault *fault)
{
    if (is_reading(call->call.method))
        return false;
    if (fault_is_set(fault))
        return reply->sent;
    return reply->status == 502 || reply->status == 504;
}

// A time from 0 to first_ms · 2^(tries - 1), at most `longest`: full jitter.
static int64_t backoff_ms(const struct retry_call *call)
{
    int64_t first_ms = call->retry->options.first_ms;
    int doublings = call->tries - 1 < 6 ? call->tries - 1 : 6;
    int64_t ceiling = first_ms << doublings;
    if (ceiling > first_ms * LONGEST_FACTOR)
        ceiling = first_ms * LONGEST_FACTOR;
    uint32_t random = 0;
    if (getrandom(&random, sizeof random, 0) != sizeof random)
        random = (uint32_t) clock_monotonic_ms();
    return (int64_t) (random % (uint64_t) (ceiling + 1));
}

static void watch_creates(struct retry_call *call, const struct http_reply *reply,
                          bool uncertain)
{
    struct breaker *breaker = call->breaker;
    if (!breaker)
        return;
    if (!uncertain && reply->status < 500) {
        if (reply->status > 0)
            breaker->failures = 0;
        return;
    }
    if (++breaker->failures >= BREAKER_FAILURES)
        breaker->open_until_ms =
            clock_monotonic_ms() + call->retry->options.first_ms * BREAKER_FACTOR;
}

static void hand_back(struct retry_call *call, const struct http_reply *reply,
                      const struct fault *fault, const struct envelope *envelope)
{
    struct retry_result result = {
        .reply = reply,
        .fault = fault,
        .code = envelope->code,
        .message = envelope->message,
        .tries = call->tries,
        .uncertain = is_uncertain(call, reply, fault),
    };
    struct retry_call **link = &call->retry->calls;
    while (*link != call)
        link = &(*link)->next;
    *link = call->next;
    call->done(call->context, &result);
    call_free(call);
}

static void answered(void *context, const struct http_reply *reply,
                     const struct fault *fault)
{
    struct retry_call *call = context;
    struct retry *retry = call->retry;
    int64_t now_ms = clock_monotonic_ms(), first_ms = retry->options.first_ms;
    struct envelope envelope = {0};
    call->request = NULL;
    if (reply->status >= 400)
        (void) envelope_read(reply->body, reply->length, &envelope);
    bucket_learn(call->bucket, reply, now_ms);
    watch_creates(call, reply, is_uncertain(call, reply, fault));
    enum verdict verdict = judge(call, reply, fault, envelope.code);
    int most = verdict == REPEAT_ONCE ? 2 : retry->options.max_tries;
    if (verdict == HAND_BACK || call->tries >= most) {
        hand_back(call, reply, fault, &envelope);
        return;
    }
    int64_t wait_ms = backoff_ms(call);
    if (reply->status == 429) {
        // A header counts whole seconds, so tests that shorten the rest still need two.
        int64_t longest_ms = first_ms * LONGEST_FACTOR;
        bucket_block(call->bucket, reply, now_ms, wait_ms,
                     longest_ms > 2000 ? longest_ms : 2000);
    }
    log_debug("http %s again in %lld ms: status %d %s%s", call->call.method,
              (long long) wait_ms, reply->status, envelope.code, fault->code);
    call->timer = loop_timer_start(retry->loop, (uint64_t) wait_ms, try_again, call);
}

static void refuse(struct retry_call *call)
{
    struct fault fault = {0};
    struct envelope none = {0};
    struct http_reply reply = {.body = ""};
    int shown = (int) strcspn(call->call.url, "?#");
    fault_set(&fault, FAULT_UNREACHABLE, "%s %.*s was not sent", call->call.method, shown,
              call->call.url);
    fault_why(&fault, "the last %d of them failed on the other side",
              call->breaker->failures);
    fault_next(&fault, "see whether the vendor has an outage, then run it again");
    snprintf(fault.code, sizeof fault.code, "circuit_open");
    hand_back(call, &reply, &fault, &none);
}

static void try_again(void *context)
{
    struct retry_call *call = context;
    int64_t now_ms = clock_monotonic_ms();
    call->timer = NULL;
    if (call->breaker && call->breaker->open_until_ms > now_ms) {
        refuse(call);
        return;
    }
    int64_t wait_ms = bucket_take(call->bucket, now_ms);
    if (wait_ms > 0) {
        call->timer =
            loop_timer_start(call->retry->loop, (uint64_t) wait_ms, try_again, call);
        return;
    }
    call->tries++;
    call->request = http_start(call->retry->http, &call->call, answered, call);
}

static void copy_call(struct http_call *to, const struct http_call *from)
{
    *to = *from;
    to->method = copy_text(from->method);
    to->url = copy_text(from->url);
    to->unix_socket = copy_text(from->unix_socket);
    to->body = from->body ? copy_bytes(from->body, from->length) : NULL;
    struct http_header *headers = allocate((from->header_count + 1) * sizeof *headers);
    for (size_t i = 0; i < from->header_count; i++) {
        headers[i].name = copy_text(from->headers[i].name);
        headers[i].value = copy_text(from->headers[i].value);
    }
    to->headers = headers;
}

struct retry_call *retry_start(struct retry *retry, const struct http_call *http_call,
                               retry_done_fn done, void *context)
{
    struct retry_call *call = allocate(sizeof *call);
    char origin[ORIGIN_SIZE];
    (void) origin_read(http_call->url, origin); // empty for no URL: http will say so
    call->retry = retry;
    copy_call(&call->call, http_call);
    call->bucket = find_or_add(&retry->buckets,
                               http_call->unix_socket ? http_call->unix_socket : origin,
                               sizeof *call->bucket);
    if (!is_repeatable(http_call->method)) {
        size_t length = strcspn(http_call->url, "?#");
        char *collection = copy_bytes(http_call->url, length);
        call->breaker = find_or_add(&retry->breakers, collection, sizeof *call->breaker);
        free(collection);
    }
    call->done = done;
    call->context = context;
    call->next = retry->calls;
    retry->calls = call;
    loop_defer(retry->loop, try_again, call);
    return call;
}
