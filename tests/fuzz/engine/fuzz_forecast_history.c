// SPDX-License-Identifier: MIT
//
// A history as CSV: what is read is in the order of its dates and has a value for each
// figure that is known; what is not read says where and what to do.
#include "engine/forecast_history.h"

#include <stdint.h>
#include <stdlib.h>

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check(const struct forecast_history *history)
{
    require(history->count > 0);
    for (size_t i = 1; i < history->count; i++)
        require(history->points[i].from_ms > history->points[i - 1].from_ms);
    for (size_t i = 0; i < history->count; i++)
        for (size_t k = 0; k < history->points[i].figure_count; k++) {
            const struct rule_figure *figure = &history->points[i].figures[k];
            require(figure->name != NULL);
            require(figure->is_known || figure->unknown != NULL);
            require(figure->lowest <= figure->highest);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct arena arena;
    struct forecast_history history;
    struct fault fault = {0};
    arena_init(&arena, 0);
    if (forecast_history_parse(&arena, "history.csv", (const char *) bytes, length, "EUR",
                               &history, &fault))
        check(&history);
    else
        require(fault_is_set(&fault) && fault.what[0] != '\0' && fault.next[0] != '\0');
    arena_clear(&arena);
    return 0;
}
