// SPDX-License-Identifier: MIT
#include "view/time_view.h"

#include <stdio.h>
#include <time.h>

char *time_view_local(int64_t unix_ms, char buffer[TIME_VIEW_SIZE])
{
    time_t seconds = (time_t) (unix_ms / 1000);
    struct tm local;
    if (localtime_r(&seconds, &local) == NULL ||
        strftime(buffer, TIME_VIEW_SIZE, "%Y-%m-%d %H:%M", &local) == 0)
        snprintf(buffer, TIME_VIEW_SIZE, "%lld", (long long) seconds);
    return buffer;
}

char *time_view_ago(int64_t unix_ms, int64_t now_ms, char buffer[TIME_VIEW_SIZE])
{
    static const struct {
        int64_t seconds;
        const char *name;
    } units[] = {{INT64_C(365) * 86400, "year"},
                 {INT64_C(30) * 86400, "month"},
                 {INT64_C(7) * 86400, "week"},
                 {86400, "day"},
                 {3600, "hour"},
                 {60, "minute"}};
    int64_t seconds = (now_ms - unix_ms) / 1000;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        int64_t count = seconds / units[i].seconds;
        if (count < 1)
            continue;
        snprintf(buffer, TIME_VIEW_SIZE, "%lld %s%s ago", (long long) count,
                 units[i].name, count == 1 ? "" : "s");
        return buffer;
    }
    snprintf(buffer, TIME_VIEW_SIZE, "just now");
    return buffer;
}

char *time_view_span(int64_t ms, char buffer[TIME_VIEW_SIZE])
{
    long long seconds = (long long) (ms / 1000);
    if (seconds < 10)
        snprintf(buffer, TIME_VIEW_SIZE, "%.1f s", (double) ms / 1000);
    else if (seconds < 60)
        snprintf(buffer, TIME_VIEW_SIZE, "%lld s", seconds);
    else if (seconds < 3600)
        snprintf(buffer, TIME_VIEW_SIZE, "%lld min %02lld s", seconds / 60, seconds % 60);
    else
        snprintf(buffer, TIME_VIEW_SIZE, "%lld h %02lld min", seconds / 3600,
                 seconds % 3600 / 60);
    return buffer;
}
