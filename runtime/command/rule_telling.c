// SPDX-License-Identifier: MIT
#include "command/rule_telling.h"

#include <string.h>

#include "base/clock.h"
#include "view/github.h"
#include "view/markdown.h"
#include "view/rule_markdown.h"

static bool is_asked(const struct rule_shown *shown, const char *only)
{
    return only == NULL || strcmp(only, shown->rule->name) == 0;
}

static void print_words(const struct workbench *bench, const struct judging *judging,
                        const char *only)
{
    bool is_first = true;
    for (size_t i = 0; i < judging->count; i++) {
        const struct rule_shown *shown = &judging->rules[i];
        if (!is_asked(shown, only))
            continue;
        if (bench->options->json)
            rule_view_json(stdout, shown);
        else {
            terminal_print(&bench->out, TERMINAL_PLAIN, "%s", is_first ? "" : "\n");
            rule_view_print(&bench->out, shown);
        }
        is_first = false;
    }
}

void rule_telling_missed(const struct workbench *bench, const struct rule_missed *missed,
                         size_t count)
{
    struct arena arena;
    arena_init(&arena, 0);
    for (size_t i = 0; i < count; i++)
        if (bench->options->json)
            rule_view_json_missed(stdout, &missed[i]);
        else
            terminal_print(&bench->out, TERMINAL_YELLOW, "Note: %s\n",
                           rule_view_missed(&missed[i], &arena));
    arena_clear(&arena);
}

static void print_markdown_missed(const struct terminal *terminal,
                                  const struct judging *judging)
{
    struct arena arena;
    arena_init(&arena, 0);
    for (size_t i = 0; i < judging->missed_count; i++)
        terminal_print(
            terminal, TERMINAL_PLAIN, "- **Left out:** %s\n",
            markdown_plain(&arena, rule_view_missed(&judging->missed[i], &arena)));
    arena_clear(&arena);
}

static void print_markdown(const struct terminal *terminal, const struct judging *judging,
                           const char *only)
{
    if (only == NULL)
        print_markdown_missed(terminal, judging);
    for (size_t i = 0; i < judging->count; i++)
        if (is_asked(&judging->rules[i], only))
            rule_markdown_print(terminal, &judging->rules[i]);
}

// The log of the step, its annotations, and its summary where there is one.
static bool print_github(const struct workbench *bench, const struct judging *judging,
                         const char *only, struct fault *fault)
{
    FILE *summary = NULL;
    struct terminal terminal;
    for (size_t i = 0; i < judging->count; i++)
        if (is_asked(&judging->rules[i], only))
            rule_markdown_annotate(&bench->out, &judging->rules[i]);
    if (!github_open_summary(&summary, fault))
        return false;
    if (summary == NULL)
        return true;
    terminal_init(&terminal, summary, false);
    print_markdown(&terminal, judging, only);
    return github_close_summary(summary, fault);
}

bool rule_telling_print(const struct workbench *bench, const struct judging *judging,
                        const char *only, struct fault *fault)
{
    const char *format = bench->options->format;
    if (format != NULL && strcmp(format, "markdown") == 0) {
        print_markdown(&bench->out, judging, only);
        return true;
    }
    print_words(bench, judging, only);
    if (only == NULL)
        rule_telling_missed(bench, judging->missed, judging->missed_count);
    return format == NULL || print_github(bench, judging, only, fault);
}

bool rule_telling_price(struct judging_price *price, struct judging *judging,
                        const char *only, struct fault *fault)
{
    for (size_t i = 0; i < judging->count; i++) {
        const struct rule_shown *shown = &judging->rules[i];
        bool is_named = only != NULL && strcmp(only, shown->rule->name) == 0;
        bool is_near =
            shown->verdict.state != RULE_CLOSED && shown->verdict.state != RULE_ACCEPTED;
        if ((is_named || (is_near && only == NULL)) &&
            !judging_price_ask(price, judging, i, fault))
            return false;
    }
    return true;
}

int rule_telling_code(const struct judging *judging, const char *only)
{
    int code = 0;
    for (size_t i = 0; i < judging->count; i++) {
        const struct rule_shown *shown = &judging->rules[i];
        if (!is_asked(shown, only))
            continue;
        if (shown->verdict.state == RULE_BLOCKED)
            return 5;
        if (shown->verdict.is_proposed)
            code = 2;
    }
    return code;
}

bool rule_telling_beside(struct workbench *bench, int *code, struct fault *fault)
{
    const struct options *options = bench->options;
    struct judging_price price = {0};
    struct judging judging;
    bool asked = options->detailed_exitcode || options->format != NULL;
    if (!asked || (bench->engine.rule_count == 0 && bench->wanted.missed.count == 0))
        return true;
    bench->playbook = bench->wanted.playbook;
    bool done =
        judging_price_open(&price, bench, clock_now_ms(), &judging, fault) &&
        rule_telling_price(&price, &judging, NULL, fault) &&
        (options->format == NULL || rule_telling_print(bench, &judging, NULL, fault));
    if (done && options->detailed_exitcode) {
        int own = rule_telling_code(&judging, NULL);
        *code = own > *code ? own : *code;
    }
    judging_price_close(&price);
    return done;
}
