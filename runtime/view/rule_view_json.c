// SPDX-License-Identifier: MIT
#include "view/rule_view.h"

#include "base/clock.h"
#include "view/json_view.h"

static const char *const truths[] = {"no", "yes", "not known"};

static const struct value *text(struct arena *arena, const char *text)
{
    return text != NULL ? value_text(arena, text) : NULL;
}

static const struct value *moment(struct arena *arena, int64_t at_ms)
{
    char text[CLOCK_TEXT_SIZE];
    return at_ms != 0 ? value_text(arena, clock_format(at_ms, text)) : NULL;
}

static const struct value *view_value(struct arena *arena, const struct rule_view *view)
{
    const struct value **items = arena_alloc(arena, (view->count + 1) * sizeof *items);
    if (view->count == 0)
        return NULL;
    for (size_t i = 0; i < view->count; i++) {
        const struct rule_saw *saw = &view->saw[i];
        const struct value_entry entries[] = {
            {"condition", text(arena, saw->term->text)},
            {"figure", text(arena, saw->term->figure)},
            {"holds", text(arena, truths[saw->truth])},
            {"reaches", moment(arena, saw->reaches_ms)},
            {"text", text(arena, saw->text)},
        };
        items[i] = value_map(arena, entries, 5);
    }
    const struct value_entry entries[] = {
        {"holds", text(arena, truths[view->truth])},
        {"saw", value_list(arena, items, view->count)},
    };
    return value_map(arena, entries, 2);
}

static const struct value *exact(struct arena *arena, struct money amount)
{
    char digits[MONEY_TEXT_SIZE];
    return value_text(arena, money_format_exact(amount, digits));
}

static const struct value *price_value(struct arena *arena,
                                       const struct rule_shown *shown)
{
    if (!shown->is_priced && shown->unpriced == NULL)
        return NULL;
    if (!shown->is_priced) {
        const struct value_entry unpriced = {"unpriced", text(arena, shown->unpriced)};
        return value_map(arena, &unpriced, 1);
    }
    const struct value_entry entries[] = {
        {"after", exact(arena, shown->after)},
        {"before", exact(arena, shown->before)},
        {"currency", text(arena, shown->after.currency)},
        {"share", text(arena, shown->share)},
        {"unpriced", shown->is_more ? text(arena, shown->unpriced) : NULL},
    };
    return value_map(arena, entries, 5);
}

static const struct value *proposal_value(struct arena *arena,
                                          const struct rule_shown *shown)
{
    const struct rule *rule = shown->rule;
    const struct value_entry entries[] = {
        {"amend", rule->amend},
        {"include", text(arena, rule->include)},
        {"nothing", text(arena, rule->idle)},
        {"price", price_value(arena, shown)},
        {"text", text(arena, rule->text)},
    };
    return value_map(arena, entries, 5);
}

void rule_view_json(FILE *stream, const struct rule_shown *shown)
{
    struct arena arena;
    const struct rule *rule = shown->rule;
    const struct rule_verdict *verdict = &shown->verdict;
    arena_init(&arena, 0);
    const struct value_entry entries[] = {
        {"accepted",
         shown->amendment != NULL ? moment(&arena, shown->amendment->accepted_ms) : NULL},
        {"doc", text(&arena, rule->doc)},
        {"evidence", view_value(&arena, &verdict->evidence)},
        {"fit", view_value(&arena, &verdict->fit)},
        {"metric", view_value(&arena, &verdict->metric)},
        {"name", text(&arena, rule->name)},
        {"opens", moment(&arena, verdict->opens_ms)},
        {"proposal", proposal_value(&arena, shown)},
        {"proposed", value_bool(verdict->is_proposed)},
        {"release", view_value(&arena, &verdict->release)},
        {"since", moment(&arena, verdict->since_ms)},
        {"state", text(&arena, rule_state_word(verdict->state))},
        {"waits", text(&arena, verdict->waits)},
        {"warning", text(&arena, verdict->warning)},
        {"when", view_value(&arena, &verdict->when)},
        {"where", text(&arena, rule->where)},
    };
    json_view_line(stream, "rule",
                   value_map(&arena, entries, sizeof entries / sizeof *entries));
    arena_clear(&arena);
}

void rule_view_json_missed(FILE *stream, const struct rule_missed *missed)
{
    struct arena arena;
    arena_init(&arena, 0);
    const struct value_entry entries[] = {
        {"address", text(&arena, missed->address)},
        {"rule", text(&arena, missed->rule)},
        {"text", text(&arena, rule_view_missed(missed, &arena))},
    };
    json_view_line(stream, "left_out", value_map(&arena, entries, 3));
    arena_clear(&arena);
}
