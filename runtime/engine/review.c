// SPDX-License-Identifier: MIT
#include "engine/review.h"

#include <string.h>

#include "base/calendar.h"
#include "engine/rule_look.h"
#include "engine/rule_term.h"
#include "engine/schema.h"

const char *const review_figures[] = {"alerts",      "at_risk",       "backup_hours",
                                      "churn",       "cost",          "cost_per_customer",
                                      "cpu",         "customers",     "disk",
                                      "drill_days",  "failed_checks", "failed_urls",
                                      "gross",       "hosts",         "memory",
                                      "monitors",    "p95_ms",        "revenue",
                                      "secret_days", "secrets_due",   "servers",
                                      "share",       "sites",         "stale_hosts",
                                      "uptime_30d",  "uptime_7d",     NULL};

#define FIGURES (sizeof review_figures / sizeof *review_figures - 1)

const char *review_word(enum rule_truth truth)
{
    static const char *const words[] = {"missed", "met", "not known"};
    return words[truth];
}

static bool is_one_of(const char *word, const char *const *known, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(known[i], word) == 0)
            return true;
    return false;
}

static void refuse_word(struct arena *arena, const char *what, const char *word,
                        const char *const *known, size_t count, struct fault *fault)
{
    const char *near = schema_nearest(word, known, count);
    const char *list = "";
    for (size_t i = 0; i < count; i++)
        list = arena_format(arena, "%s%s%s", list, i > 0 ? ", " : "", known[i]);
    fault_set(fault, FAULT_ERROR, "%s \"%s\"", what, word);
    fault_why(fault, "known are: %s", list);
    if (near != NULL)
        fault_next(fault, "did you mean \"%s\"?", near);
}

// *text is what stands there, or NULL.
static bool read_text(struct arena *arena, const struct value *table, const char *name,
                      const char **text, struct fault *fault)
{
    const struct value *value = value_find(table, name);
    *text = value != NULL && value->kind == VALUE_STRING && value->string.length > 0
                ? arena_text(arena, value->string.bytes)
                : NULL;
    return value == NULL || *text != NULL ||
           fault_set(fault, FAULT_ERROR, "%s = must be a text", name);
}

static bool read_term(struct arena *arena, const struct value_entry *entry,
                      struct rule_term *term, struct fault *fault)
{
    if (!is_one_of(entry->key, review_figures, FIGURES)) {
        refuse_word(arena, "there is no figure", entry->key, review_figures, FIGURES,
                    fault);
        return false;
    }
    if (entry->value->kind != VALUE_STRING)
        return fault_set(fault, FAULT_ERROR, "%s = must be a text: \"< 10%%\"",
                         entry->key);
    if (!rule_term_parse(arena, entry->key, RULE_FIGURE, entry->value->string.bytes, term,
                         fault))
        return false;
    if (term->kind != RULE_ANSWER)
        return true;
    fault_set(fault, FAULT_ERROR, "%s is a figure, and no answer", entry->key);
    return fault_next(fault, "compare it, \"< 10\"; a person is asked by ask = \"…?\"");
}

static bool read_terms(struct arena *arena, const struct value *when,
                       struct rule_terms *terms, struct fault *fault)
{
    *terms = (struct rule_terms){0};
    if (when == NULL)
        return true;
    if (when->kind != VALUE_MAP || when->map.count == 0) {
        fault_set(fault, FAULT_ERROR, "when = must be a table of comparisons");
        return fault_next(fault, "when = { share = \"< 10%%\" }");
    }
    terms->items = arena_alloc(arena, when->map.count * sizeof *terms->items);
    for (size_t i = 0; i < when->map.count; i++)
        if (!read_term(arena, &when->map.entries[i], &terms->items[terms->count++],
                       fault))
            return false;
    return true;
}

static bool read_optional(const struct value *table, bool *is_optional,
                          struct fault *fault)
{
    const struct value *value = value_find(table, "optional");
    *is_optional = value != NULL && value->kind == VALUE_BOOL && value->boolean;
    return value == NULL || value->kind == VALUE_BOOL ||
           fault_set(fault, FAULT_ERROR, "optional = must be true or false");
}

