// SPDX-License-Identifier: MIT
//
// Each kind of row is a table of columns: by it an export is checked, before anything of
// it is believed.
#include "store/state_business.h"

#include <string.h>

#include "value/reading.h"

#define EVER_MS INT64_MAX
#define LAST_MS (INT64_MAX / 4) // spans of time can still be added to it

bool state_business_load(struct database *database, struct arena *arena,
                         struct state_business *business, struct fault *fault)
{
    return revenue_load_between(database, arena, 0, EVER_MS, &business->revenues,
                                fault) &&
           answer_load(database, arena, EVER_MS, &business->answers, fault) &&
           rule_load_evaluations(database, arena, EVER_MS, 1, NULL,
                                 &business->evaluations, fault) &&
           rule_load_amendments(database, arena, false, &business->amendments, fault);
}

static bool is_evaluated(const struct record_evaluations *there,
                         const struct record_evaluation *row)
{
    return rule_find_evaluation(there, row->playbook, row->rule) != NULL;
}

static bool is_in_force(const struct record_amendments *there,
                        const struct record_amendment *row)
{
    return rule_find_amendment(there, row->playbook, row->rule) != NULL;
}

void state_business_put(struct transaction *transaction,
                        const struct state_business *business,
                        const struct state_business *there)
{
    // The same reading twice is one.
    for (size_t i = 0; i < business->revenues.count; i++)
        revenue_put(transaction, &business->revenues.rows[i]);
    for (size_t i = 0; i < business->answers.count; i++) {
        const struct record_answer *answer = &business->answers.rows[i];
        const struct record_answer *own = answer_find(&there->answers, answer->name);
        if (!own || own->answered_ms < answer->answered_ms)
            answer_put(transaction, answer);
    }
    for (size_t i = 0; i < business->evaluations.count; i++)
        if (!is_evaluated(&there->evaluations, &business->evaluations.rows[i]))
            rule_put_evaluation(transaction, &business->evaluations.rows[i]);
    for (size_t i = 0; i < business->amendments.count; i++)
        if (!is_in_force(&there->amendments, &business->amendments.rows[i]))
            rule_put_amendment(transaction, &business->amendments.rows[i]);
}

static const struct value *text_or_null(struct arena *arena, const char *text)
{
    return text ? value_text(arena, text) : NULL;
}

static const struct value *amount_of(struct arena *arena, struct money amount)
{
    char text[MONEY_TEXT_SIZE];
    return value_text(arena, money_format_exact(amount, text));
}

static const struct value *revenue_value(struct arena *arena, const void *row)
{
    const struct record_revenue *revenue = row;
    const struct value_entry entries[] = {
        {"read_at_ms", value_integer(arena, revenue->read_at_ms)},
        {"as_of_ms", value_integer(arena, revenue->as_of_ms)},
        {"fresh_until_ms", value_integer(arena, revenue->fresh_until_ms)},
        {"source", value_text(arena, revenue->source)},
        {"currency", value_text(arena, revenue->gross.currency)},
        {"gross", amount_of(arena, revenue->gross)},
        {"cautious", amount_of(arena, revenue->cautious)},
        {"at_risk", amount_of(arena, revenue->at_risk)},
        {"customers", value_integer(arena, revenue->customers)},
        {"accepted", value_bool(revenue->accepted)},
        {"warnings", revenue->warnings},
        {"parts", revenue->parts},
    };
    return value_map(arena, entries, sizeof entries / sizeof *entries);
}

static const struct value *answer_value(struct arena *arena, const void *row)
{
    const struct record_answer *answer = row;
    const struct value_entry entries[] = {
        {"name", value_text(arena, answer->name)},
        {"value", value_text(arena, answer->value)},
        {"answered_ms", value_integer(arena, answer->answered_ms)},
        {"expires_ms", value_integer(arena, answer->expires_ms)},
    };
    return value_map(arena, entries, sizeof entries / sizeof *entries);
}

static const struct value *evaluation_value(struct arena *arena, const void *row)
{
    const struct record_evaluation *evaluation = row;
    const struct value_entry entries[] = {
        {"rule", value_text(arena, evaluation->rule)},
        {"playbook", text_or_null(arena, evaluation->playbook)},
        {"at_ms", value_integer(arena, evaluation->at_ms)},
        {"state", value_text(arena, evaluation->state)},
        {"is_proposed", value_bool(evaluation->is_proposed)},
        {"past", evaluation->past},
        {"figures", evaluation->figures},
        {"saw", evaluation->saw},
    };
    return value_map(arena, entries, sizeof entries / sizeof *entries);
}

static const struct value *amendment_value(struct arena *arena, const void *row)
{
    const struct record_amendment *amendment = row;
    const struct value_entry entries[] = {
        {"rule", value_text(arena, amendment->rule)},
        {"playbook", text_or_null(arena, amendment->playbook)},
        {"accepted_ms", value_integer(arena, amendment->accepted_ms)},
        {"accepted_by", text_or_null(arena, amendment->accepted_by)},
        {"amend", amendment->amend},
        {"include", text_or_null(arena, amendment->include)},
        {"evidence", amendment->evidence},
    };
    return value_map(arena, entries, sizeof entries / sizeof *entries);
}

