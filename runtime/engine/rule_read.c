// SPDX-License-Identifier: MIT
#include "engine/rule_read.h"

#include <string.h>

#include "base/calendar.h"
#include "engine/rule_term.h"
#include "engine/schema.h"
#include "engine/share.h"

#define WINDOW_MS (7 * CALENDAR_DAY_MS)
#define HUNDRED   ((struct money){100 * MONEY_UNIT, ""})

struct reader {
    struct arena *arena;
    const struct value *table;
    struct rule *rule;
    bool has_window;
    struct fault *fault;
};

static bool refuse(struct reader *reader, const char *what)
{
    return fault_set(reader->fault, FAULT_ERROR, "rule \"%s\": %s", reader->rule->name,
                     what);
}

// That the map has no other keys than those.
static bool check_words(struct reader *reader, const struct value *map, const char *of,
                        const char *const *known, size_t count)
{
    for (size_t i = 0; i < map->map.count; i++) {
        const char *word = map->map.entries[i].key;
        bool is_known = false;
        for (size_t k = 0; k < count; k++)
            is_known = is_known || strcmp(known[k], word) == 0;
        if (is_known)
            continue;
        const char *near = schema_nearest(word, known, count);
        refuse(reader, arena_format(reader->arena, "%s takes no %s", of, word));
        return near != NULL ? fault_next(reader->fault, "did you mean %s?", near)
                            : fault_next(reader->fault, "see docs/RULES.md");
    }
    return true;
}

// *map is what stands there, or NULL.
static bool read_map(struct reader *reader, const char *name, const struct value **map)
{
    *map = value_find(reader->table, name);
    if (*map == NULL || (*map)->kind == VALUE_MAP)
        return true;
    return refuse(reader, arena_format(reader->arena, "%s = must be a table", name));
}

// *text is what stands there, or NULL.
static bool read_text(struct reader *reader, const struct value *map, const char *name,
                      const char **text)
{
    const struct value *value = value_find(map, name);
    *text = value != NULL && value->kind == VALUE_STRING ? value->string.bytes : NULL;
    if (value == NULL || (*text != NULL && **text != '\0'))
        return true;
    return refuse(reader, arena_format(reader->arena, "%s = must be a text", name));
}

static bool read_span(struct reader *reader, const struct value *map, const char *name,
                      struct rule_span *span)
{
    const char *text = NULL;
    struct fault ignored;
    if (!read_text(reader, map, name, &text))
        return false;
    if (text == NULL || rule_term_parse_span(text, span, &ignored))
        return true;
    return refuse(reader,
                  arena_format(reader->arena, "%s = \"14d\" or \"3 months\", not \"%s\"",
                               name, text));
}

// Money is compared with money, and nothing else is.
static bool check_unit(struct reader *reader, const struct rule_term *term)
{
    bool is_money, has_currency = *term->currency != '\0';
    bool of_business = rule_term_is_of_business(term->figure, &is_money);
    if (of_business && term->kind == RULE_ANSWER) {
        refuse(reader,
               arena_format(reader->arena, "%s is a figure, no answer of yes or no",
                            term->figure));
        return fault_next(reader->fault, "compare it: %s = \"> …\"", term->figure);
    }
    if (term->kind == RULE_ANSWER || is_money == has_currency)
        return true;
    refuse(reader, arena_format(reader->arena, "%s = \"%s\": %s", term->figure,
                                term->text, is_money ? "it is money" : "it is no money"));
    return is_money ? fault_next(reader->fault, "write the currency: \"> $500\"")
                    : fault_next(reader->fault, "write a plain number: \"> 50\"");
}

static bool read_term(struct reader *reader, const char *figure,
                      const struct value *value, struct rule_term *term)
{
    bool is_money;
    bool of_business = rule_term_is_of_business(figure, &is_money);
    if (value->kind != VALUE_STRING)
        return refuse(reader,
                      arena_format(reader->arena,
                                   "%s = must be a text: \"> 50\", or \"yes\"", figure));
    if (!rule_term_parse(reader->arena, figure, of_business ? RULE_FIGURE : RULE_MEASURED,
                         value->string.bytes, term, reader->fault))
        return fault_while(reader->fault, "reading rule \"%s\"", reader->rule->name);
    return check_unit(reader, term);
}

