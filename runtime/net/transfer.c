// SPDX-License-Identifier: MIT
#include "net/transfer.h"

#include "base/clock.h"
#include "base/crashpoint.h"
#include "net/header.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HEAD_CEILING ((size_t) 1 << 20)
#define BODY_CEILING ((size_t) 64 << 20)

static void *copy(const void *bytes, size_t length)
{
    char *result = malloc(length + 1);
    if (!result)
        abort();
    if (length)
        memcpy(result, bytes, length);
    result[length] = '\0';
    return result;
}

static char *copy_text(const char *text)
{
    return text ? copy(text, strlen(text)) : NULL;
}

static void node_add(struct curl_slist **list, char *line)
{
    struct curl_slist *node = calloc(1, sizeof *node);
    if (!node)
        abort();
    node->data = line;
    while (*list)
        list = &(*list)->next;
    *list = node;
}

static void nodes_free(struct curl_slist *node, bool with_lines)
{
    while (node) {
        struct curl_slist *next = node->next;
        if (with_lines) {
            explicit_bzero(node->data, strlen(node->data));
            free(node->data);
        }
        free(node);
        node = next;
    }
}

static bool is_token(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "0123456789!#$%&'*+-.^_`|~");
    return length > 0 && text[length] == '\0';
}

// A line end in a value would start another header, chosen by whoever chose the value.
static bool is_field_value(const char *text)
{
    for (; *text; text++)
        if ((unsigned char) *text < ' ' && *text != '\t')
            return false;
    return true;
}

static void add_header(struct http_request *request, const struct http_header *header)
{
    if (!is_token(header->name) || !is_field_value(header->value)) {
        fault_set(&request->fault, FAULT_ERROR, "A header of %s %s has a forbidden byte",
                  request->method, request->origin);
        return;
    }
    struct text line;
    text_init(&line, 0);
    // curl takes "Name:" as "leave it out"; "Name;" is how an empty value is written.
    text_format(&line, *header->value ? "%s: %s" : "%s;", header->name, header->value);
    node_add(&request->headers, text_take(&line));
    text_clear(&line);
}

static bool has_header(const struct curl_slist *list, const char *name)
{
    size_t length = strlen(name);
    for (; list; list = list->next)
        if (strncasecmp(list->data, name, length) == 0 &&
            (list->data[length] == ':' || list->data[length] == ';'))
            return true;
    return false;
}

static bool is_one_of(const char *method, const char *const *methods)
{
    for (; *methods; methods++)
        if (strcmp(method, *methods) == 0)
            return true;
    return false;
}

struct http_request *transfer_new(const struct http_call *call)
{
    static const char *const reading[] = {"GET", "HEAD", NULL};
    static const char *const repeatable[] = {"GET", "HEAD", "PUT", "DELETE", NULL};
    struct http_request *request = calloc(1, sizeof *request);
    if (!request)
        abort();
    request->method = copy_text(call->method);
    request->url = copy_text(call->url);
    request->unix_socket = copy_text(call->unix_socket);
    request->body = call->body ? copy(call->body, call->length) : NULL;
    request->length = call->body ? call->length : 0;
    request->timeout_ms = call->timeout_ms ? call->timeout_ms : 30000;
    request->changes = !is_one_of(call->method, reading);
    request->repeatable = is_one_of(call->method, repeatable);
    request->started_ms = clock_monotonic_ms();
    text_init(&request->head, HEAD_CEILING);
    text_init(&request->answer, call->body_ceiling ? call->body_ceiling : BODY_CEILING);
    if (!is_token(call->method))
        fault_set(&request->fault, FAULT_ERROR, "“%s” is no HTTP method", call->method);
    else if (!origin_read(call->url, request->origin))
        fault_set(&request->fault, FAULT_ERROR,
                  "“%s” is not a URL of the form https://host[:port]/path", call->url);
    for (size_t i = 0; i < call->header_count; i++)
        add_header(request, &call->headers[i]);
    return request;
}

void transfer_free(struct http_request *request)
{
    if (request->easy)
        curl_easy_cleanup(request->easy);
    nodes_free(request->headers, true);
    nodes_free(request->credential, false);
    curl_slist_free_all(request->addresses);
    if (request->body)
        explicit_bzero(request->body, request->length);
    free(request->body);
    free(request->unix_socket);
    free(request->url);
    free(request->method);
    free(request->reply_headers);
    text_clear(&request->head);
    text_clear(&request->answer);
    free(request);
}

