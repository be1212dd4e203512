// SPDX-License-Identifier: MIT
//
// Pipster Identity, a stand-in: what the parts of the program know of each other.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct app {
    int port;
    const char *issuer;
    const char *database_host;
    const char *database_port;
    const char *database_name;
    const char *database_user;
    const char *database_password;
    const char *version;
};

// One line on stdout: time, level, message.
void app_log(const char *level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// A connection to `host`, or -1. Reading and writing give up after some seconds.
int app_connect(const char *host, const char *port);

// Asks PostgreSQL to open a session for our user and database; `why` says what it
// answered when that is not possible. The password is not needed for that answer.
bool database_is_ready(const struct app *app, char *why, size_t size);

// Answers one HTTP request on `client`.
void answer_request(const struct app *app, int client);
