// SPDX-License-Identifier: MIT
//
// A relay that counts round trips from outside: `bursts LOG PORT ADDRESS TO-PORT
// DELAY-MS`. What the server says is held back for DELAY-MS, as a long way would: so the
// client's next burst cannot begin before the answer to its last has come. For each
// connection the log gets "connection N" and, for each burst, "burst N TIME OUT IN": when
// it began, the bytes that the client sent, and those that the server answered before the
// next one. Its own connections carry the mark 22, so that a redirection can pass them
// over.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MARK = 22, HELD = 1 << 20 };

struct relay {
    int client, server, number;
    long delay_ms;
    FILE *log;
    long long due_ms; // when what is held goes to the client; 0: nothing is
    size_t held;
    char *buffer;
    double began; // of the burst that is under way; 0: none
    size_t sent, answered;
};

static long long now_us(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static void end_burst(struct relay *relay)
{
    if (relay->sent > 0)
        fprintf(relay->log, "burst %d %.6f %zu %zu\n", relay->number, relay->began,
                relay->sent, relay->answered);
    fflush(relay->log);
    relay->sent = relay->answered = 0;
}

static bool write_all(int to, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = send(to, bytes, size, MSG_NOSIGNAL);
        if (written < 0)
            return false;
        bytes += written;
        size -= (size_t) written;
    }
    return true;
}

// A burst begins with the first bytes after an answer.
static bool take_from_client(struct relay *relay)
{
    char bytes[65536];
    ssize_t size = recv(relay->client, bytes, sizeof bytes, 0);
    if (size <= 0)
        return false;
    if (relay->answered > 0 || relay->sent == 0) {
        end_burst(relay);
        relay->began = (double) now_us(CLOCK_REALTIME) / 1e6;
    }
    relay->sent += (size_t) size;
    return write_all(relay->server, bytes, (size_t) size);
}

static bool hold_from_server(struct relay *relay)
{
    ssize_t size =
        recv(relay->server, relay->buffer + relay->held, HELD - relay->held, 0);
    if (size <= 0)
        return false;
    if (relay->held == 0)
        relay->due_ms = now_us(CLOCK_MONOTONIC) / 1000 + relay->delay_ms;
    relay->held += (size_t) size;
    return true;
}

static bool release(struct relay *relay)
{
    bool done = write_all(relay->client, relay->buffer, relay->held);
    if (relay->sent > 0)
        relay->answered += relay->held;
    relay->held = 0;
    return done;
}

static void carry(struct relay *relay)
{
    bool open = true;
    while (open) {
        long long left = relay->due_ms - now_us(CLOCK_MONOTONIC) / 1000;
        struct pollfd ends[] = {{relay->client, POLLIN, 0},
                                {relay->held < HELD ? relay->server : -1, POLLIN, 0}};
        if (relay->held > 0 && left <= 0) {
            open = release(relay);
            continue;
        }
        if (poll(ends, 2, relay->held > 0 ? (int) left : -1) < 0)
            continue;
        if (ends[0].revents != 0)
            open = take_from_client(relay);
        if (open && ends[1].revents != 0)
            open = hold_from_server(relay);
    }
    release(relay);
    end_burst(relay);
}

static int dial(const struct sockaddr_in *to)
{
    int mark = MARK, end = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (end >= 0 && (setsockopt(end, SOL_SOCKET, SO_MARK, &mark, sizeof mark) != 0 ||
                     connect(end, (const struct sockaddr *) to, sizeof *to) != 0)) {
        close(end);
        return -1;
    }
    return end;
}

static int listen_at(int port)
{
    int one = 1, end = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t) port)};
    setsockopt(end, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (end < 0 || bind(end, (struct sockaddr *) &at, sizeof at) != 0 ||
        listen(end, 64) != 0) {
        perror("bursts");
        exit(1);
    }
    return end;
}

static void serve(struct relay *relay, const struct sockaddr_in *to)
{
    relay->buffer = malloc(HELD);
    relay->server = dial(to);
    fprintf(relay->log, "connection %d\n", relay->number);
    fflush(relay->log);
    if (relay->buffer && relay->server >= 0)
        carry(relay);
    fprintf(relay->log, "ended %d\n", relay->number);
    fclose(relay->log);
    exit(0);
}

int main(int argc, char **argv)
{
    struct relay relay = {.log = argc == 6 ? fopen(argv[1], "ae") : NULL};
    struct sockaddr_in to = {.sin_family = AF_INET};
    if (!relay.log || inet_pton(AF_INET, argv[3], &to.sin_addr) != 1) {
        fputs("usage: bursts LOG PORT ADDRESS TO-PORT DELAY-MS\n", stderr);
        return 2;
    }
    to.sin_port = htons((uint16_t) atoi(argv[4]));
    relay.delay_ms = atol(argv[5]);
    signal(SIGCHLD, SIG_IGN);
    int listener = listen_at(atoi(argv[2]));
    for (;;) {
        relay.client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (relay.client < 0)
            continue;
        relay.number++;
        if (fork() == 0)
            serve(&relay, &to);
        close(relay.client);
    }
}