// Called when the request is about to be put on a connection. On a kept connection that
// dies without an answer curl tries again by itself, POST included: that may do twice
// what was asked for once.
static int before_request(void *context, char *peer, char *local, int peer_port,
                          int local_port)
{
    (void) peer, (void) local, (void) peer_port, (void) local_port;
    struct http_request *request = context;
    if (request->attempt++ && request->sent && !request->repeatable) {
        request->again = true;
        return CURL_PREREQFUNC_ABORT;
    }
    request->head_end = 0;
    request->body_sent = 0;
    (*request->attempts)++;
    if (request->changes)
        crashpoint("http-sending");
    return CURL_PREREQFUNC_OK;
}

// Follows what goes out, to know whether the server can have a whole request. Only
// counts: the bytes may hold a credential.
static int trace(CURL *easy, curl_infotype type, char *bytes, size_t size, void *context)
{
    (void) easy;
    struct http_request *request = context;
    bool goes_out = type == CURLINFO_HEADER_OUT || type == CURLINFO_DATA_OUT;
    if (!goes_out || request->attempt == 0) // before the first comes what a proxy is told
        return 0;
    size_t i = 0;
    for (; i < size && request->head_end < 4; i++) {
        if (bytes[i] == "\r\n\r\n"[request->head_end])
            request->head_end++;
        else
            request->head_end = bytes[i] == '\r';
    }
    request->body_sent += size - i;
    if (request->head_end == 4 && request->body_sent >= request->length)
        request->sent = true;
    return 0;
}

static void status_arrived(struct http_request *request, const char *line, size_t length)
{
    char text[32];
    snprintf(text, sizeof text, "%.*s", (int) (length < 31 ? length : 31), line);
    int status = 0;
    sscanf(text, "%*s %d", &status);
    text_reset(&request->head); // of an interim answer, or of one asked for a second time
    request->header_count = 0;
    request->status = status;
    if (status >= 200 && request->changes)
        crashpoint("http-sent");
}

static size_t header_arrived(char *line, size_t size, size_t count, void *context)
{
    struct http_request *request = context;
    size_t length = size * count;
    if (length >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        status_arrived(request, line, length);
        return length;
    }
    if (!header_add(&request->head, line, length))
        return length;
    request->header_count++;
    return request->head.overflow ? 0 : length;
}

static size_t body_arrived(char *bytes, size_t size, size_t count, void *context)
{
    struct http_request *request = context;
    text_add_bytes(&request->answer, bytes, size * count);
    return request->answer.overflow ? 0 : size * count;
}

static void set_method(struct http_request *request)
{
    CURL *easy = request->easy;
    bool with_body = request->body || strcmp(request->method, "POST") == 0 ||
                     strcmp(request->method, "PUT") == 0 ||
                     strcmp(request->method, "PATCH") == 0;
    if (with_body) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) request->length);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body ? request->body : "");
    } else if (strcmp(request->method, "HEAD") == 0) {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    }
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
    // curl would say what the body is, and ask before it sends a long one.
    if (with_body && !has_header(request->headers, "content-type"))
        node_add(&request->headers, copy_text("Content-Type:"));
    node_add(&request->headers, copy_text("Expect:"));
}

// The credentials come before the other headers, in nodes of ours that point into the
// locked memory: curl takes the list as it is and copies nothing of it to keep.
static struct curl_slist *all_headers(struct http_request *request,
                                      const struct credential *credentials)
{
    const struct credential *found = NULL;
    while (!request->unix_socket &&
           (found = credential_next(credentials, found, request->origin))) {
        const char *line = credential_line(found);
        char name[128];
        snprintf(name, sizeof name, "%.*s", (int) strcspn(line, ":"), line);
        if (!has_header(request->headers, name))
            node_add(&request->credential, (char *) line);
    }
    // Joined through copies of the nodes, so that each list is freed by its own rule.
    for (struct curl_slist *node = request->headers; node && request->credential;
         node = node->next)
        node_add(&request->credential, node->data);
    return request->credential ? request->credential : request->headers;
}

