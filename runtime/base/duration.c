// SPDX-License-Identifier: MIT
#include "base/duration.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SECOND_MS  INT64_C(1000)
#define MINUTE_MS  INT64_C(60000)
#define HOUR_MS    INT64_C(3600000)
#define DAY_MS     INT64_C(86400000)
#define LARGEST    INT64_C(100000)
#define UNIT_COUNT (sizeof units / sizeof *units)

static const struct {
    char letter;
    int64_t ms;
} units[] = {
    {'s', SECOND_MS}, {'m', MINUTE_MS},  {'h', HOUR_MS},
    {'d', DAY_MS},    {'w', 7 * DAY_MS}, {'y', 365 * DAY_MS},
};

bool duration_parse(const char *text, int64_t *ms, struct fault *fault)
{
    int64_t number = 0;
    const char *at = text;
    while (*at >= '0' && *at <= '9' && number <= LARGEST)
        number = number * 10 + (*at++ - '0');
    for (size_t i = 0; i < UNIT_COUNT && number > 0 && number <= LARGEST; i++) {
        if (at[0] == units[i].letter && at[1] == '\0') {
            *ms = number * units[i].ms;
            return true;
        }
    }
    fault_set(fault, FAULT_ERROR, "\"%s\" is no span of time", text);
    return fault_next(fault,
                      "write a whole number and a unit: \"30s\", \"10m\", \"12h\", "
                      "\"90d\", \"2w\", \"1y\"");
}

char *duration_format(int64_t ms, char buffer[DURATION_TEXT_SIZE])
{
    static const struct {
        const char *word;
        int64_t ms;
    } shown[] = {{"day", DAY_MS}, {"hour", HOUR_MS}};
    for (size_t i = 0; i < 2; i++) {
        int64_t count = ms / shown[i].ms;
        if (count > 0) {
            snprintf(buffer, DURATION_TEXT_SIZE, "%" PRId64 " %s%s", count, shown[i].word,
                     count == 1 ? "" : "s");
            return buffer;
        }
    }
    bool in_seconds = ms < 2 * MINUTE_MS && ms % MINUTE_MS != 0;
    int64_t count = in_seconds ? ms / SECOND_MS : ms / MINUTE_MS;
    snprintf(buffer, DURATION_TEXT_SIZE, "%" PRId64 " %s%s", count,
             in_seconds ? "second" : "minute", count == 1 ? "" : "s");
    return buffer;
}
