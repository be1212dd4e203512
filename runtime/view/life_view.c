// SPDX-License-Identifier: MIT
#include "view/life_view.h"

#include <string.h>

#define MOST_FOLLOWERS 6

static void print_list(const struct terminal *terminal, enum terminal_style style,
                       const char *title, const char *const *items, size_t count)
{
    if (count == 0)
        return;
    terminal_print(terminal, style, "      %s: ", title);
    for (size_t i = 0; i < count; i++)
        terminal_print(terminal, TERMINAL_PLAIN, "%s%s", i > 0 ? "; " : "", items[i]);
    fputc('\n', terminal->stream);
}

static bool follows(const struct plan *plan, const struct change *change, size_t index)
{
    bool itself = &plan->changes[index] == change;
    if (itself || !plan_does(change) || change->resource == NULL)
        return false;
    for (size_t i = 0; i < change->need_count; i++)
        if (change->needs[i] == index)
            return true;
    return false;
}

// What is changed since it refers to what is replaced: a DNS record, a host.
static void print_followers(const struct terminal *terminal, const struct plan *plan,
                            const struct change *change)
{
    size_t index = (size_t) (change - plan->changes), count = 0;
    for (size_t i = 0; i < plan->change_count; i++) {
        if (!follows(plan, &plan->changes[i], index))
            continue;
        if (count < MOST_FOLLOWERS)
            terminal_print(terminal, TERMINAL_PLAIN, "%s%s",
                           count == 0 ? "      changed with it: " : ", ",
                           plan->changes[i].address);
        count++;
    }
    if (count > MOST_FOLLOWERS)
        terminal_print(terminal, TERMINAL_PLAIN, " and %zu more", count - MOST_FOLLOWERS);
    if (count > 0)
        fputc('\n', terminal->stream);
}

static void print_end(const struct terminal *terminal, const struct plan *plan,
                      const struct change *change)
{
    const struct preview *preview = change->preview;
    if (change->create_first)
        terminal_print(terminal, TERMINAL_PLAIN,
                       "      order: the new one is created, what uses it is changed, "
                       "the old one is destroyed\n");
    if (preview != NULL) {
        print_list(terminal, TERMINAL_RED, "lost", preview->lost, preview->lost_count);
        print_list(terminal, TERMINAL_GREEN, "survives", preview->survives,
                   preview->survives_count);
    }
    print_followers(terminal, plan, change);
}

static void print_costs(const struct terminal *terminal, const struct preview *preview)
{
    struct money sum = money_zero("");
    struct fault ignored = {0};
    char text[MONEY_TEXT_SIZE];
    for (size_t i = 0; i < preview->price_before_count; i++)
        if (preview->prices_before[i].known &&
            !money_add(&sum, preview->prices_before[i].monthly, &ignored))
            return;
    if (sum.units != 0)
        terminal_print(terminal, TERMINAL_YELLOW,
                       "      costs that go on, and are not counted after this: "
                       "%s/month\n",
                       money_format(sum, text));
}

void life_view_print(const struct terminal *terminal, const struct plan *plan,
                     const struct change *change)
{
    if (change->moved_from != NULL)
        terminal_print(terminal, TERMINAL_CYAN, "      moved from %s\n",
                       change->moved_from);
    if (change->stays && change->preview != NULL)
        print_costs(terminal, change->preview);
    if (change->action == CHANGE_REPLACE || change->rebuilds)
        print_end(terminal, plan, change);
}

void life_view_count(const struct terminal *terminal, const struct plan *plan)
{
    if (plan->moved_count > 0)
        terminal_print(terminal, TERMINAL_PLAIN, " %zu moved.", plan->moved_count);
    if (plan->forgotten_count > 0)
        terminal_print(terminal, TERMINAL_PLAIN, " %zu forgotten.",
                       plan->forgotten_count);
}