static void set_security(CURL *easy, const struct transfer_options *options, bool plain)
{
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_CERTINFO, 1L);
    if (options->ca_file) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, options->ca_file);
        curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    }
    // A proxy would read what goes over plain HTTP.
    if (plain || options->direct)
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

static void set_callbacks(struct http_request *request)
{
    CURL *easy = request->easy;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, request);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, request->error);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before_request);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, request);
    curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, trace);
    curl_easy_setopt(easy, CURLOPT_DEBUGDATA, request);
    curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, header_arrived);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, request);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, body_arrived);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, request);
}

void transfer_prepare(struct http_request *request,
                      const struct transfer_options *options,
                      const struct credential *credentials)
{
    CURL *easy = curl_easy_init();
    if (!easy)
        abort();
    request->easy = easy;
    set_callbacks(request);
    set_method(request);
    set_security(easy, options, strncmp(request->origin, "http:", 5) == 0);
    curl_easy_setopt(easy, CURLOPT_URL, request->url);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, all_headers(request, credentials));
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, options->user_agent);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    // Without it the end of a request waits for a name look-up that is still under way.
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long) request->timeout_ms);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 10000L);
    if (request->unix_socket)
        curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, request->unix_socket);
    if (request->addresses)
        curl_easy_setopt(easy, CURLOPT_RESOLVE, request->addresses);
}

static const char *failure_code(const struct http_request *request, CURLcode result)
{
    if (request->again)
        return "reset";
    if (request->answer.overflow || request->head.overflow)
        return "too_large";
    switch (result) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return "resolve";
    case CURLE_COULDNT_CONNECT:
        return "connect";
    case CURLE_OPERATION_TIMEDOUT:
        return "timeout";
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
        return "certificate";
    case CURLE_PARTIAL_FILE:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_UNRECOVERABLE_POLL: // what poll() says of a socket that was reset
    case CURLE_SSL_CONNECT_ERROR:
        return "reset";
    default:
        return "transport";
    }
}

// curl's words tell of its own calls; before them goes what that means.
static void set_why(struct http_request *request, CURLcode result, const char *code)
{
    const char *said = request->error[0] ? request->error : curl_easy_strerror(result);
    if (request->again)
        fault_why(&request->fault, "the connection ended before an answer came");
    else if (result == CURLE_PARTIAL_FILE)
        fault_why(&request->fault, "the answer ended too early: %s", said);
    else if (strcmp(code, "reset") == 0 && result != CURLE_SSL_CONNECT_ERROR)
        fault_why(&request->fault, "the connection was reset: %s", said);
    else
        fault_why(&request->fault, "%s", said);
}

static void set_failure(struct http_request *request, CURLcode result)
{
    const char *code = failure_code(request, result);
    int shown = (int) strcspn(request->url, "?#"); // a query may hold a secret
    if (strcmp(code, "too_large") == 0) {
        fault_set(&request->fault, FAULT_ERROR,
                  "The answer of %s %.*s is longer than %zu bytes", request->method,
                  shown, request->url, request->answer.ceiling);
    } else {
        fault_set(&request->fault, FAULT_UNREACHABLE, "No answer to %s %.*s",
                  request->method, shown, request->url);
        set_why(request, result, code);
    }
    if (strcmp(code, "certificate") == 0)
        fault_next(&request->fault,
                   "check the server's certificate and which roots are trusted");
    snprintf(request->fault.code, sizeof request->fault.code, "%s", code);
    request->status = 0;
    text_reset(&request->answer);
    text_reset(&request->head);
    request->header_count = 0;
}

static void list_headers(struct http_request *request)
{
    request->reply_headers =
        calloc(request->header_count + 1, sizeof *request->reply_headers);
    if (!request->reply_headers)
        abort();
    header_list(&request->head, request->reply_headers, request->header_count);
}

void transfer_finish(struct http_request *request, CURLcode result)
{
    if (result != CURLE_OK && !fault_is_set(&request->fault))
        set_failure(request, result);
    list_headers(request);
    request->reply.status = request->status;
    request->reply.headers = request->reply_headers;
    request->reply.header_count = request->header_count;
    request->reply.body = request->answer.bytes;
    request->reply.length = request->answer.length;
    request->reply.ms = clock_monotonic_ms() - request->started_ms;
    request->reply.sent = request->sent;
}
