// SPDX-License-Identifier: MIT
#include "app.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void send_reply(int client, int status, const char *reason, const char *body)
{
    char reply[4096];
    int length = snprintf(reply, sizeof reply,
                          "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\n"
                          "Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
                          status, reason, strlen(body), body);
    if (length > 0 && write(client, reply, (size_t) length) != length)
        app_log("debug", "the client went away");
}

static int answer_ready(const struct app *app, int client)
{
    char why[256] = "", body[512];
    if (database_is_ready(app, why, sizeof why)) {
        send_reply(client, 200, "OK", "{\"status\":\"ready\",\"database\":\"up\"}\n");
        return 200;
    }
    app_log("error", "readiness: %s", why);
    snprintf(body, sizeof body, "{\"status\":\"unready\",\"database\":\"down\"}\n");
    send_reply(client, 503, "Service Unavailable", body);
    return 503;
}

static int answer_configuration(const struct app *app, int client)
{
    char body[2048];
    const char *issuer = app->issuer;
    snprintf(body, sizeof body,
             "{\"issuer\":\"%s\",\"authorization_endpoint\":\"%s/connect/authorize\","
             "\"token_endpoint\":\"%s/connect/token\","
             "\"userinfo_endpoint\":\"%s/connect/userinfo\","
             "\"jwks_uri\":\"%s/.well-known/openid-configuration/jwks\","
             "\"response_types_supported\":[\"code\"],"
             "\"subject_types_supported\":[\"public\"],"
             "\"id_token_signing_alg_values_supported\":[\"RS256\"]}\n",
             issuer, issuer, issuer, issuer, issuer);
    send_reply(client, 200, "OK", body);
    return 200;
}

static int answer_health(const struct app *app, int client, const char *status)
{
    char body[256];
    snprintf(body, sizeof body, "{\"status\":\"%s\",\"version\":\"%s\"}\n", status,
             app->version);
    send_reply(client, 200, "OK", body);
    return 200;
}

static int answer_path(const struct app *app, int client, const char *path)
{
    // For tests of those who look: an error line, and a failing endpoint.
    const char *broken = getenv("IDENTITY_BROKEN_PATH");
    if (broken && strcmp(path, broken) == 0) {
        send_reply(client, 500, "Internal Server Error", "{\"status\":\"broken\"}\n");
        return 500;
    }
    if (strcmp(path, "/health") == 0)
        return answer_health(app, client, "healthy");
    if (strcmp(path, "/health/live") == 0)
        return answer_health(app, client, "live");
    if (strcmp(path, "/health/ready") == 0)
        return answer_ready(app, client);
    if (strcmp(path, "/.well-known/openid-configuration") == 0)
        return answer_configuration(app, client);
    send_reply(client, 404, "Not Found", "{\"status\":\"not found\"}\n");
    return 404;
}

void answer_request(const struct app *app, int client)
{
    char request[4096], method[16], path[1024];
    size_t length = 0;
    while (length < sizeof request - 1) {
        ssize_t count = read(client, request + length, sizeof request - 1 - length);
        if (count <= 0)
            break;
        length += (size_t) count;
        request[length] = '\0';
        if (strstr(request, "\r\n\r\n"))
            break;
    }
    request[length] = '\0';
    if (sscanf(request, "%15s %1023s", method, path) != 2) {
        send_reply(client, 400, "Bad Request", "{\"status\":\"bad request\"}\n");
        return;
    }
    path[strcspn(path, "?")] = '\0';
    int status = answer_path(app, client, path);
    app_log(status >= 500 ? "error" : "info", "%s %s %d", method, path, status);
}
