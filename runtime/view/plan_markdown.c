// SPDX-License-Identifier: MIT
#include "view/plan_markdown.h"

#include <stdlib.h>
#include <string.h>

#include "view/github.h"
#include "view/markdown.h"
#include "view/plan_view.h"

static bool is_told(const struct change *change)
{
    return plan_does(change) && change->action != CHANGE_CHECK && !change->is_half &&
           change->skipped == NULL;
}

static const char *reason_of(const struct change *change, struct arena *arena)
{
    if (change->verdict == VERDICT_MAY)
        return arena_format(arena, "may change: %s",
                            change->because ? change->because : change->reason);
    return change->reason ? change->reason : "";
}

// What it does to those who use it, behind the reason.
static const char *words_of(const struct change *change, struct arena *arena)
{
    const struct preview *preview = change->preview;
    const char *words = reason_of(change, arena);
    if (preview && preview->downtime)
        words = arena_format(arena, "%s; downtime: %s", words, preview->downtime);
    if (preview && preview->data_at_risk)
        words = arena_format(arena, "%s; data at risk: %s", words, preview->data_at_risk);
    return words;
}

static void print_changes(const struct terminal *terminal, const struct plan *plan,
                          struct arena *arena)
{
    bool any = false;
    for (size_t i = 0; i < plan->change_count; i++) {
        const struct change *change = &plan->changes[i];
        if (!is_told(change))
            continue;
        if (!any)
            terminal_print(terminal, TERMINAL_PLAIN,
                           "| change | what | why |\n|---|---|---|\n");
        any = true;
        terminal_print(terminal, TERMINAL_PLAIN, "| %s | %s | %s |\n",
                       plan_action_name(change->action),
                       markdown_plain(arena, change->address),
                       markdown_plain(arena, words_of(change, arena)));
    }
    if (any)
        terminal_print(terminal, TERMINAL_PLAIN, "\n");
}

void plan_markdown_print(const struct terminal *terminal, const struct plan *plan)
{
    struct arena arena;
    arena_init(&arena, 0);
    terminal_print(terminal, TERMINAL_PLAIN, "### Plan of %s\n\n",
                   markdown_plain(&arena, plan->playbook ? plan->playbook : "all"));
    for (size_t i = 0; i < plan->warning_count; i++)
        terminal_print(terminal, TERMINAL_PLAIN, "- **Warning:** %s\n",
                       markdown_plain(&arena, plan->warnings[i]));
    if (plan->warning_count > 0)
        terminal_print(terminal, TERMINAL_PLAIN, "\n");
    print_changes(terminal, plan, &arena);
    terminal_print(terminal, TERMINAL_PLAIN, "```text\n");
    plan_view_summary(terminal, plan);
    plan_view_cost(terminal, plan);
    terminal_print(terminal, TERMINAL_PLAIN, "```\n\n");
    arena_clear(&arena);
}

void plan_markdown_annotate(const struct terminal *terminal, const struct plan *plan)
{
    struct arena arena;
    arena_init(&arena, 0);
    for (size_t i = 0; i < plan->change_count; i++) {
        const struct change *change = &plan->changes[i];
        if (!is_told(change))
            continue;
        const char *colon = change->where ? strrchr(change->where, ':') : NULL;
        bool loses = change->action == CHANGE_REPLACE || change->action == CHANGE_DELETE;
        const struct github_note note = {
            .level = loses ? "warning" : "notice",
            .file = colon ? arena_copy(&arena, change->where,
                                       (size_t) (colon - change->where))
                          : NULL,
            .line = colon ? (int) strtol(colon + 1, NULL, 10) : 0,
            .title = arena_format(&arena, "%s %s", plan_action_name(change->action),
                                  change->address),
            .words = words_of(change, &arena),
        };
        github_annotate(terminal, &note);
    }
    arena_clear(&arena);
}
