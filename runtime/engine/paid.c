// SPDX-License-Identifier: MIT
#include "engine/paid.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine/cost.h"

static const char *key_of(struct arena *arena, const char *address)
{
    return arena_format(arena, "price/%s", address);
}

void paid_put(struct transaction *transaction, struct arena *arena, const char *address,
              const struct money *monthly, int64_t now_ms)
{
    char amount[MONEY_TEXT_SIZE];
    const char *text = NULL;
    if (monthly != NULL)
        text = arena_format(arena, "%s %s %" PRId64, money_format_exact(*monthly, amount),
                            monthly->currency, now_ms);
    state_note_setting(transaction, key_of(arena, address), text);
}

bool paid_said(struct database *database, struct arena *arena, const char *address,
               const char **text, struct fault *fault)
{
    return state_setting(database, arena, key_of(arena, address), text, fault);
}

void paid_take(struct transaction *transaction, struct arena *arena, const char *address,
               const char *text)
{
    state_note_setting(transaction, key_of(arena, address), text);
}

// "4.15 EUR 1790000000000"; found.monthly stays empty where nothing was said.
static bool read_said(const struct engine *engine, struct arena *arena,
                      const char *address, struct paid *found, struct fault *fault)
{
    const char *text = NULL;
    char amount[MONEY_TEXT_SIZE], currency[4];
    if (!paid_said(engine->database, arena, address, &text, fault))
        return false;
    if (text == NULL ||
        sscanf(text, "%39s %3s %" SCNd64, amount, currency, &found->since_ms) != 3)
        return true;
    return money_parse(amount, currency, &found->monthly, fault);
}

// Whether this step is one from which on another price may hold.
static bool sets_price(const struct record_step *step)
{
    static const char *const names[] = {"type",  "backups",  "public_net",
                                        "price", "quantity", "entry"};
    if (step->price == NULL || step->outcome != RECORD_DONE)
        return false;
    if (strcmp(step->action, "update") != 0)
        return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (value_find(step->fields, names[i]) != NULL)
            return true;
    return false;
}

static bool read_journal(const struct engine *engine, struct arena *arena,
                         const char *address, struct paid *found, struct fault *fault)
{
    struct record_step *steps;
    size_t count;
    if (!journal_load_steps_of(engine->database, arena, address, &steps, &count, fault))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!sets_price(&steps[i]) || steps[i].begun_at_ms < found->since_ms)
            continue;
        found->since_ms = steps[i].begun_at_ms;
        found->run = steps[i].run;
        if (!money_parse_budget(steps[i].price, &found->monthly, fault))
            return false;
    }
    return true;
}

// What the list asks for it as it is; false: not all of it is priced, or it is nothing.
static bool sum_listed(const struct change *change, struct money *sum)
{
    const struct preview *preview = change->preview;
    struct fault ignored;
    *sum = money_zero("");
    for (size_t i = 0; i < preview->price_before_count; i++)
        if (!preview->prices_before[i].known ||
            !money_add(sum, preview->prices_before[i].monthly, &ignored))
            return false;
    return sum->units != 0;
}

static bool look(const struct engine *engine, struct plan *plan,
                 const struct change *change, struct paid_list *list, struct fault *fault)
{
    struct paid found = {.address = change->address};
    struct money kept, today;
    if (change->record == NULL || !sum_listed(change, &found.listed))
        return true;
    if (!read_said(engine, &plan->arena, change->address, &found, fault) ||
        !read_journal(engine, &plan->arena, change->address, &found, fault))
        return fault_while(fault, "reading what %s was made for", change->address);
    bool differs = strcmp(found.monthly.currency, found.listed.currency) == 0 &&
                   money_compare(found.monthly, found.listed) != 0;
    const char *currency = list->now.currency;
    if (!differs || !cost_convert(engine, found.monthly, currency, &kept) ||
        !cost_convert(engine, found.listed, currency, &today))
        return true;
    list->items[list->count++] = found;
    return money_add(&list->now, kept, fault) && money_subtract(&list->now, today, fault);
}

bool paid_look(const struct engine *engine, struct plan *plan, struct paid_list *list,
               struct fault *fault)
{
    *list = (struct paid_list){.now = plan->cost_before};
    list->items =
        arena_alloc(&plan->arena, (plan->change_count + 1) * sizeof *list->items);
    for (size_t i = 0; engine->database != NULL && i < plan->change_count; i++)
        if (!look(engine, plan, &plan->changes[i], list, fault))
            return false;
    return true;
}
