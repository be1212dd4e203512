// SPDX-License-Identifier: MIT
#include "command/lab_fault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/lab_environment.h"
#include "command/vendor.h"
#include "net/http.h"
#include "net/origin.h"
#include "value/json.h"

struct answer {
    bool done;
    int status;
    struct text body;
    struct fault fault;
};

static void take(void *context, const struct http_reply *reply, const struct fault *fault)
{
    struct answer *answer = context;
    answer->done = true;
    answer->status = reply ? reply->status : 0;
    if (reply && reply->body)
        text_add_bytes(&answer->body, reply->body, reply->length);
    if (fault)
        answer->fault = *fault;
}

// words: KIND [METHOD PATH [TIMES]]
static const char *body_of(const char *const *words, size_t count, struct arena *arena)
{
    struct value_entry match[] = {
        {"method", count > 1 ? value_text(arena, words[1]) : NULL},
        {"path", count > 2 ? value_text(arena, words[2]) : NULL},
    };
    struct value_entry entries[] = {
        {"fault", value_text(arena, words[0])},
        {"match", value_map(arena, match, 2)},
        {"times", value_integer(arena, count > 3 ? atoi(words[3]) : 1)},
    };
    return json_text(arena, value_map(arena, entries, 3));
}

static bool send(const struct http_call *call, struct answer *answer, struct fault *fault)
{
    struct loop *loop = loop_new();
    struct http *http = NULL;
    struct http_options options = {.user_agent = "pipster"};
    bool done = http_open(&http, loop, &options, fault);
    if (done) {
        http_start(http, call, take, answer);
        while (!answer->done && loop_turn(loop))
            continue;
        http_close(http);
    }
    loop_free(loop);
    return done;
}

// Every stand-in has its faults on its own port; that of Hetzner is meant when none is
// named.
static const char *faults_url(const struct vendor *vendor, struct arena *arena)
{
    char origin[ORIGIN_SIZE];
    const char *endpoint = vendor ? vendor_endpoint(vendor) : NULL;
    if (endpoint && origin_read(endpoint, origin))
        return arena_format(arena, "%s/_lab/faults", origin);
    return arena_format(arena, "%s/faults", getenv("PIPSTER_LAB_URL"));
}

bool lab_fault_send(const char *directory, const struct options *options,
                    struct arena *arena, struct fault *fault)
{
    const char *const *words = options->words + 1;
    size_t count = options->word_count > 0 ? options->word_count - 1 : 0;
    const struct vendor *vendor = count > 0 ? vendor_find(words[0]) : NULL;
    if (vendor) {
        words++;
        count--;
    }
    if (count == 0) {
        fault_set(fault, FAULT_USAGE, "pipster lab fault wants a kind, or clear");
        return fault_next(fault, "pipster help lab");
    }
    if (!lab_environment_load(directory, fault))
        return false;
    bool clears = strcmp(words[0], "clear") == 0;
    const char *body = clears ? "" : body_of(words, count, arena);
    struct http_header type = {"Content-Type", "application/json"};
    struct http_call call = {
        .method = clears ? "DELETE" : "POST",
        .url = faults_url(vendor, arena),
        .headers = &type,
        .header_count = 1,
        .body = body,
        .length = strlen(body),
    };
    struct answer answer = {0};
    text_init(&answer.body, 0);
    bool done = send(&call, &answer, fault);
    if (done && answer.status != 200) {
        done = fault_set(fault, FAULT_ERROR, "the lab took no such fault");
        fault_why(fault, "%s",
                  fault_is_set(&answer.fault) ? answer.fault.what : answer.body.bytes);
    } else if (done) {
        printf("%s\n", answer.body.bytes);
    }
    text_clear(&answer.body);
    return done;
}
