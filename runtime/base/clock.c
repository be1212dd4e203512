// SPDX-License-Identifier: MIT
#include "base/clock.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define EPOCH_LAST INT64_C(253402300799) // the end of the year 9999

// A value that is no whole number of seconds is as good as none.
static bool fixed_ms(int64_t *unix_ms)
{
    const char *text = getenv("SOURCE_DATE_EPOCH");
    long long seconds;
    char *end;

    if (!text || *text < '0' || *text > '9') {
        return false;
    }
    errno = 0;
    seconds = strtoll(text, &end, 10);
    if (errno || *end || seconds > EPOCH_LAST) {
        return false;
    }
    *unix_ms = seconds * 1000;
    return true;
}

static int64_t read_ms(clockid_t which)
{
    struct timespec time;

    clock_gettime(which, &time);
    return (int64_t) time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

int64_t clock_now_ms(void)
{
    int64_t fixed;

    return fixed_ms(&fixed) ? fixed : read_ms(CLOCK_REALTIME);
}

int64_t clock_monotonic_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

char *clock_format(int64_t unix_ms, char buffer[CLOCK_TEXT_SIZE])
{
    time_t seconds = unix_ms / 1000 - (unix_ms % 1000 < 0);
    struct tm parts;

    gmtime_r(&seconds, &parts);
    if (!strftime(buffer, CLOCK_TEXT_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts)) {
        buffer[0] = '\0';
    }
    return buffer;
}

int64_t clock_cpu_ms(void)
{
    return read_ms(CLOCK_THREAD_CPUTIME_ID);
}
