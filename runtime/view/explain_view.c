// SPDX-License-Identifier: MIT
#include "view/explain_view.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "view/json_view.h"
#include "view/step_view.h"
#include "view/time_view.h"

static const struct resource *resource_of(const struct explanation *explanation)
{
    return explanation->change != NULL ? explanation->change->resource : NULL;
}

static void print_label(const struct terminal *terminal, const char *label)
{
    terminal_print(terminal, TERMINAL_DIM, "  %-11s ", label);
}

static void add_tags(struct text *text, const struct value *tags)
{
    for (size_t i = 0; tags != NULL && tags->kind == VALUE_LIST && i < tags->list.count;
         i++)
        if (tags->list.items[i]->kind == VALUE_STRING)
            text_format(text, "%s%s", i == 0 ? ", tagged " : ", ",
                        tags->list.items[i]->string.bytes);
}

static void add_words(struct text *text, const char *stage, int phase,
                      const struct value *tags)
{
    if (stage != NULL)
        text_format(text, ", in the stage %s", stage);
    if (phase > 0)
        text_format(text, ", phase %d", phase);
    add_tags(text, tags);
}

static void print_declared(const struct terminal *terminal,
                           const struct explanation *explanation)
{
    const struct resource *resource = resource_of(explanation);
    const struct record *record = explanation->record;
    struct text text;
    text_init(&text, 0);
    if (resource != NULL) {
        const char *where = explanation->change->where;
        text_add(&text, where != NULL ? where : "somewhere");
        if (explanation->playbook != NULL && resource->playbook != NULL &&
            strcmp(resource->playbook, explanation->playbook) != 0)
            text_format(&text, ", included by %s", explanation->playbook);
        add_words(&text, resource->stage, resource->phase, resource->tags);
    } else if (record != NULL) {
        text_format(&text, "%s%s",
                    record->playbook != NULL ? record->playbook : "by no playbook",
                    explanation->playbook != NULL ? ", which does not any more" : "");
        if (explanation->playbook != NULL && record->playbook != NULL &&
            strcmp(record->playbook, explanation->playbook) != 0) {
            text_reset(&text);
            text_format(&text, "%s, which %s does not include", record->playbook,
                        explanation->playbook);
        }
        add_words(&text, record->stage, record->phase, record->tags);
    } else {
        text_add(&text, "no more");
    }
    print_label(terminal, "declared");
    terminal_print(terminal, TERMINAL_PLAIN, "%s\n", text.bytes);
    text_clear(&text);
}

static void print_state(const struct terminal *terminal, const struct record *record)
{
    char when[TIME_VIEW_SIZE], ago[TIME_VIEW_SIZE];
    print_label(terminal, "state");
    if (record == NULL) {
        terminal_print(terminal, TERMINAL_PLAIN, "not recorded\n");
        return;
    }
    terminal_print(terminal, TERMINAL_PLAIN, "%s, last changed %s (%s)\n",
                   record->created_by_us ? "made by pipster"
                                         : "was there before: it is never removed",
                   time_view_local(record->changed_at_ms, when),
                   time_view_ago(record->changed_at_ms, clock_now_ms(), ago));
}

static void print_list(const struct terminal *terminal, const char *label,
                       const char *const *addresses, size_t count)
{
    if (count == 0)
        return;
    for (size_t i = 0; i < count; i++) {
        print_label(terminal, i == 0 ? label : "");
        terminal_print(terminal, TERMINAL_PLAIN, "%s\n", addresses[i]);
    }
}

static bool is_protected(const struct explanation *explanation)
{
    const struct resource *resource = resource_of(explanation);
    if (resource != NULL)
        return resource->protect;
    return explanation->record != NULL && explanation->record->protect;
}

// The newest step that made it and had a price.
static const struct record_step *birth_of(const struct explanation *explanation)
{
    for (size_t i = explanation->step_count; i-- > 0;)
        if (strcmp(explanation->steps[i].action, "create") == 0)
            return explanation->steps[i].price != NULL ? &explanation->steps[i] : NULL;
    return NULL;
}

static bool sum_prices(const struct price_line *lines, size_t count, struct money *sum)
{
    struct fault ignored;
    *sum = money_zero("");
    for (size_t i = 0; i < count; i++)
        if (!lines[i].known || !money_add(sum, lines[i].monthly, &ignored))
            return false;
    return count > 0;
}

// What it costs a month once the plan is carried out.
static bool find_price_after(const struct explanation *explanation, struct money *monthly)
{
    const struct change *change = explanation->change;
    return change != NULL && change->preview != NULL && change->action != CHANGE_DELETE &&
           change->action != CHANGE_FORGET &&
           sum_prices(change->preview->prices, change->preview->price_count, monthly);
}

