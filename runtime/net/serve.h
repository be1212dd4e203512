// SPDX-License-Identifier: MIT
//
// An HTTP server for the lab's stand-ins: libmicrohttpd driven by the loop, plain HTTP on
// the addresses it is given. The handler answers now or later; each request is answered
// once.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "net/http.h"
#include "net/loop.h"

struct serve;
struct serve_request;

struct serve_query {
    const char *name;
    const char *value;
};

struct serve_part {
    int fd;
    uint64_t offset;
    uint64_t length;
};

// Valid until the request is answered.
const char *serve_method(const struct serve_request *request);
const char *serve_path(const struct serve_request *request); // decoded, no query
const struct serve_query *serve_queries(const struct serve_request *request,
                                        size_t *count);
const char *serve_header(const struct serve_request *request, const char *name);
void serve_each_header(const struct serve_request *request,
                       void (*each)(void *context, const char *name, const char *value),
                       void *context);
const char *serve_body(const struct serve_request *request, size_t *length);
// The file that has the body instead, or NULL; it may be moved.
const char *serve_body_file(const struct serve_request *request);
const char *serve_peer(const struct serve_request *request); // "127.0.0.1"

void serve_answer(struct serve_request *request, int status,
                  const struct http_header *headers, size_t header_count,
                  const char *body, size_t length);
// `length` bytes of a file from `offset` on; it is closed.
void serve_answer_file(struct serve_request *request, int status,
                       const struct http_header *headers, size_t header_count,
                       struct serve_part part);
// Drops the connection without an answer; `reset` sends RST.
void serve_drop(struct serve_request *request, bool reset);
// Sends only part of the body that Content-Length promised, then drops.
void serve_cut(struct serve_request *request, int status, const char *body,
               size_t length);

typedef void (*serve_fn)(void *context, struct serve_request *request);
// Port 0 takes a free one; see serve_port.
bool serve_open(struct serve **serve, struct loop *loop, const char *address, int port,
                serve_fn handler, void *context, struct fault *fault) FAULT_CHECKED;
// From now on the body of a request that is longer than 64 KiB is a file of this folder.
void serve_spool(struct serve *serve, const char *folder);
int serve_port(const struct serve *serve);
// Connections accepted so far: shows a test that keep-alive works.
size_t serve_connection_count(const struct serve *serve);
void serve_close(struct serve *serve);
