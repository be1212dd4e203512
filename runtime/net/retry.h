// SPDX-License-Identifier: MIT
//
// An HTTP call with provider etiquette: a token bucket per origin fed by RateLimit
// headers, a decision by method, status and error code, full jitter from 1 s doubling to
// 60 s, at most 5 repeats, and a circuit breaker over creates.
//
//   429, 409 conflict, 423 locked     repeated for every method (429 until its reset)
//   502, 504, time-out, reset         repeated for GET, PUT, DELETE; a POST is handed
//                                     back, `uncertain` when it may have been carried out
//   500, 503                          repeated for GET only (500 once)
//   everything else                   handed back
#pragma once

#include "net/http.h"

struct retry;

struct retry_options {
    int max_tries;    // 6
    int64_t first_ms; // 1000; tests shorten it through PIPSTER_RETRY_MS
    bool (*is_transient)(const char *code); // more codes to repeat, or NULL
};

struct retry *retry_new(struct loop *loop, struct http *http,
                        const struct retry_options *options);
// What is under way ends: its `done` is called here, with a fault.
void retry_free(struct retry *retry);

struct retry_result {
    const struct http_reply *reply;
    const struct fault *fault; // FAULT_NONE, or why no answer came
    const char *code;          // of the error envelope {"error":{"code":…}}, or ""
    const char *message;
    int tries;
    bool uncertain; // the last try may have been carried out
};

typedef void (*retry_done_fn)(void *context, const struct retry_result *result);
// Not repeated after all, whatever the method: an answer that is too long, a certificate
// that is not trusted. What never left (name not found, connection refused) is tried
// twice. With the breaker open the fault's code is "circuit_open" and nothing was sent.
struct retry_call;
struct retry_call *retry_start(struct retry *retry, const struct http_call *call,
                               retry_done_fn done, void *context);
// `done` is not called any more. Not from inside `done`.
void retry_cancel(struct retry_call *call);