// What it costs a month now: as it was read, else as it was last known.
static bool find_price(const struct explanation *explanation, struct money *monthly)
{
    const struct change *change = explanation->change;
    struct fault ignored;
    if (change != NULL && change->preview != NULL &&
        sum_prices(change->preview->prices_before, change->preview->price_before_count,
                   monthly))
        return true;
    for (size_t i = explanation->step_count; explanation->record != NULL && i-- > 0;)
        if (explanation->steps[i].price != NULL)
            return money_parse_budget(explanation->steps[i].price, monthly, &ignored);
    return false;
}

static void print_price(const struct terminal *terminal,
                        const struct explanation *explanation)
{
    const struct record_step *birth = birth_of(explanation);
    struct money now, then, after;
    struct fault ignored;
    char text[MONEY_TEXT_SIZE];
    bool costs = find_price(explanation, &now);
    bool will_cost = find_price_after(explanation, &after);
    if (!costs && !will_cost)
        return;
    print_label(terminal, "price");
    if (costs)
        terminal_print(terminal, TERMINAL_PLAIN, "%s/month", money_format(now, text));
    if (costs && birth != NULL && money_parse_budget(birth->price, &then, &ignored))
        terminal_print(terminal, TERMINAL_DIM, ", %s when run %" PRId64 " made it",
                       money_format(then, text), birth->run);
    if (will_cost && (!costs || after.units != now.units))
        terminal_print(terminal, TERMINAL_YELLOW, "%s%s after this plan",
                       costs ? ", " : "", money_format(after, text));
    terminal_print(terminal, TERMINAL_PLAIN, "\n");
}

static void print_verdict(const struct terminal *terminal,
                          const struct explanation *explanation)
{
    const struct change *change = explanation->change;
    print_label(terminal, "verdict");
    if (explanation->no_plan != NULL) {
        terminal_print(terminal, TERMINAL_YELLOW, "not known: %s\n",
                       explanation->no_plan->what);
        if (explanation->no_plan->next[0] != '\0') {
            print_label(terminal, "");
            terminal_print(terminal, TERMINAL_DIM, "%s\n", explanation->no_plan->next);
        }
        return;
    }
    if (change == NULL) {
        terminal_print(terminal, TERMINAL_PLAIN, "not there, and not wanted\n");
        return;
    }
    bool none = change->action == CHANGE_NONE;
    bool may = change->verdict == VERDICT_MAY && change->because != NULL;
    terminal_print(terminal, none ? TERMINAL_GREEN : TERMINAL_YELLOW, "%s%s",
                   may ? "may " : "",
                   none ? "no change" : plan_action_name(change->action));
    terminal_print(terminal, TERMINAL_PLAIN, ": %s\n",
                   may ? change->because : change->reason);
    for (size_t i = 0; !none && i < change->field_count; i++) {
        print_label(terminal, "");
        terminal_print(terminal, TERMINAL_PLAIN, "%s%s\n", change->fields[i].name,
                       change->fields[i].forces_replacement ? " (forces replacement)"
                                                            : "");
    }
}

static void print_past(const struct terminal *terminal,
                       const struct explanation *explanation)
{
    char when[TIME_VIEW_SIZE];
    for (size_t i = 0; i < explanation->step_count; i++) {
        const struct record_step *step = &explanation->steps[i];
        bool done = step->outcome == RECORD_DONE;
        print_label(terminal, i == 0 ? "past" : "");
        terminal_print(terminal, TERMINAL_PLAIN, "run %-4" PRId64 " %s  %-7s", step->run,
                       time_view_local(step->begun_at_ms, when), step->action);
        terminal_print(terminal, done ? TERMINAL_DIM : TERMINAL_RED, " %s",
                       step_view_outcome(step->outcome));
        const struct value *fields = step->fields;
        for (size_t k = 0;
             fields != NULL && step->before != NULL && k < fields->map.count; k++)
            terminal_print(terminal, TERMINAL_PLAIN, "%s%s", k == 0 ? ": " : ", ",
                           fields->map.entries[k].key);
        if (step->failure != NULL)
            terminal_print(terminal, TERMINAL_RED, " (%s)", step->failure);
        terminal_print(terminal, TERMINAL_PLAIN, "\n");
    }
}

void explain_view_print(const struct terminal *terminal,
                        const struct explanation *explanation)
{
    terminal_print(terminal, TERMINAL_BOLD, "%s\n", explanation->address);
    print_declared(terminal, explanation);
    print_state(terminal, explanation->record);
    print_list(terminal, "needs", explanation->needs, explanation->need_count);
    print_list(terminal, "needed by", explanation->needed_by,
               explanation->needed_by_count);
    if (is_protected(explanation)) {
        print_label(terminal, "protected");
        terminal_print(terminal, TERMINAL_PLAIN,
                       "yes: only --allow-destroy=%s lifts it\n", explanation->address);
    }
    print_price(terminal, explanation);
    print_verdict(terminal, explanation);
    for (size_t i = 0; i < explanation->owed_count; i++) {
        print_label(terminal, i == 0 ? "owed" : "");
        terminal_print(terminal, TERMINAL_YELLOW, "%s on %s since run %" PRId64 "\n",
                       explanation->owed[i].name, explanation->owed[i].host,
                       explanation->owed[i].run);
    }
    print_past(terminal, explanation);
}

