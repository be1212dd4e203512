// SPDX-License-Identifier: MIT
//
// HTTP over one libcurl multi handle on the loop: keep-alive, time limits, redirects off,
// at most 64 in flight. Retrying is retry.h's, deciding is the caller's.
//
// Credentials live here, bound to an origin: http_credential makes every request to that
// origin carry the header, and no other; nobody else ever sees the token.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "net/loop.h"

struct http;
struct http_request;

struct http_options {
    const char *ca_file;    // PEM of trusted roots instead of the system's, or NULL
    const char *dns_server; // "10.91.0.1:53" asked for A instead of the system's, or NULL
    const char *user_agent;
};

bool http_open(struct http **http, struct loop *loop, const struct http_options *options,
               struct fault *fault) FAULT_CHECKED;
// What is under way ends: its `done` is called here, with a fault.
void http_close(struct http *http);

// Every request whose URL begins with `origin` ("https://api.hetzner.cloud") carries
// "NAME: VALUE". Copied into locked memory, wiped at close.
void http_credential(struct http *http, const char *origin, const char *name,
                     const char *value);
bool http_has_credential(const struct http *http, const char *url);

struct http_header {
    const char *name;
    const char *value;
};

struct http_reply {
    int status;                        // 0 when no answer came; then see fault
    const struct http_header *headers; // names in lower case
    size_t header_count;
    const char *body; // NUL-ended
    size_t length;
    int64_t ms;
    bool sent; // the request had left completely: the server may have acted
    char certificate_issuer[256]; // of the leaf, for https; else empty
    char certificate_subject[256];
};

// "retry-after" → its value, or NULL.
const char *http_header(const struct http_reply *reply, const char *name);

struct http_call {
    const char *method;
    const char *url;
    const struct http_header *headers;
    size_t header_count;
    const char *body; // or NULL
    size_t length;
    int64_t timeout_ms;      // of the whole; 0: 30 s
    size_t body_ceiling;     // 0: 64 MiB
    const char *unix_socket; // path to connect to instead of the URL's host, or NULL
};

// The call is copied. The reply is valid until `done` returns. fault is FAULT_NONE when
// an answer of any status came; FAULT_UNREACHABLE when none came.
typedef void (*http_done_fn)(void *context, const struct http_reply *reply,
                             const struct fault *fault);
struct http_request *http_start(struct http *http, const struct http_call *call,
                                http_done_fn done, void *context);
// `done` is not called any more.
void http_cancel(struct http_request *request);

// Requests sent so far, for --timing and tests.
int64_t http_count(const struct http *http);
// At most so many more are sent from now on, retries among them; what comes then ends
// with the code "limit". -1: as many as there are.
void http_limit(struct http *http, int64_t most);