typedef const struct value *(*value_of_fn)(struct arena *arena, const void *row);

static const struct value *list_of(struct arena *arena, const void *rows, size_t count,
                                   size_t size, value_of_fn value_of)
{
    const struct value **items = arena_alloc(arena, (count + 1) * sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = value_of(arena, (const char *) rows + i * size);
    return count > 0 ? value_list(arena, items, count) : NULL;
}

struct state_business_lists state_business_lists(struct arena *arena,
                                                 const struct state_business *business)
{
    return (struct state_business_lists){
        .revenues = list_of(arena, business->revenues.rows, business->revenues.count,
                            sizeof *business->revenues.rows, revenue_value),
        .answers = list_of(arena, business->answers.rows, business->answers.count,
                           sizeof *business->answers.rows, answer_value),
        .evaluations =
            list_of(arena, business->evaluations.rows, business->evaluations.count,
                    sizeof *business->evaluations.rows, evaluation_value),
        .amendments =
            list_of(arena, business->amendments.rows, business->amendments.count,
                    sizeof *business->amendments.rows, amendment_value),
    };
}

enum column_kind { TEXT, CURRENCY, MOMENT, CUSTOMERS, FLAG, AMOUNT, LIST, MAP };

struct column {
    const char *key;
    enum column_kind kind;
    bool required;
};

static const struct column of_revenue[] = {{"read_at_ms", MOMENT, true},
                                           {"as_of_ms", MOMENT, true},
                                           {"fresh_until_ms", MOMENT, true},
                                           {"source", TEXT, true},
                                           {"currency", CURRENCY, true},
                                           {"gross", AMOUNT, true},
                                           {"cautious", AMOUNT, true},
                                           {"at_risk", AMOUNT, true},
                                           {"customers", CUSTOMERS, true},
                                           {"accepted", FLAG, true},
                                           {"warnings", LIST, false},
                                           {"parts", LIST, false},
                                           {0}};
static const struct column of_answer[] = {{"name", TEXT, true},
                                          {"value", TEXT, true},
                                          {"answered_ms", MOMENT, true},
                                          {"expires_ms", MOMENT, true},
                                          {0}};
static const struct column of_evaluation[] = {
    {"rule", TEXT, true},        {"at_ms", MOMENT, true},   {"state", TEXT, true},
    {"is_proposed", FLAG, true}, {"past", MAP, false},      {"figures", MAP, false},
    {"saw", LIST, false},        {"playbook", TEXT, false}, {0}};
static const struct column of_amendment[] = {
    {"rule", TEXT, true},         {"accepted_ms", MOMENT, true},
    {"accepted_by", TEXT, false}, {"amend", MAP, false},
    {"include", TEXT, false},     {"evidence", LIST, false},
    {"playbook", TEXT, false},    {0}};

static bool is_text(const struct value *value)
{
    return value->kind == VALUE_STRING && value->string.length > 0 &&
           strlen(value->string.bytes) == value->string.length;
}

static bool is_currency(const struct value *value)
{
    struct money ignored;
    struct fault unheard = {0};
    return is_text(value) && money_parse("0", value->string.bytes, &ignored, &unheard);
}

static bool is_amount(const struct value *value)
{
    struct money amount;
    struct fault unheard = {0};
    return is_text(value) && money_parse(value->string.bytes, "EUR", &amount, &unheard) &&
           amount.units >= 0;
}

static bool fits(const struct value *value, enum column_kind kind)
{
    switch (kind) {
    case TEXT:
        return is_text(value);
    case CURRENCY:
        return is_currency(value);
    case MOMENT:
        return value->kind == VALUE_INTEGER && value->integer > 0 &&
               value->integer <= LAST_MS;
    case CUSTOMERS:
        return value->kind == VALUE_INTEGER && value->integer >= -1 &&
               value->integer <= READING_MOST_CUSTOMERS;
    case FLAG:
        return value->kind == VALUE_BOOL;
    case AMOUNT:
        return is_amount(value);
    case LIST:
        return value->kind == VALUE_LIST;
    case MAP:
        break;
    }
    return value->kind == VALUE_MAP;
}

static const struct column *find_column(const struct column *columns, const char *key)
{
    for (; columns->key; columns++)
        if (strcmp(columns->key, key) == 0)
            return columns;
    return NULL;
}

// NULL: it is as it must be.
static const char *problem_of(struct arena *arena, const struct value *row,
                              const struct column *columns)
{
    if (row->kind != VALUE_MAP)
        return "a row must be a map";
    for (size_t i = 0; i < row->map.count; i++) {
        const struct value_entry *entry = &row->map.entries[i];
        const struct column *column = find_column(columns, entry->key);
        if (!column)
            return arena_format(arena, "a row has no \"%s\"", entry->key);
        if (!fits(entry->value, column->kind))
            return arena_format(arena, "\"%s\" is not what it must be", entry->key);
    }
    for (; columns->key; columns++)
        if (columns->required && !value_find(row, columns->key))
            return arena_format(arena, "\"%s\" is missing", columns->key);
    return NULL;
}

// A list of the document, checked; *count is 0 where it has none.
static bool take_list(struct arena *arena, const struct value *list, const char *name,
                      const struct column *columns, const char **where, const char **why)
{
    *where = name;
    *why = list && list->kind != VALUE_LIST ? "it must be a list" : NULL;
    for (size_t i = 0; !*why && list && i < list->list.count; i++) {
        *where = arena_format(arena, "%s[%zu]", name, i);
        *why = problem_of(arena, list->list.items[i], columns);
    }
    return *why == NULL;
}

static struct money money_of(const struct value *row, const char *key)
{
    struct money amount;
    struct fault unheard = {0}; // it was checked
    if (!money_parse(value_find_text(row, key, "0"), value_find_text(row, "currency", ""),
                     &amount, &unheard))
        return money_zero("");
    return amount;
}

static void take_revenue(const struct value *row, void *revenue)
{
    *(struct record_revenue *) revenue = (struct record_revenue){
        .read_at_ms = value_find_integer(row, "read_at_ms", 0),
        .as_of_ms = value_find_integer(row, "as_of_ms", 0),
        .fresh_until_ms = value_find_integer(row, "fresh_until_ms", 0),
        .source = value_find_text(row, "source", NULL),
        .gross = money_of(row, "gross"),
        .cautious = money_of(row, "cautious"),
        .at_risk = money_of(row, "at_risk"),
        .customers = value_find_integer(row, "customers", -1),
        .accepted = value_find_bool(row, "accepted", false),
        .warnings = value_find(row, "warnings"),
        .parts = value_find(row, "parts"),
    };
}

static void take_answer(const struct value *row, void *answer)
{
    *(struct record_answer *) answer = (struct record_answer){
        .name = value_find_text(row, "name", NULL),
        .value = value_find_text(row, "value", NULL),
        .answered_ms = value_find_integer(row, "answered_ms", 0),
        .expires_ms = value_find_integer(row, "expires_ms", 0),
    };
}

static void take_evaluation(const struct value *row, void *evaluation)
{
    *(struct record_evaluation *) evaluation = (struct record_evaluation){
        .rule = value_find_text(row, "rule", NULL),
        .at_ms = value_find_integer(row, "at_ms", 0),
        .state = value_find_text(row, "state", NULL),
        .is_proposed = value_find_bool(row, "is_proposed", false),
        .past = value_find(row, "past"),
        .figures = value_find(row, "figures"),
        .saw = value_find(row, "saw"),
        .playbook = value_find_text(row, "playbook", NULL),
    };
}

static void take_amendment(const struct value *row, void *amendment)
{
    *(struct record_amendment *) amendment = (struct record_amendment){
        .rule = value_find_text(row, "rule", NULL),
        .accepted_ms = value_find_integer(row, "accepted_ms", 0),
        .accepted_by = value_find_text(row, "accepted_by", NULL),
        .amend = value_find(row, "amend"),
        .include = value_find_text(row, "include", NULL),
        .evidence = value_find(row, "evidence"),
        .playbook = value_find_text(row, "playbook", NULL),
    };
}

typedef void (*take_fn)(const struct value *item, void *row);

static void *take_rows(struct arena *arena, const struct value *list, size_t size,
                       take_fn take, size_t *count)
{
    *count = list ? list->list.count : 0;
    char *rows = arena_alloc(arena, (*count + 1) * size);
    for (size_t i = 0; i < *count; i++)
        take(list->list.items[i], rows + i * size);
    return rows;
}

static void take_all(struct arena *arena, const struct state_business_lists *lists,
                     struct state_business *business)
{
    business->revenues.rows =
        take_rows(arena, lists->revenues, sizeof(struct record_revenue), take_revenue,
                  &business->revenues.count);
    business->answers.rows =
        take_rows(arena, lists->answers, sizeof(struct record_answer), take_answer,
                  &business->answers.count);
    business->evaluations.rows =
        take_rows(arena, lists->evaluations, sizeof(struct record_evaluation),
                  take_evaluation, &business->evaluations.count);
    business->amendments.rows =
        take_rows(arena, lists->amendments, sizeof(struct record_amendment),
                  take_amendment, &business->amendments.count);
}

bool state_business_read(struct arena *arena, const struct value *document,
                         struct state_business *business, const char **where,
                         const char **why)
{
    struct state_business_lists lists = {
        .revenues = value_find(document, "revenues"),
        .answers = value_find(document, "answers"),
        .evaluations = value_find(document, "evaluations"),
        .amendments = value_find(document, "amendments"),
    };
    if (!take_list(arena, lists.revenues, "revenues", of_revenue, where, why) ||
        !take_list(arena, lists.answers, "answers", of_answer, where, why) ||
        !take_list(arena, lists.evaluations, "evaluations", of_evaluation, where, why) ||
        !take_list(arena, lists.amendments, "amendments", of_amendment, where, why))
        return false;
    take_all(arena, &lists, business);
    return true;
}
