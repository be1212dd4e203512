// SPDX-License-Identifier: MIT
//
// What a playbook says of a rule and what a source tells of the revenue: what is read is
// judged and added up, and told and read again it is the same; what is not read says why.
#include "engine/rule_past.h"
#include "engine/rule_read.h"
#include "engine/rule_term.h"
#include "engine/takings.h"
#include "value/json.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NOW INT64_C(1790812800000)

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void judge(struct arena *arena, const struct rule *rule, const struct value *past)
{
    static const struct rule_figure figures[] = {
        {.name = "revenue",
         .currency = "EUR",
         .is_known = true,
         .value = 1,
         .lowest = 1,
         .highest = 1,
         .as_of_ms = NOW,
         .before = 2,
         .before_ms = NOW - 86400000},
        {.name = "customers", .is_known = true, .value = 50, .lowest = 50, .highest = 50},
    };
    static const struct rule_rate rate = {"EUR", "USD", 108500000};
    struct rule_input input = {.now_ms = NOW,
                               .figures = figures,
                               .figure_count = 2,
                               .rates = &rate,
                               .rate_count = 1};
    struct rule_verdict verdict;
    struct rule_past again;
    rule_past_read(past, &input.past);
    rule_judge(rule, &input, arena, &verdict);
    rule_past_read(rule_past_value(arena, &verdict.past), &again);
    require(again.is_open == verdict.past.is_open &&
            again.opened_ms == verdict.past.opened_ms &&
            again.rate_count == verdict.past.rate_count);
}

static void try_rule(struct arena *arena, const struct value *table)
{
    struct rule rule;
    struct fault fault = {0};
    if (rule_read(arena, "scale", table, &rule, &fault)) {
        require(rule.when.count > 0 || rule.evidence.count > 0);
        judge(arena, &rule, value_find(table, "afford"));
    } else {
        require(fault_is_set(&fault) && fault.what[0] != '\0');
    }
}

static void check_sum(struct arena *arena, const struct takings_part *part)
{
    const struct engine_rate rate = {"USD", "EUR", 92000000, "2026-09-29"};
    const struct engine engine = {.currency = "EUR", .rates = &rate, .rate_count = 1};
    const struct takings_part parts[] = {*part, *part};
    struct record_revenue sum, confirmed;
    struct fault fault = {0};
    if (!takings_add_up(&engine, arena, parts, 2, NOW, &sum, &fault)) {
        require(fault_is_set(&fault));
        return;
    }
    require(sum.cautious.units <= sum.gross.units && sum.as_of_ms <= NOW);
    require(sum.fresh_until_ms >= sum.as_of_ms);
    takings_confirm(arena, &sum, NOW, &confirmed);
    require(takings_is_same(arena, &sum, &sum));
}

static void try_part(struct arena *arena, const struct value *told)
{
    struct takings_part part, again;
    struct fault fault = {0};
    if (!takings_part_read(told, "EUR", &part, &fault)) {
        require(fault_is_set(&fault) && fault.what[0] != '\0');
        return;
    }
    require(takings_part_read(takings_part_value(arena, &part), "EUR", &again, &fault));
    require(again.gross.units == part.gross.units &&
            again.cautious.units == part.cautious.units &&
            again.as_of_ms == part.as_of_ms && again.customers == part.customers);
    check_sum(arena, &part);
}

static void try_words(struct arena *arena, const char *text)
{
    struct rule_term term;
    struct rule_span span;
    struct fault fault = {0};
    if (rule_term_parse(arena, "cpu", RULE_MEASURED, text, &term, &fault))
        require(strcmp(term.text, text) == 0);
    else
        require(fault_is_set(&fault) && fault.next[0] != '\0');
    fault = (struct fault){0};
    if (rule_term_parse_span(text, &span, &fault))
        require(rule_term_after(span, NOW) >= NOW);
    else
        require(fault_is_set(&fault));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct arena arena;
    const struct value *told;
    struct fault ignored = {0};
    arena_init(&arena, 0);
    try_words(&arena, arena_copy(&arena, (const char *) bytes, length));
    if (json_read(&arena, (const char *) bytes, length, &told, &ignored) &&
        told->kind == VALUE_MAP) {
        try_rule(&arena, told);
        try_part(&arena, told);
    }
    arena_clear(&arena);
    return 0;
}
