// SPDX-License-Identifier: MIT
//
// The agent protocol (draft-miller-ssh-agent): one request, one answer, each with its
// length in front. We need two of its messages: list and sign.
#include "net/ssh_agent.h"

#include "base/text.h"
#include "net/ssh_wire.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define ANSWER_LIMIT ((size_t) 256 << 10)
#define KEY_LIMIT    64

// Listing needs nobody; signing may wait for a finger on a key.
#define LIST_SECONDS 5
#define SIGN_SECONDS 60

enum message { REQUEST_LIST = 11, ANSWER_LIST = 12, REQUEST_SIGN = 13, ANSWER_SIGN = 14 };

static int open_agent(const char *path, int seconds)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    struct timeval limit = {.tv_sec = seconds};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (connect(fd, (struct sockaddr *) &address, sizeof address) == 0)
        return fd;
    int cause = errno;
    close(fd);
    errno = cause;
    return -1;
}

static bool send_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        bytes += sent;
        length -= (size_t) sent;
    }
    return true;
}

static bool receive_all(int fd, unsigned char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t got = recv(fd, bytes, length, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        bytes += got;
        length -= (size_t) got;
    }
    return true;
}

// The answer's body behind its type, which must be `wanted`.
static bool ask(struct arena *arena, int fd, const struct text *body, enum message wanted,
                struct ssh_wire *answer)
{
    struct text request;
    text_init(&request, 0);
    ssh_wire_put_string(&request, body->bytes, body->length);
    bool sent = send_all(fd, request.bytes, request.length);
    text_clear(&request);
    unsigned char head[4];
    if (!sent || !receive_all(fd, head, sizeof head))
        return false;
    struct ssh_wire wire = ssh_wire_over(head, sizeof head);
    size_t length = ssh_wire_number(&wire);
    if (length == 0 || length > ANSWER_LIMIT)
        return false;
    unsigned char *bytes = arena_alloc(arena, length);
    if (!receive_all(fd, bytes, length) || bytes[0] != wanted)
        return false;
    *answer = ssh_wire_over(bytes + 1, length - 1);
    return true;
}

bool ssh_agent_list(struct arena *arena, const char *socket_path,
                    struct ssh_agent_key **keys, size_t *count, const char **why)
{
    int fd = open_agent(socket_path, LIST_SECONDS);
    if (fd < 0) {
        *why = arena_format(arena, "%s: %s", socket_path, strerror(errno));
        return false;
    }
    struct text body;
    text_init(&body, 0);
    text_add_char(&body, REQUEST_LIST);
    struct ssh_wire answer;
    bool answered = ask(arena, fd, &body, ANSWER_LIST, &answer);
    text_clear(&body);
    close(fd);
    if (!answered) {
        *why = arena_format(arena, "%s: the agent did not answer", socket_path);
        return false;
    }
    size_t announced = ssh_wire_number(&answer);
    *keys = arena_alloc(arena, KEY_LIMIT * sizeof **keys);
    *count = 0;
    while (*count < announced && *count < KEY_LIMIT) {
        struct ssh_agent_key key;
        size_t comment_length = 0;
        key.blob = ssh_wire_string(&answer, &key.length);
        const unsigned char *comment = ssh_wire_string(&answer, &comment_length);
        if (answer.bad)
            break;
        key.comment = arena_copy(arena, (const char *) comment, comment_length);
        (*keys)[(*count)++] = key;
    }
    return true;
}

const unsigned char *ssh_agent_sign(struct arena *arena,
                                    const struct ssh_agent_request *request,
                                    size_t *length)
{
    int fd = open_agent(request->socket_path, SIGN_SECONDS);
    if (fd < 0)
        return NULL;
    struct text body;
    text_init(&body, 0);
    text_add_char(&body, REQUEST_SIGN);
    ssh_wire_put_string(&body, request->blob, request->blob_length);
    ssh_wire_put_string(&body, request->message, request->message_length);
    ssh_wire_put_number(&body, 0);
    struct ssh_wire answer;
    bool answered = ask(arena, fd, &body, ANSWER_SIGN, &answer);
    text_clear(&body);
    close(fd);
    if (!answered)
        return NULL;
    size_t whole_length = 0, type_length = 0;
    const unsigned char *whole = ssh_wire_string(&answer, &whole_length);
    struct ssh_wire parts = ssh_wire_over(whole, whole_length);
    ssh_wire_string(&parts, &type_length);
    const unsigned char *signature = ssh_wire_string(&parts, length);
    return parts.bad || answer.bad ? NULL : signature;
}
