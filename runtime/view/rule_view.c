// SPDX-License-Identifier: MIT
#include "view/rule_view.h"

#include <string.h>

#include "base/calendar.h"
#include "value/json.h"

struct day {
    char text[CALENDAR_TEXT_SIZE];
};

static struct day day_of(int64_t at_ms)
{
    struct day day;
    calendar_format(calendar_date_of(at_ms), day.text);
    return day;
}

const char *rule_view_state(const struct rule_shown *shown, struct arena *arena)
{
    static const char *const words[] = {
        [RULE_CLOSED] = "closed",
        [RULE_HOLDING] = "holds, not long enough yet",
        [RULE_COOLING] = "holds, and rests after its last change",
        [RULE_OPEN] = "open",
        [RULE_BLOCKED] = "open, and costs too much",
        [RULE_ACCEPTED] = "accepted",
        [RULE_FALLING] = "accepted, and no longer needed",
    };
    const struct rule_verdict *verdict = &shown->verdict;
    const char *text = words[verdict->state];
    if (verdict->since_ms != 0)
        text = arena_format(arena, "%s since %s", text, day_of(verdict->since_ms).text);
    if (verdict->opens_ms != 0)
        text =
            arena_format(arena, "%s; opens on %s%s", text, day_of(verdict->opens_ms).text,
                         verdict->state == RULE_CLOSED ? " at the present slope" : "");
    return text;
}

static void print_state(const struct terminal *terminal, const struct rule_shown *shown)
{
    static const enum terminal_style styles[] = {
        [RULE_CLOSED] = TERMINAL_DIM,     [RULE_HOLDING] = TERMINAL_CYAN,
        [RULE_COOLING] = TERMINAL_CYAN,   [RULE_OPEN] = TERMINAL_GREEN,
        [RULE_BLOCKED] = TERMINAL_RED,    [RULE_ACCEPTED] = TERMINAL_GREEN,
        [RULE_FALLING] = TERMINAL_YELLOW,
    };
    struct arena arena;
    arena_init(&arena, 0);
    const char *text = rule_view_state(shown, &arena);
    int state = (int) strcspn(text, ";"); // what comes behind is plain
    terminal_print(terminal, styles[shown->verdict.state], "  %.*s", state, text);
    terminal_print(terminal, TERMINAL_PLAIN, "%s\n", text + state);
    arena_clear(&arena);
}

static void print_label(const struct terminal *terminal, const char *label)
{
    terminal_print(terminal, TERMINAL_DIM, "  %-10s", label);
}

static void print_saw(const struct terminal *terminal, const struct rule_saw *saw)
{
    static const char *const marks[] = {"✗", "✓", "?"};
    static const enum terminal_style styles[] = {TERMINAL_PLAIN, TERMINAL_GREEN,
                                                 TERMINAL_YELLOW};
    terminal_print(terminal, styles[saw->truth], "%s ", marks[saw->truth]);
    terminal_print(terminal, TERMINAL_PLAIN, "%s\n", saw->text);
}

// The alternatives one below the other, with "or" between them.
static void print_view(const struct terminal *terminal, const char *label,
                       const struct rule_condition *condition,
                       const struct rule_view *view)
{
    size_t at = 0;
    for (size_t i = 0; i < condition->count; i++)
        for (size_t k = 0; k < condition->any[i].count; k++) {
            print_label(terminal, at == 0 ? label : k == 0 ? "or" : "");
            print_saw(terminal, &view->saw[at++]);
        }
}

static void print_amended(const struct terminal *terminal, const struct value *amend)
{
    struct text text;
    for (size_t i = 0; amend != NULL && i < amend->map.count; i++) {
        const struct value_entry *entry = &amend->map.entries[i];
        for (size_t k = 0; k < entry->value->map.count; k++) {
            const struct value_entry *change = &entry->value->map.entries[k];
            text_init(&text, 0);
            json_write(&text, change->value, NULL, NULL);
            print_label(terminal, "proposes");
            terminal_print(terminal, TERMINAL_PLAIN, "%s %s = %s\n", entry->key,
                           change->key, text.bytes);
            text_clear(&text);
        }
    }
}

const char *rule_view_price(const struct rule_shown *shown, struct arena *arena)
{
    char before[MONEY_TEXT_SIZE], after[MONEY_TEXT_SIZE], difference[MONEY_TEXT_SIZE];
    struct money change = shown->after;
    struct fault ignored = {0};
    if (!shown->is_priced && shown->unpriced == NULL)
        return NULL;
    if (!shown->is_priced || !money_subtract(&change, shown->before, &ignored))
        return arena_format(arena, "not priced: %s", shown->unpriced);
    return arena_format(
        arena, "%s%s/month (%s → %s%s%s)", shown->is_more ? "at least " : "",
        money_format_signed(change, difference), money_format(shown->before, before),
        money_format(shown->after, after),
        shown->share != NULL ? "; of the revenue " : "",
        shown->share != NULL ? shown->share : "");
}