// What is no comparison: the time to look back over, the condition in words.
static bool is_word(const char *key)
{
    return strcmp(key, "over") == 0 || strcmp(key, "text") == 0;
}

static bool read_terms(struct reader *reader, const char *name, const struct value *map,
                       struct rule_terms *terms)
{
    if (map->kind != VALUE_MAP)
        return refuse(reader, arena_format(reader->arena,
                                           "%s = must be a table of comparisons", name));
    terms->items =
        arena_alloc(reader->arena, (map->map.count + 1) * sizeof *terms->items);
    terms->count = 0;
    for (size_t i = 0; i < map->map.count; i++) {
        const struct value_entry *entry = &map->map.entries[i];
        if (!is_word(entry->key) &&
            !read_term(reader, entry->key, entry->value, &terms->items[terms->count++]))
            return false;
    }
    if (terms->count > 0)
        return true;
    return refuse(reader, arena_format(reader->arena, "%s = says nothing", name));
}

static bool read_window(struct reader *reader, const char *name, const struct value *map)
{
    struct rule_span window = reader->rule->window;
    if (value_find(map, "over") == NULL)
        return true;
    if (strcmp(name, "when") == 0 || strcmp(name, "release") == 0) {
        refuse(reader, arena_format(reader->arena, "%s takes no over", name));
        return fault_next(reader->fault, "over is of what is measured: evidence, fit, "
                                         "metric; hold = \"14d\" is of the rule");
    }
    if (!read_span(reader, map, "over", &window))
        return false;
    bool same = window.ms == reader->rule->window.ms &&
                window.months == reader->rule->window.months;
    if (reader->has_window && !same)
        return refuse(reader, "over is said twice, and not the same");
    reader->has_window = true;
    reader->rule->window = window;
    return true;
}

// A table of comparisons, or a list of such tables, or { any = list, over = … }.
static bool read_condition(struct reader *reader, const char *name,
                           struct rule_condition *condition)
{
    const struct value *value = value_find(reader->table, name);
    if (value == NULL)
        return true;
    const struct value *any = value_find(value, "any");
    if (value->kind == VALUE_MAP && !read_window(reader, name, value))
        return false;
    for (size_t i = 0; any != NULL && i < value->map.count; i++)
        if (!is_word(value->map.entries[i].key) && value->map.entries[i].value != any)
            return refuse(reader,
                          arena_format(reader->arena, "%s: beside any = { … } stands %s",
                                       name, value->map.entries[i].key));
    if (any == NULL)
        any = value;
    bool many = any->kind == VALUE_LIST;
    condition->count = many ? any->list.count : 1;
    condition->any =
        arena_alloc(reader->arena, (condition->count + 1) * sizeof *condition->any);
    for (size_t i = 0; i < condition->count; i++)
        if (!read_terms(reader, name, many ? any->list.items[i] : any,
                        &condition->any[i]))
            return false;
    return condition->count > 0 ||
           refuse(reader, arena_format(reader->arena, "%s = says nothing", name));
}

// metric = "what it is for", or comparisons with or without text = "…".
static bool read_metric(struct reader *reader)
{
    const struct value *metric = value_find(reader->table, "metric");
    if (metric != NULL && metric->kind == VALUE_STRING)
        return read_text(reader, reader->table, "metric", &reader->rule->metric_text);
    return read_condition(reader, "metric", &reader->rule->metric) &&
           read_text(reader, metric, "text", &reader->rule->metric_text);
}

static bool read_percent(struct reader *reader, const struct value *afford,
                         const char *name, int64_t *percent)
{
    const char *text = NULL;
    struct money part = {*percent, ""};
    if (!read_text(reader, afford, name, &text))
        return false;
    if (text != NULL && !share_of(text, HUNDRED, &part))
        return refuse(
            reader, arena_format(reader->arena, "%s = \"10%%\", not \"%s\"", name, text));
    *percent = part.units;
    return true;
}

