// SPDX-License-Identifier: MIT
#include "engine/rule_rates.h"

#include <string.h>

#include "engine/rule_look.h"

struct list {
    struct rule_rate *items;
    size_t count;
};

// What is no rate at all would make everything nothing. `told`: as many of the list may
// be the same pair.
static void add(struct list *list, size_t told, const char *from, const char *to,
                int64_t rate)
{
    if (rate <= 0 || strlen(from) != 3 || strlen(to) != 3 || strcmp(from, to) == 0 ||
        rule_look_rate(list->items, told, from, to) != NULL)
        return;
    struct rule_rate *added = &list->items[list->count++];
    *added = (struct rule_rate){.rate = rate};
    memcpy(added->from, from, sizeof added->from);
    memcpy(added->to, to, sizeof added->to);
}

static void add_by_euro(struct list *list, size_t told)
{
    for (size_t i = 0; i < told; i++)
        for (size_t k = 0; k < told; k++) {
            const struct rule_rate *from = &list->items[i], *to = &list->items[k];
            struct money euro = {from->rate, "EUR"};
            if (strcmp(from->to, "EUR") == 0 && strcmp(to->from, "EUR") == 0)
                add(list, told, from->from, to->to,
                    money_convert(euro, to->rate, to->to).units);
        }
}

struct rule_rate *rule_rates_list(struct arena *arena, const struct engine_rate *told,
                                  size_t told_count, size_t *count)
{
    size_t most = told_count * (told_count + 1) + 1;
    struct list list = {arena_alloc(arena, most * sizeof *list.items), 0};
    for (size_t i = 0; i < told_count; i++)
        add(&list, list.count, told[i].from, told[i].to, told[i].rate);
    add_by_euro(&list, list.count);
    *count = list.count;
    return list.items;
}
