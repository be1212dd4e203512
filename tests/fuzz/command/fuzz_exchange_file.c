// SPDX-License-Identifier: MIT
//
// Two lines of a list of reference rates: what is read has a day, and a rate above zero
// for each pair; what is not read says why.
#include "command/exchange_file.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check(const struct project *project)
{
    struct calendar_date day;
    for (size_t i = 0; i < project->rate_count; i++) {
        const struct engine_rate *rate = &project->rates[i];
        require(rate->rate > 0);
        require(strlen(rate->from) == 3 && strlen(rate->to) == 3);
        require(strlen(rate->date) == 10 && calendar_parse(rate->date, &day));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct arena arena;
    struct project project = {0};
    struct fault fault = {0};
    arena_init(&arena, 0);
    char *head = arena_copy(&arena, (const char *) bytes, length);
    char *row = head + strcspn(head, "\n");
    if (*row != '\0')
        *row++ = '\0';
    if (exchange_file_take(&project, &arena, head, row, &fault))
        check(&project);
    else
        require(fault_is_set(&fault) && fault.what[0] != '\0');
    arena_clear(&arena);
    return 0;
}
