// SPDX-License-Identifier: MIT
//
// One request and its answer, for http.c: the copy of the call, the easy handle with its
// callbacks, what was sent and what came. The callbacks only collect: curl must not be
// called, and nobody else either, from inside them.
#pragma once


#include "base/text.h"
#include "net/credential.h"
#include "net/http.h"
#include "net/late_curl.h"
#include "net/origin.h"

struct resolve;

enum transfer_stage {
    TRANSFER_WAITING,
    TRANSFER_RESOLVING,
    TRANSFER_RUNNING,
    TRANSFER_FINISHED,
    TRANSFER_DELIVERING,
};

struct http_request {
    struct http *http;
    struct http_request *next; // in the list of its stage
    enum transfer_stage stage;
    http_done_fn done;
    void *context;
    struct resolve *resolve;

    char *method;
    char *url;
    char *unix_socket;
    char *body;
    size_t length;
    int64_t timeout_ms;
    bool changes;    // neither GET nor HEAD
    bool repeatable; // sending it twice does what sending it once does
    char origin[ORIGIN_SIZE];

    CURL *easy;
    struct curl_slist *headers;    // of the call: ours, wiped
    struct curl_slist *credential; // nodes ours, lines borrowed from locked memory
    struct curl_slist *addresses;
    char error[CURL_ERROR_SIZE];

    int64_t *attempts; // counts what was really put on a connection
    int64_t started_ms;
    int attempt;
    int head_end; // how much of the empty line that ends the head went out
    size_t body_sent;
    bool sent;
    bool again; // curl wanted to send once more what must not be repeated

    int status;
    struct text head; // name NUL value NUL …
    size_t header_count;
    struct text answer;
    struct http_header *reply_headers;
    struct http_reply reply;
    struct fault fault;
};

struct transfer_options {
    const char *ca_file;
    const char *user_agent;
    bool direct; // never through a proxy
};

// Copies the call. What is wrong with it is in the request's fault.
struct http_request *transfer_new(const struct http_call *call);
void transfer_free(struct http_request *request);
// Makes the easy handle ready for the multi handle.
void transfer_prepare(struct http_request *request,
                      const struct transfer_options *options,
                      const struct credential *credentials);
// Fills reply and fault in.
void transfer_finish(struct http_request *request, CURLcode result);