static bool read_all(struct arena *arena, const struct value *table,
                     struct review_line *line, struct fault *fault)
{
    static const char *const known[] = {"ask", "optional", "part", "text", "when"};
    const size_t count = sizeof known / sizeof *known;
    for (size_t i = 0; i < table->map.count; i++)
        if (!is_one_of(table->map.entries[i].key, known, count)) {
            refuse_word(arena, "it takes no", table->map.entries[i].key, known, count,
                        fault);
            return false;
        }
    if (!read_text(arena, table, "text", &line->text, fault) ||
        !read_text(arena, table, "part", &line->part, fault) ||
        !read_text(arena, table, "ask", &line->ask, fault) ||
        !read_optional(table, &line->is_optional, fault) ||
        !read_terms(arena, value_find(table, "when"), &line->when, fault))
        return false;
    if (line->text == NULL)
        return fault_set(fault, FAULT_ERROR, "its text is missing");
    if (line->when.count == 0 && line->ask == NULL) {
        fault_set(fault, FAULT_ERROR, "nothing says whether it is so");
        return fault_next(fault, "add when = { share = \"< 10%%\" }, or ask = \"…?\"");
    }
    return true;
}

bool review_read(struct arena *arena, const char *name, const struct value *table,
                 struct review_line *line, struct fault *fault)
{
    *line = (struct review_line){.name = arena_text(arena, name), .part = ""};
    if (strcmp(name, "review") == 0)
        return fault_set(fault, FAULT_ERROR,
                         "no line can be called \"review\": that is "
                         "the whole of them");
    if (!read_all(arena, table, line, fault))
        return fault_while(fault, "reading review \"%s\"", name);
    line->part = line->part != NULL ? line->part : "";
    return true;
}

static const char *join(struct arena *arena, const struct rule_view *view)
{
    const char *text = "";
    for (size_t i = 0; i < view->count; i++)
        text = arena_format(arena, "%s%s%s", text, i > 0 ? "; " : "", view->saw[i].text);
    return text;
}

static const struct record_answer *find(const struct record_answers *answers,
                                        const char *name)
{
    for (size_t i = 0; i < answers->count; i++)
        if (strcmp(answers->rows[i].name, name) == 0)
            return &answers->rows[i];
    return NULL;
}

static const char *day(int64_t unix_ms, char buffer[CALENDAR_TEXT_SIZE])
{
    return calendar_format(calendar_date_of(unix_ms), buffer);
}

static void look_at_answer(const struct review_line *line, int64_t now_ms,
                           const struct record_answer *answer, struct arena *arena,
                           struct review_found *found)
{
    char given[CALENDAR_TEXT_SIZE], until[CALENDAR_TEXT_SIZE];
    found->next = arena_format(arena, "pipster review answer %s \"yes\"", line->name);
    found->text = line->ask;
    if (answer == NULL)
        return;
    day(answer->answered_ms, given);
    day(answer->expires_ms, until);
    if (now_ms >= answer->expires_ms) {
        found->text = arena_format(arena, "%s \"%s\", of %s, counted until %s", line->ask,
                                   answer->value, given, until);
        return;
    }
    found->next = NULL;
    found->answer = answer;
    found->truth = strcmp(answer->value, "no") == 0 ? RULE_FALSE : RULE_TRUE;
    found->text = arena_format(arena, "\"%s\", answered on %s, counts until %s",
                               answer->value, given, until);
}

void review_look(const struct review_line *line, const struct rule_input *input,
                 const struct record_answers *answers, struct arena *arena,
                 struct review_found *found)
{
    *found = (struct review_found){.truth = RULE_UNKNOWN, .text = ""};
    if (line->when.count > 0) {
        struct rule_terms all = line->when;
        const struct rule_condition condition = {&all, 1};
        const struct rule_world world = {input, NULL, 0};
        struct rule_view view;
        found->truth = rule_look(&condition, &world, arena, &view);
        found->text = join(arena, &view);
    }
    if (found->truth == RULE_UNKNOWN && line->ask != NULL)
        look_at_answer(line, input->now_ms, find(answers, line->name), arena, found);
}
