// SPDX-License-Identifier: MIT
#include "command/cost_book.h"

#include <string.h>

#include "base/clock.h"
#include "command/errand.h"
#include "store/cache.h"

#define LIST "hetzner.catalogue" // as stdlib/hetzner/catalogue.lua keeps it

// A book's own rate goes before those of the project, which are of another day.
static bool take_rate(struct workbench *bench, const struct value *book,
                      struct fault *fault)
{
    const char *text = value_find_text(book, "EUR_USD", NULL);
    const char *date = value_find_text(book, "date", "");
    struct money rate;
    if (text == NULL)
        return true;
    if (!money_parse(text, "USD", &rate, fault))
        return fault_while(fault, "reading the rate of the price book");
    struct engine_rate *rates = arena_alloc(&bench->arena, 2 * sizeof *rates);
    struct money back =
        money_scale((struct money){MONEY_UNIT, ""}, MONEY_UNIT, rate.units);
    rates[0] = (struct engine_rate){"EUR", "USD", rate.units, date};
    rates[1] = (struct engine_rate){"USD", "EUR", back.units, date};
    bench->project.rates = rates;
    bench->project.rate_count = 2;
    bench->engine.rates = rates;
    bench->engine.rate_count = 2;
    bench->engine.rates_stale = NULL; // they belong to the book's own day
    return true;
}

bool cost_book_open(struct workbench *bench, const char **told, struct fault *fault)
{
    const struct value *book = NULL;
    const struct value *name = value_text(&bench->arena, bench->options->at);
    if (!errand_run(bench, "cost.book", "describe", name, &book, fault) ||
        !take_rate(bench, book, fault))
        return false;
    *told = arena_format(&bench->arena, "%s, of %s", value_find_text(book, "title", "?"),
                         value_find_text(book, "date", "?"));
    return true;
}

bool cost_book_cached(struct workbench *bench, const char **told, struct fault *fault)
{
    const char *text = NULL;
    int64_t read_at_ms = 0;
    char moment[CLOCK_TEXT_SIZE];
    if (bench->cache != NULL &&
        !cache_get(bench->cache, &bench->arena, LIST, &text, &read_at_ms, fault))
        return false;
    if (text == NULL) {
        fault_set(fault, FAULT_USAGE, "no price list was read yet");
        return fault_next(fault, "pipster plan reads it; or --at hetzner, which is "
                                 "shipped");
    }
    *told = arena_format(&bench->arena, "Hetzner's list as it was read on %s",
                         clock_format(read_at_ms, moment));
    return true;
}
