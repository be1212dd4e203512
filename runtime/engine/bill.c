// SPDX-License-Identifier: MIT
#include "engine/bill.h"

#include <stdlib.h>
#include <string.h>

struct billing {
    const struct engine *engine;
    struct plan *plan;
    enum bill_by by;
    struct bill *bill;
};

static int compare_rows(const void *left, const void *right)
{
    const struct bill_row *a = left, *b = right;
    if (a->group != NULL && b->group != NULL && strcmp(a->group, b->group) != 0)
        return strcmp(a->group, b->group);
    if ((a->group == NULL) != (b->group == NULL))
        return a->group == NULL ? 1 : -1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static const struct value *tags_of(const struct change *change)
{
    const struct value *tags = change->resource != NULL ? change->resource->tags
                               : change->record != NULL ? change->record->tags
                                                        : NULL;
    bool some = tags != NULL && tags->kind == VALUE_LIST && tags->list.count > 0;
    return some ? tags : NULL;
}

static const char *group_of(const struct billing *billing, const struct change *change)
{
    int phase = change->resource != NULL ? change->resource->phase
                : change->record != NULL ? change->record->phase
                                         : 0;
    switch (billing->by) {
    case BILL_BY_PHASE:
        return phase > 0 ? arena_format(&billing->plan->arena, "phase %d", phase) : NULL;
    case BILL_BY_TYPE:
        return change->type;
    case BILL_BY_HOST:
        return change->host;
    case BILL_BY_TAG:
    case BILL_BY_NOTHING:
        break;
    }
    return NULL;
}

// One that is not known leaves the row's amount at zero.
static void take_price(const struct billing *billing, const struct price_line *price,
                       struct bill_row *row, struct money *amount)
{
    const char *currency = billing->plan->cost_after.currency;
    if (!price->known ||
        !cost_convert(billing->engine, price->monthly, currency, amount)) {
        *amount = money_zero(currency);
        row->known = false;
    }
}

static void add_row(struct billing *billing, const struct change *change,
                    struct bill_row row)
{
    const struct value *tags = billing->by == BILL_BY_TAG ? tags_of(change) : NULL;
    struct bill *bill = billing->bill;
    row.address = change->address;
    row.group = group_of(billing, change);
    for (size_t i = 0; i < (tags != NULL ? tags->list.count : 1); i++) {
        row.order = bill->count;
        if (tags != NULL)
            row.group = tags->list.items[i]->string.bytes;
        bill->rows[bill->count++] = row;
    }
}

// The n-th price before stands in one row with the n-th after.
static void add_change(struct billing *billing, const struct cost_line *lines,
                       size_t count)
{
    size_t before_count = 0;
    while (before_count < count && !lines[before_count].is_after)
        before_count++;
    size_t after_count = count - before_count;
    const char *currency = billing->plan->cost_after.currency;
    for (size_t i = 0; i < before_count || i < after_count; i++) {
        const struct price_line *before = i < before_count ? lines[i].price : NULL;
        const struct price_line *after =
            i < after_count ? lines[before_count + i].price : NULL;
        struct bill_row row = {.known = true,
                               .before = money_zero(currency),
                               .after = money_zero(currency)};
        if (before != NULL) {
            row.what = before->what;
            take_price(billing, before, &row, &row.before);
        }
        if (after != NULL) {
            row.what = after->what;
            take_price(billing, after, &row, &row.after);
        }
        if (before != NULL && after != NULL && strcmp(before->what, after->what) != 0)
            row.was = before->what;
        add_row(billing, lines[0].change, row);
    }
}

static size_t count_rows(const struct cost_lines *lines, enum bill_by by)
{
    size_t most = 0;
    for (size_t i = 0; i < lines->count; i++) {
        const struct value *tags =
            by == BILL_BY_TAG ? tags_of(lines->items[i].change) : NULL;
        most += tags != NULL ? tags->list.count : 1;
    }
    return most;
}

void bill_make(const struct engine *engine, struct plan *plan, enum bill_by by,
               struct bill *bill)
{
    struct cost_lines lines;
    struct billing billing = {engine, plan, by, bill};
    cost_list(plan, &lines);
    *bill = (struct bill){.before = plan->cost_before,
                          .after = plan->cost_after,
                          .is_known = plan->cost_is_known};
    bill->rows =
        arena_alloc(&plan->arena, (count_rows(&lines, by) + 1) * sizeof *bill->rows);
    for (size_t at = 0, next = 0; at < lines.count; at = next) {
        while (next < lines.count && lines.items[next].change == lines.items[at].change)
            next++;
        add_change(&billing, &lines.items[at], next - at);
    }
    qsort(bill->rows, bill->count, sizeof *bill->rows, compare_rows);
}

static bool same_group(const char *left, const char *right)
{
    return left == right || (left != NULL && right != NULL && strcmp(left, right) == 0);
}

bool bill_next_group(const struct bill *bill, size_t *at, struct bill_group *group)
{
    const char *currency = bill->after.currency;
    struct fault ignored = {0}; // the plan's sum, which is as large, was no fault
    if (*at >= bill->count)
        return false;
    *group = (struct bill_group){.name = bill->rows[*at].group,
                                 .rows = &bill->rows[*at],
                                 .before = money_zero(currency),
                                 .after = money_zero(currency)};
    for (; *at < bill->count && same_group(bill->rows[*at].group, group->name); ++*at) {
        const struct bill_row *row = &bill->rows[*at];
        group->count++;
        if (!money_add(&group->before, row->before, &ignored) ||
            !money_add(&group->after, row->after, &ignored))
            continue;
    }
    return true;
}
