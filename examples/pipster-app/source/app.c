// SPDX-License-Identifier: MIT
//
// Pipster Identity, a stand-in: the endpoints, settings and logs of an identity server,
// and nothing behind them but a look at its database.
//   app               serves
//   app healthcheck   exits 0 when /health of the one that serves answers 200
#include "app.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct visit {
    const struct app *app;
    int client;
};

void app_log(const char *level, const char *format, ...)
{
    char when[32], message[1024];
    time_t now = time(NULL);
    struct tm broken;
    va_list arguments;
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &broken));
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    printf("%s %-5s %s\n", when, level, message);
    fflush(stdout);
}

static void limit_patience(int handle)
{
    struct timeval patience = {.tv_sec = 3};
    setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(handle, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

int app_connect(const char *host, const char *port)
{
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    if (getaddrinfo(host, port, &hints, &found) != 0)
        return -1;
    int handle = socket(found->ai_family, SOCK_STREAM, 0);
    if (handle >= 0) {
        limit_patience(handle);
        if (connect(handle, found->ai_addr, found->ai_addrlen) != 0) {
            close(handle);
            handle = -1;
        }
    }
    freeaddrinfo(found);
    return handle;
}

static const char *setting(const char *name, const char *fallback)
{
    const char *found = getenv(name);
    return found && found[0] ? found : fallback;
}

static int check_health(const struct app *app)
{
    static const char request[] = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
    char port[16], reply[64] = "";
    snprintf(port, sizeof port, "%d", app->port);
    int server = app_connect("127.0.0.1", port);
    if (server < 0 || write(server, request, sizeof request - 1) < 0 ||
        read(server, reply, sizeof reply - 1) <= 0)
        return 1;
    return strstr(reply, " 200 ") ? 0 : 1;
}

static void *receive(void *context)
{
    struct visit *visit = context;
    limit_patience(visit->client);
    answer_request(visit->app, visit->client);
    close(visit->client);
    free(visit);
    return NULL;
}

static int listen_on(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t) port)};
    int yes = 1, handle = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(handle, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (handle < 0 || bind(handle, (struct sockaddr *) &address, sizeof address) != 0 ||
        listen(handle, 64) != 0)
        return -1;
    return handle;
}

static void accept_one(const struct app *app, int handle)
{
    pthread_t thread;
    struct visit *visit = malloc(sizeof *visit);
    if (!visit)
        abort();
    *visit = (struct visit){app, accept(handle, NULL, NULL)};
    if (visit->client >= 0 && pthread_create(&thread, NULL, receive, visit) == 0) {
        pthread_detach(thread);
        return;
    }
    if (visit->client >= 0)
        close(visit->client);
    free(visit);
}

static void leave(int signal)
{
    (void) signal;
    _exit(0);
}

int main(int argc, char **argv)
{
    struct app app = {
        .port = atoi(setting("IDENTITY_PORT", "5000")),
        .issuer = setting("IDENTITYSERVER_ISSUER_URI", "http://localhost:5000"),
        .database_host = setting("DB_HOST", "postgres"),
        .database_port = setting("DB_PORT", "5432"),
        .database_name = setting("DB_NAME", "pipster_identity"),
        .database_user = setting("DB_USER", "pipster"),
        .database_password = setting("DB_PASSWORD", ""),
        .version = setting("IDENTITY_VERSION", "1.0.0"),
    };
    if (argc > 1 && strcmp(argv[1], "healthcheck") == 0)
        return check_health(&app);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTERM, leave); // PID 1 of a container has no default for it
    signal(SIGINT, leave);
    if (!getenv("JWT_KEY") || !getenv("DATA_KEY") ||
        !app.database_password[0]) {
        app_log("fatal",
                "DB_PASSWORD, JWT_KEY and DATA_KEY must be set");
        return 1;
    }
    int handle = listen_on(app.port);
    if (handle < 0) {
        app_log("fatal", "cannot listen on port %d: %s", app.port, strerror(errno));
        return 1;
    }
    app_log("info", "Pipster Identity %s listens on port %d, issuer %s", app.version,
            app.port, app.issuer);
    for (;;)
        accept_one(&app, handle);
}
