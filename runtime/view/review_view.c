// SPDX-License-Identifier: MIT
#include "view/review_view.h"

#include <string.h>

#include "base/clock.h"
#include "view/json_view.h"

static const enum terminal_style styles[] = {
    [RULE_FALSE] = TERMINAL_RED,
    [RULE_TRUE] = TERMINAL_GREEN,
    [RULE_UNKNOWN] = TERMINAL_YELLOW,
};

size_t review_view_count(const struct review_shown *shown, enum rule_truth truth)
{
    size_t count = 0;
    for (size_t i = 0; i < shown->lines.count; i++)
        count += shown->found[i].truth == truth;
    return count;
}

static void print_line(const struct terminal *terminal, const struct review_line *line,
                       const struct review_found *found)
{
    static const char *const signs[] = {
        [RULE_FALSE] = "✗", [RULE_TRUE] = "✓", [RULE_UNKNOWN] = "?"};
    terminal_print(terminal, styles[found->truth], "  %s ", signs[found->truth]);
    terminal_print(terminal, TERMINAL_PLAIN, "%s", line->text);
    terminal_print(terminal, TERMINAL_DIM, "  (%s)\n", line->name);
    terminal_print(terminal, found->truth == RULE_FALSE ? TERMINAL_RED : TERMINAL_DIM,
                   "    %s%s\n", found->next != NULL ? "not known: " : "", found->text);
    if (found->next != NULL)
        terminal_print(terminal, TERMINAL_DIM, "    %s\n", found->next);
}

static void print_prices(const struct terminal *terminal,
                         const struct review_shown *shown)
{
    if (shown->price_count > 0)
        terminal_print(terminal, TERMINAL_BOLD, "\nRetired or dearer\n");
    for (size_t i = 0; i < shown->price_count; i++) {
        terminal_print(terminal, TERMINAL_YELLOW, "  ! ");
        terminal_print(terminal, TERMINAL_PLAIN, "%s: %s\n", shown->prices[i].address,
                       shown->prices[i].text);
    }
}

void review_view_print(const struct terminal *terminal, const struct review_shown *shown)
{
    const char *part = "";
    for (size_t i = 0; i < shown->lines.count; i++) {
        const struct review_line *line = &shown->lines.items[i];
        if (strcmp(part, line->part) != 0)
            terminal_print(terminal, TERMINAL_BOLD, "%s%s\n", i > 0 ? "\n" : "",
                           line->part);
        part = line->part;
        print_line(terminal, line, &shown->found[i]);
    }
    print_prices(terminal, shown);
    terminal_print(terminal, TERMINAL_BOLD, "\n%zu met, %zu missed, %zu not known.\n",
                   review_view_count(shown, RULE_TRUE),
                   review_view_count(shown, RULE_FALSE),
                   review_view_count(shown, RULE_UNKNOWN));
    if (shown->last != NULL)
        terminal_print(terminal, TERMINAL_PLAIN, "Gone through on %s, ", shown->last);
    else
        terminal_print(terminal, TERMINAL_PLAIN, "Never gone through, ");
    terminal_print(terminal, shown->is_due ? TERMINAL_YELLOW : TERMINAL_PLAIN,
                   shown->is_due ? "due since %s. " : "due on %s. ", shown->due);
    terminal_print(terminal, TERMINAL_PLAIN,
                   "When all is seen to: pipster review done\n");
}

static const struct value *text_of(struct arena *arena, const char *text)
{
    return text != NULL ? value_text(arena, text) : NULL;
}

static void write_line(FILE *stream, const struct review_line *line,
                       const struct review_found *found)
{
    struct arena arena;
    char given[CLOCK_TEXT_SIZE] = "", until[CLOCK_TEXT_SIZE] = "";
    const struct record_answer *answer = found->answer;
    arena_init(&arena, 0);
    if (answer != NULL) {
        clock_format(answer->answered_ms, given);
        clock_format(answer->expires_ms, until);
    }
    const struct value_entry entries[] = {
        {"name", value_text(&arena, line->name)},
        {"part", value_text(&arena, line->part)},
        {"text", value_text(&arena, line->text)},
        {"state", value_text(&arena, review_word(found->truth))},
        {"saw", value_text(&arena, found->text)},
        {"answer", text_of(&arena, answer != NULL ? answer->value : NULL)},
        {"answered_at", text_of(&arena, answer != NULL ? given : NULL)},
        {"counts_until", text_of(&arena, answer != NULL ? until : NULL)},
        {"next", text_of(&arena, found->next)},
    };
    json_view_line(stream, "review_line",
                   value_map(&arena, entries, sizeof entries / sizeof *entries));
    arena_clear(&arena);
}

static void write_price(FILE *stream, const struct review_price *price)
{
    struct arena arena;
    arena_init(&arena, 0);
    const struct value_entry entries[] = {
        {"address", value_text(&arena, price->address)},
        {"text", value_text(&arena, price->text)},
        {"data", price->data},
    };
    json_view_line(stream, "review_price", value_map(&arena, entries, 3));
    arena_clear(&arena);
}

void review_view_json(FILE *stream, const struct review_shown *shown)
{
    struct arena arena;
    arena_init(&arena, 0);
    for (size_t i = 0; i < shown->lines.count; i++)
        write_line(stream, &shown->lines.items[i], &shown->found[i]);
    for (size_t i = 0; i < shown->price_count; i++)
        write_price(stream, &shown->prices[i]);
    const struct value_entry entries[] = {
        {"met", value_integer(&arena, (int64_t) review_view_count(shown, RULE_TRUE))},
        {"missed", value_integer(&arena, (int64_t) review_view_count(shown, RULE_FALSE))},
        {"not_known",
         value_integer(&arena, (int64_t) review_view_count(shown, RULE_UNKNOWN))},
        {"last", text_of(&arena, shown->last)},
        {"due", value_text(&arena, shown->due)},
        {"is_due", value_bool(shown->is_due)},
    };
    json_view_line(stream, "review", value_map(&arena, entries, 6));
    arena_clear(&arena);
}
