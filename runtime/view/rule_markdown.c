// SPDX-License-Identifier: MIT
#include "view/rule_markdown.h"

#include <string.h>

#include "value/json.h"
#include "view/github.h"
#include "view/markdown.h"

static void print_item(const struct terminal *terminal, struct arena *arena,
                       const char *label, const char *words)
{
    terminal_print(terminal, TERMINAL_PLAIN, "- **%s:** %s\n", label,
                   markdown_plain(arena, words));
}

// Alternatives one behind the other.
static void print_view(const struct terminal *terminal, struct arena *arena,
                       const char *label, const struct rule_condition *condition,
                       const struct rule_view *view)
{
    static const char *const marks[] = {"✗", "✓", "?"};
    size_t at = 0;
    for (size_t i = 0; i < condition->count; i++)
        for (size_t k = 0; k < condition->any[i].count; k++, at++)
            terminal_print(terminal, TERMINAL_PLAIN, "- %s %s%s%s\n",
                           marks[view->saw[at].truth], at == 0 ? label : "",
                           k == 0 && i > 0 ? "or: " : "",
                           markdown_plain(arena, view->saw[at].text));
}

static void print_amended(const struct terminal *terminal, struct arena *arena,
                          const struct value *amend)
{
    for (size_t i = 0; amend && i < amend->map.count; i++) {
        const struct value_entry *thing = &amend->map.entries[i];
        for (size_t k = 0; k < thing->value->map.count; k++) {
            const struct value_entry *change = &thing->value->map.entries[k];
            struct text text;
            text_init(&text, 0);
            json_write(&text, change->value, NULL, NULL);
            const char *words =
                arena_format(arena, "%s %s = %s", thing->key, change->key, text.bytes);
            terminal_print(terminal, TERMINAL_PLAIN, "- **Proposes:** %s\n",
                           markdown_code(arena, words));
            text_clear(&text);
        }
    }
}

static void print_proposal(const struct terminal *terminal, struct arena *arena,
                           const struct rule_shown *shown)
{
    const struct rule *rule = shown->rule;
    if (rule->text)
        print_item(terminal, arena, "Proposes", rule->text);
    if (rule->idle)
        print_item(terminal, arena, "Proposes nothing", rule->idle);
    print_amended(terminal, arena, rule->amend);
    if (rule->include)
        terminal_print(terminal, TERMINAL_PLAIN, "- **Proposes:** include %s\n",
                       markdown_code(arena, rule->include));
    const char *price = rule_view_price(shown, arena);
    if (price)
        print_item(terminal, arena, "Costs", price);
    if (shown->is_priced && shown->is_more)
        print_item(terminal, arena, "Not priced", shown->unpriced);
}

static void print_next(const struct terminal *terminal, struct arena *arena,
                       const struct rule_shown *shown)
{
    const struct rule_verdict *verdict = &shown->verdict;
    if (verdict->waits && verdict->waits != shown->rule->idle)
        print_item(terminal, arena, "Waits", verdict->waits);
    if (verdict->warning)
        print_item(terminal, arena, "Warning", verdict->warning);
    if (!verdict->is_proposed)
        return;
    const char *verb = verdict->state == RULE_FALLING ? "withdraw" : "accept";
    const char *command =
        arena_format(arena, "pipster rules %s %s", verb, shown->rule->name);
    terminal_print(terminal, TERMINAL_PLAIN, "- **Next:** %s\n",
                   markdown_code(arena, command));
}

void rule_markdown_print(const struct terminal *terminal, const struct rule_shown *shown)
{
    const struct rule *rule = shown->rule;
    const struct rule_verdict *verdict = &shown->verdict;
    struct arena arena;
    arena_init(&arena, 0);
    terminal_print(terminal, TERMINAL_PLAIN, "### %s: %s\n\n",
                   markdown_plain(&arena, rule->name),
                   markdown_plain(&arena, rule_view_state(shown, &arena)));
    if (rule->doc)
        terminal_print(terminal, TERMINAL_PLAIN, "%s\n\n",
                       markdown_plain(&arena, rule->doc));
    print_view(terminal, &arena, "", &rule->when, &verdict->when);
    print_view(terminal, &arena, "evidence: ", &rule->evidence, &verdict->evidence);
    if (verdict->past.is_open) {
        print_view(terminal, &arena, "release: ", &rule->release, &verdict->release);
        print_view(terminal, &arena, "fit: ", &rule->fit, &verdict->fit);
    }
    print_proposal(terminal, &arena, shown);
    print_next(terminal, &arena, shown);
    terminal_print(terminal, TERMINAL_PLAIN, "\n");
    arena_clear(&arena);
}

static bool has_unknown(const struct rule_view *view)
{
    for (size_t i = 0; i < view->count; i++)
        if (view->saw[i].truth == RULE_UNKNOWN)
            return true;
    return false;
}

static const char *first_unknown(const struct rule_view *view)
{
    for (size_t i = 0; i < view->count; i++)
        if (view->saw[i].truth == RULE_UNKNOWN)
            return view->saw[i].text;
    return NULL;
}

static const char *words_of(const struct rule_shown *shown, struct arena *arena)
{
    const struct rule_verdict *verdict = &shown->verdict;
    const char *price = rule_view_price(shown, arena);
    if (verdict->state == RULE_BLOCKED)
        return verdict->waits ? verdict->waits : "it costs too much";
    if (verdict->is_proposed)
        return arena_format(
            arena, "%s%s%s; pipster rules %s %s",
            shown->rule->text ? shown->rule->text : rule_view_state(shown, arena),
            price ? ": " : "", price ? price : "",
            verdict->state == RULE_FALLING ? "withdraw" : "accept", shown->rule->name);
    return has_unknown(&verdict->when) ? first_unknown(&verdict->when) : NULL;
}

void rule_markdown_annotate(const struct terminal *terminal,
                            const struct rule_shown *shown)
{
    struct arena arena;
    arena_init(&arena, 0);
    const char *words = words_of(shown, &arena);
    bool is_proposed = shown->verdict.is_proposed;
    const struct github_note note = {
        .level = shown->verdict.state == RULE_BLOCKED ? "error"
                 : is_proposed                        ? "warning"
                                                      : "notice",
        .file = shown->rule->file,
        .line = shown->rule->line,
        .title = arena_format(&arena, "rule %s", shown->rule->name),
        .words = words,
    };
    if (words)
        github_annotate(terminal, &note);
    arena_clear(&arena);
}