static void print_price(const struct terminal *terminal, const struct rule_shown *shown)
{
    struct arena arena;
    arena_init(&arena, 0);
    const char *price = rule_view_price(shown, &arena);
    if (price != NULL) {
        print_label(terminal, "costs");
        terminal_print(terminal, shown->is_priced ? TERMINAL_PLAIN : TERMINAL_YELLOW,
                       "%s\n", price);
    }
    if (shown->is_priced && shown->is_more) {
        print_label(terminal, "");
        terminal_print(terminal, TERMINAL_YELLOW, "not priced: %s\n", shown->unpriced);
    }
    arena_clear(&arena);
}

static void print_proposal(const struct terminal *terminal,
                           const struct rule_shown *shown)
{
    const struct rule *rule = shown->rule;
    if (rule->text != NULL) {
        print_label(terminal, "proposes");
        terminal_print(terminal, TERMINAL_PLAIN, "%s\n", rule->text);
    }
    if (rule->idle != NULL) {
        print_label(terminal, "proposes");
        terminal_print(terminal, TERMINAL_PLAIN, "nothing: %s\n", rule->idle);
    }
    print_amended(terminal, rule->amend);
    if (rule->include != NULL) {
        print_label(terminal, "proposes");
        terminal_print(terminal, TERMINAL_PLAIN, "include %s\n", rule->include);
    }
    print_price(terminal, shown);
}

static void print_metric(const struct terminal *terminal, const struct rule_shown *shown)
{
    static const char *const words[] = {"missed", "met", "not known"};
    const struct rule *rule = shown->rule;
    if (shown->amendment == NULL)
        return;
    print_view(terminal, "metric", &rule->metric, &shown->verdict.metric);
    if (rule->metric_text == NULL)
        return;
    print_label(terminal, "metric");
    terminal_print(terminal, TERMINAL_PLAIN, "%s: %s\n", rule->metric_text,
                   words[shown->verdict.metric.truth]);
}

static void print_next(const struct terminal *terminal, const struct rule_shown *shown)
{
    const struct rule_verdict *verdict = &shown->verdict;
    const char *name = shown->rule->name;
    if (verdict->waits != NULL && verdict->waits != shown->rule->idle) {
        print_label(terminal, "waits");
        terminal_print(terminal, TERMINAL_YELLOW, "%s\n", verdict->waits);
    }
    if (verdict->warning != NULL) {
        print_label(terminal, "warning");
        terminal_print(terminal, TERMINAL_YELLOW, "%s\n", verdict->warning);
    }
    if (!verdict->is_proposed)
        return;
    print_label(terminal, "next");
    if (verdict->state == RULE_FALLING)
        terminal_print(terminal, TERMINAL_BOLD, "pipster rules withdraw %s\n", name);
    else
        terminal_print(terminal, TERMINAL_BOLD,
                       "pipster rules accept %s, or: pipster rules decline %s\n", name,
                       name);
}

void rule_view_print(const struct terminal *terminal, const struct rule_shown *shown)
{
    const struct rule *rule = shown->rule;
    const struct rule_verdict *verdict = &shown->verdict;
    terminal_print(terminal, TERMINAL_BOLD, "%s", rule->name);
    print_state(terminal, shown);
    if (rule->doc != NULL)
        terminal_print(terminal, TERMINAL_DIM, "  %s\n", rule->doc);
    print_view(terminal, "when", &rule->when, &verdict->when);
    print_view(terminal, "evidence", &rule->evidence, &verdict->evidence);
    if (verdict->past.is_open) {
        print_view(terminal, "release", &rule->release, &verdict->release);
        print_view(terminal, "fit", &rule->fit, &verdict->fit);
    }
    print_proposal(terminal, shown);
    print_metric(terminal, shown);
    print_next(terminal, shown);
}

const char *rule_view_note(const struct rule_shown *shown, struct arena *arena)
{
    const struct rule_verdict *verdict = &shown->verdict;
    const char *name = shown->rule->name;
    if (verdict->state == RULE_BLOCKED)
        return arena_format(arena, "rule %s is blocked: %s", name, verdict->waits);
    if (!verdict->is_proposed)
        return NULL;
    // What that costs, and so whether it is proposed, is not known here.
    return arena_format(arena, "rule %s %s since %s: pipster rules %s", name,
                        verdict->state == RULE_FALLING ? "is no longer needed"
                                                       : "is open",
                        day_of(verdict->since_ms).text, name);
}

const char *rule_view_missed(const struct rule_missed *missed, struct arena *arena)
{
    return arena_format(
        arena,
        "nothing declares %s: what rule %s, which is accepted, changes of "
        "it is left out: pipster rules withdraw %s",
        missed->address, missed->rule, missed->rule);
}