static const struct value *text_or_null(struct arena *arena, const char *text)
{
    return text != NULL ? value_text(arena, text) : NULL;
}

static const struct value *texts(struct arena *arena, const char *const *list,
                                 size_t count)
{
    const struct value **items = arena_alloc(arena, (count + 1) * sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = value_text(arena, list[i]);
    return value_list(arena, items, count);
}

static const struct value *past_value(struct arena *arena,
                                      const struct explanation *explanation)
{
    size_t count = explanation->step_count;
    const struct value **items = arena_alloc(arena, (count + 1) * sizeof *items);
    for (size_t i = 0; i < count; i++) {
        const struct record_step *step = &explanation->steps[i];
        size_t fields = step->fields != NULL ? step->fields->map.count : 0;
        const char **names = arena_alloc(arena, (fields + 1) * sizeof *names);
        char when[CLOCK_TEXT_SIZE];
        for (size_t k = 0; k < fields; k++)
            names[k] = step->fields->map.entries[k].key;
        const struct value_entry entries[] = {
            {"run", value_integer(arena, step->run)},
            {"begun_at", value_text(arena, clock_format(step->begun_at_ms, when))},
            {"action", value_text(arena, step->action)},
            {"outcome", value_text(arena, step_view_outcome(step->outcome))},
            {"failure", text_or_null(arena, step->failure)},
            {"fields", texts(arena, names, fields)},
            {"price", text_or_null(arena, step->price)},
        };
        items[i] = value_map(arena, entries, sizeof entries / sizeof *entries);
    }
    return value_list(arena, items, count);
}

static const struct value *verdict_value(struct arena *arena,
                                         const struct explanation *explanation)
{
    const struct change *change = explanation->change;
    const struct fault *no_plan = explanation->no_plan;
    const struct value_entry entries[] = {
        {"action", change != NULL && no_plan == NULL
                       ? value_text(arena, plan_action_name(change->action))
                       : NULL},
        {"verdict",
         change != NULL
             ? value_text(arena, change->verdict == VERDICT_MAY ? "may" : "will")
             : NULL},
        {"reason", change != NULL ? text_or_null(arena, change->reason) : NULL},
        {"because", change != NULL ? text_or_null(arena, change->because) : NULL},
        {"not_known", no_plan != NULL ? value_text(arena, no_plan->what) : NULL},
    };
    return value_map(arena, entries, sizeof entries / sizeof *entries);
}

void explain_view_json(FILE *stream, const struct explanation *explanation)
{
    struct arena arena;
    struct money monthly, after;
    char exact[MONEY_TEXT_SIZE];
    const struct resource *resource = resource_of(explanation);
    const struct record *record = explanation->record;
    arena_init(&arena, 0);
    const char **owed = arena_alloc(&arena, (explanation->owed_count + 1) * sizeof *owed);
    for (size_t i = 0; i < explanation->owed_count; i++)
        owed[i] = explanation->owed[i].name;
    bool priced = find_price(explanation, &monthly);
    bool will_cost = find_price_after(explanation, &after);
    const struct value_entry entries[] = {
        {"address", value_text(&arena, explanation->address)},
        {"where",
         resource != NULL ? text_or_null(&arena, explanation->change->where) : NULL},
        {"playbook", text_or_null(&arena, resource != NULL ? resource->playbook
                                          : record != NULL ? record->playbook
                                                           : NULL)},
        {"planned", text_or_null(&arena, explanation->playbook)},
        {"stage", text_or_null(&arena, resource != NULL ? resource->stage
                                       : record != NULL ? record->stage
                                                        : NULL)},
        {"tags", resource != NULL ? resource->tags
                 : record != NULL ? record->tags
                                  : NULL},
        {"recorded", value_bool(record != NULL)},
        {"made_by_us", record != NULL ? value_bool(record->created_by_us) : NULL},
        {"protected", value_bool(is_protected(explanation))},
        {"needs", texts(&arena, explanation->needs, explanation->need_count)},
        {"needed_by",
         texts(&arena, explanation->needed_by, explanation->needed_by_count)},
        {"monthly",
         priced ? value_text(&arena, money_format_exact(monthly, exact)) : NULL},
        {"monthly_after",
         will_cost ? value_text(&arena, money_format_exact(after, exact)) : NULL},
        {"currency", priced      ? value_text(&arena, monthly.currency)
                     : will_cost ? value_text(&arena, after.currency)
                                 : NULL},
        {"verdict", verdict_value(&arena, explanation)},
        {"owed", texts(&arena, owed, explanation->owed_count)},
        {"past", past_value(&arena, explanation)},
    };
    json_view_line(stream, "explanation",
                   value_map(&arena, entries, sizeof entries / sizeof *entries));
    arena_clear(&arena);
}
