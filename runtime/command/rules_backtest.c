// SPDX-License-Identifier: MIT
#include "command/rules_backtest.h"

#include <errno.h>
#include <stdio.h>

#include "base/calendar.h"
#include "command/future.h"
#include "engine/forecast_history.h"
#include "store/file.h"

// So long do the figures of a line count: somewhat more than a month.
#define STALE_MS    (45 * CALENDAR_DAY_MS)
#define MOST_BYTES  ((size_t) 8 << 20)
#define MOST_MONTHS 240

static bool read_file(const char *path, struct text *bytes, struct fault *fault)
{
    char block[8192];
    size_t count;
    FILE *stream = fopen(path, "r");
    if (stream == NULL)
        return file_fail(fault, "read", path);
    while (!bytes->overflow && (count = fread(block, 1, sizeof block, stream)) > 0)
        text_add_bytes(bytes, block, count);
    bool read = !ferror(stream) || file_fail(fault, "read", path);
    fclose(stream);
    if (read && bytes->overflow) {
        fault_set(fault, FAULT_ERROR, "%s is longer than 8 MiB", path);
        return fault_next(fault, "keep the columns that rules look at");
    }
    return read;
}

static struct calendar_date next_month(struct calendar_date date)
{
    date.day = 1;
    return calendar_add_months(date, 1);
}

// From the first line to the end of the last one's month.
static bool take_months(struct future *future, struct forecast_input *input,
                        struct fault *fault)
{
    int64_t last_ms = input->points[input->point_count - 1].from_ms;
    struct calendar_date first = calendar_date_of(input->points[0].from_ms);
    struct calendar_date last = calendar_date_of(last_ms);
    size_t months = (size_t) calendar_months_between(first, last) + 1;
    if (months > MOST_MONTHS) {
        fault_set(fault, FAULT_ERROR, "the history is of more than %d months",
                  MOST_MONTHS);
        return fault_next(fault, "leave out what is too long ago to matter");
    }
    int64_t *ends = arena_alloc(&future->bench.arena, months * sizeof *ends);
    for (size_t i = 0; i < months; i++) {
        first = next_month(first);
        ends[i] = calendar_ms(first);
    }
    input->ends = ends;
    input->row_count = months;
    return true;
}

static bool test(struct future *future, const char *path, const struct text *bytes,
                 struct fault *fault)
{
    struct arena *arena = &future->bench.arena;
    struct forecast_history history;
    struct forecast_input input = {.stale_ms = STALE_MS};
    char first[CALENDAR_TEXT_SIZE], last[CALENDAR_TEXT_SIZE];
    if (!forecast_history_parse(arena, path, bytes->bytes, bytes->length,
                                future->currency, &history, fault))
        return false;
    struct forecast_point *points = history.points;
    for (size_t i = 0; i < history.count; i++)
        points[i] = future_point(future, points[i].from_ms, points[i].figures,
                                 points[i].figure_count);
    input.points = points;
    input.point_count = history.count;
    if (!take_months(future, &input, fault))
        return false;
    calendar_format(calendar_date_of(points[0].from_ms), first);
    calendar_format(calendar_date_of(points[history.count - 1].from_ms), last);
    return future_show(future, &input,
                       arena_format(arena, "%s from %s to %s, at the prices of today",
                                    path, first, last),
                       fault);
}

int rules_backtest(const struct options *options, struct fault *fault)
{
    struct future future;
    struct text bytes;
    if (options->word_count < 2 || options->word_count > 3) {
        fault_set(fault, FAULT_USAGE, "pipster rules backtest wants a history");
        fault_next(fault, "pipster rules backtest history.csv playbooks/scale.lua");
        return 0;
    }
    if (options->format != NULL && !options->json) {
        fault_set(fault, FAULT_USAGE, "a backtest is not told as %s", options->format);
        fault_next(fault, "leave --format out for a table, or take --json");
        return 0;
    }
    const char *path = options->words[1];
    const char *playbook = options->word_count > 2 ? options->words[2] : NULL;
    text_init(&bytes, MOST_BYTES);
    if (read_file(path, &bytes, fault)) {
        bool tested = future_open(&future, options, playbook, fault) &&
                      test(&future, path, &bytes, fault);
        (void) tested; // the fault says it
        future_close(&future);
    }
    text_clear(&bytes);
    return 0;
}