static bool read_afford(struct reader *reader)
{
    static const char *const known[] = {"below", "warn"};
    const struct value *afford = NULL;
    struct rule *rule = reader->rule;
    if (!read_map(reader, "afford", &afford))
        return false;
    rule->has_afford = afford != NULL;
    if (afford == NULL)
        return true;
    if (!check_words(reader, afford, "afford", known, 2) ||
        !read_percent(reader, afford, "below", &rule->afford_below))
        return false;
    rule->afford_warn = rule->afford_below;
    if (!read_percent(reader, afford, "warn", &rule->afford_warn))
        return false;
    if (value_find(afford, "below") == NULL)
        return refuse(reader, "afford wants below = \"10%\"");
    return rule->afford_warn >= rule->afford_below ||
           refuse(reader, "afford: warn is less than below");
}

static bool read_amend(struct reader *reader, const struct value *amend)
{
    if (amend == NULL)
        return true;
    bool sound = amend->kind == VALUE_MAP && amend->map.count > 0;
    for (size_t i = 0; sound && i < amend->map.count; i++) {
        const struct value *changes = amend->map.entries[i].value;
        sound = changes->kind == VALUE_MAP && changes->map.count > 0;
    }
    if (!sound) {
        refuse(reader, "amend = must be a table of addresses");
        return fault_next(reader->fault, "amend = { [\"hetzner.server/app\"] = { type = "
                                         "\"cx33\" } }");
    }
    if (!value_is_known(amend) || value_has_secret(amend)) {
        refuse(reader, "amend takes plain data only");
        return fault_why(reader->fault, "it is kept in state once it is accepted");
    }
    reader->rule->amend = amend;
    return true;
}

static bool read_proposed(struct reader *reader, const struct value *propose)
{
    static const char *const known[] = {"amend", "include", "text"};
    struct rule *rule = reader->rule;
    return check_words(reader, propose, "propose", known, 3) &&
           read_amend(reader, value_find(propose, "amend")) &&
           read_text(reader, propose, "include", &rule->include) &&
           read_text(reader, propose, "text", &rule->text);
}

static bool read_proposal(struct reader *reader)
{
    const struct value *propose = NULL;
    return read_map(reader, "propose", &propose) &&
           (propose == NULL || read_proposed(reader, propose));
}

bool rule_read_proposal(struct arena *arena, const struct value *proposal,
                        struct rule *rule, struct fault *fault)
{
    struct reader reader = {arena, NULL, rule, false, fault};
    bool is_text = proposal != NULL && proposal->kind == VALUE_STRING;
    rule->amend = NULL;
    rule->include = rule->text = rule->idle = NULL;
    if (proposal != NULL && proposal->kind == VALUE_MAP)
        return read_proposed(&reader, proposal);
    if (is_text && *proposal->string.bytes != '\0') {
        rule->idle = proposal->string.bytes;
        return true;
    }
    refuse(&reader, "propose must give a table, or a text that says why there is nothing "
                    "to propose");
    return fault_next(fault, "return { text = \"…\" }");
}

static bool read_times(struct reader *reader)
{
    struct rule *rule = reader->rule;
    const struct value *table = reader->table;
    return read_span(reader, table, "hold", &rule->hold) &&
           read_span(reader, table, "release_hold", &rule->release_hold) &&
           read_span(reader, table, "cooldown", &rule->cooldown);
}

bool rule_read(struct arena *arena, const char *name, const struct value *table,
               struct rule *rule, struct fault *fault)
{
    static const char *const known[] = {"afford",  "cooldown", "doc",         "evidence",
                                        "fit",     "hold",     "metric",      "propose",
                                        "release", "when",     "release_hold"};
    struct reader reader = {arena, table, rule, false, fault};
    *rule = (struct rule){.name = name, .window = {.ms = WINDOW_MS}};
    if (!check_words(&reader, table, "it", known, sizeof known / sizeof *known) ||
        !read_text(&reader, table, "doc", &rule->doc) || !read_times(&reader) ||
        !read_condition(&reader, "when", &rule->when) ||
        !read_condition(&reader, "evidence", &rule->evidence) ||
        !read_condition(&reader, "release", &rule->release) ||
        !read_condition(&reader, "fit", &rule->fit) || !read_metric(&reader) ||
        !read_afford(&reader) || !read_proposal(&reader))
        return false;
    if (rule->when.count > 0 || rule->evidence.count > 0)
        return true;
    refuse(&reader, "it never opens: it says neither when nor evidence");
    return fault_next(fault, "when = { revenue = \"> $500\" }");
}
