// SPDX-License-Identifier: MIT
//
// As much of PostgreSQL's protocol 3.0 as readiness needs: an SSLRequest, then a startup
// message. A server that starts, stops or lacks us answers with an error; one that is
// ready asks for our password.
#include "app.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static size_t add_text(char *message, size_t length, const char *text)
{
    size_t size = strlen(text) + 1;
    memcpy(message + length, text, size);
    return length + size;
}

static void put_number(char *where, uint32_t number)
{
    uint32_t wire = htonl(number);
    memcpy(where, &wire, sizeof wire);
}

static bool read_whole(int server, char *bytes, size_t size)
{
    size_t length = 0;
    while (length < size) {
        ssize_t count = read(server, bytes + length, size - length);
        if (count <= 0)
            return false;
        length += (size_t) count;
    }
    return true;
}

// 80877103 asks for TLS: "N" is a server's no, and just as good a sign of life.
static char ask_for_tls(int server)
{
    char request[8], reply;
    put_number(request, sizeof request);
    put_number(request + 4, 80877103);
    if (write(server, request, sizeof request) != sizeof request ||
        !read_whole(server, &reply, 1))
        return '\0';
    return reply;
}

static bool ask_for_session(int server, const struct app *app)
{
    char message[512];
    if (strlen(app->database_user) + strlen(app->database_name) > sizeof message - 64)
        return false;
    size_t length = 8;
    put_number(message + 4, 3 << 16);
    length = add_text(message, length, "user");
    length = add_text(message, length, app->database_user);
    length = add_text(message, length, "database");
    length = add_text(message, length, app->database_name);
    message[length++] = '\0';
    put_number(message, (uint32_t) length);
    return write(server, message, length) == (ssize_t) length;
}

// The fields of an error are a letter and a text each; "M" is the message.
static void find_message(const char *fields, size_t length, char *why, size_t size)
{
    for (size_t at = 0; at < length && fields[at]; at += strlen(fields + at) + 1)
        if (fields[at] == 'M')
            snprintf(why, size, "%s", fields + at + 1);
}

static bool read_verdict(int server, char *why, size_t size)
{
    char head[5], body[1024] = "";
    uint32_t length;
    if (!read_whole(server, head, sizeof head)) {
        snprintf(why, size, "the database closed the connection");
        return false;
    }
    memcpy(&length, head + 1, sizeof length);
    length = ntohl(length) - 4;
    if (length >= sizeof body)
        length = sizeof body - 1;
    // Read to the end in any case: bytes left behind would reset the connection, and the
    // server would log that.
    bool whole = read_whole(server, body, length);
    snprintf(why, size, "the database refused a session");
    if (whole && head[0] == 'E')
        find_message(body, length, why, size);
    return whole && head[0] == 'R';
}

bool database_is_ready(const struct app *app, char *why, size_t size)
{
    int server = app_connect(app->database_host, app->database_port);
    if (server < 0) {
        snprintf(why, size, "no connection to %s:%s", app->database_host,
                 app->database_port);
        return false;
    }
    snprintf(why, size, "no PostgreSQL at %s:%s", app->database_host, app->database_port);
    char tls = ask_for_tls(server);
    if (tls == 'S') { // it would, we would not: without TLS on a new connection
        close(server);
        server = app_connect(app->database_host, app->database_port);
    }
    bool ready = (tls == 'S' || tls == 'N') && server >= 0 &&
                 ask_for_session(server, app) && read_verdict(server, why, size);
    if (server >= 0)
        close(server);
    return ready;
}
