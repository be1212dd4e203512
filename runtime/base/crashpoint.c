// SPDX-License-Identifier: MIT
//
// SIGKILL and not exit() or abort(): no handler, no atexit and no flushed buffer may
// tidy up what a power cut would leave behind.
#include "base/crashpoint.h"

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

// The K of "NAME:K", 1 for "NAME" alone, 0 when another point is meant.
static unsigned long wanted_turn(const char *wanted, const char *name)
{
    size_t length = strlen(name);
    unsigned long turn;
    char *end;

    if (strncmp(wanted, name, length) != 0) {
        return 0;
    }
    if (wanted[length] == '\0') {
        return 1;
    }
    if (wanted[length] != ':') {
        return 0;
    }
    turn = strtoul(wanted + length + 1, &end, 10);
    return *end == '\0' ? turn : 0;
}

// In one write: points are reached on two threads.
static void write_name(const char *name)
{
    const char *path = getenv("PIPSTER_CRASH_LOG");
    int log = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    struct iovec line[] = {{(char *) name, strlen(name)}, {"\n", 1}};

    if (log < 0) {
        return;
    }
    if (writev(log, line, 2) > 0) {
        fsync(log);
    }
    close(log);
}

void crashpoint(const char *name)
{
    // Only the wanted point counts, so one counter is enough.
    static atomic_ulong turns;
    const char *wanted = getenv("PIPSTER_CRASH_AT");
    unsigned long turn;

    if (!wanted) {
        write_name(name);
        return;
    }
    turn = wanted_turn(wanted, name);
    if (turn == 0 || atomic_fetch_add(&turns, 1) + 1 != turn) {
        return;
    }
    write_name(name);
    kill(getpid(), SIGKILL);
    for (;;) {
        pause();
    }
}
