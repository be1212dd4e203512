// SPDX-License-Identifier: MIT
//
// The rules as they are judged now, or, where that cannot be, as each was judged last:
// what it says, since when, what it sees. And which proposals are in force.
#include "view/report.h"

#include <string.h>

#include "base/calendar.h"
#include "engine/rule.h"
#include "store/rule.h"
#include "view/html.h"

static bool is_state(const struct record_evaluation *row, enum rule_state state)
{
    return strcmp(row->state, rule_state_word(state)) == 0;
}

static enum report_tone tone_of(const struct record_evaluation *row)
{
    if (row->is_proposed || is_state(row, RULE_BLOCKED))
        return REPORT_WARN;
    return is_state(row, RULE_ACCEPTED) ? REPORT_FINE : REPORT_PLAIN;
}

static const char *words_of(const struct record_evaluation *row)
{
    if (row->is_proposed)
        return is_state(row, RULE_FALLING) ? "proposes to go back" : "proposes";
    return is_state(row, RULE_ACCEPTED) ? "in force" : row->state;
}

static void write_saw(struct text *out, const struct value *saw)
{
    if (saw == NULL || saw->kind != VALUE_LIST)
        return;
    for (size_t i = 0; i < saw->list.count; i++)
        if (saw->list.items[i]->kind == VALUE_STRING)
            html_add(out, "<small>%s</small>", saw->list.items[i]->string.bytes);
}

// The newest of a rule; what knows no playbook is shown where nothing newer does.
static bool is_shown(const struct record_evaluations *all, size_t at)
{
    const struct record_evaluation *row = &all->rows[at];
    if (at > 0 && rule_is_same(&all->rows[at - 1], row))
        return false;
    for (size_t i = at + 1; row->playbook == NULL && i < all->count; i++)
        if (all->rows[i].playbook != NULL && strcmp(all->rows[i].rule, row->rule) == 0)
            return false;
    return true;
}

// The rows of a rule stand together, newest first: it has been so since the oldest of
// those that say the same.
static int64_t since_of(const struct record_evaluations *all, size_t at)
{
    int64_t since = all->rows[at].at_ms;
    for (size_t i = at; i < all->count; i++) {
        if (!rule_is_same(&all->rows[i], &all->rows[at]) ||
            strcmp(all->rows[i].state, all->rows[at].state) != 0)
            break;
        since = all->rows[i].at_ms;
    }
    return since;
}

static void write_rule(struct text *out, const struct record_evaluations *all, size_t at)
{
    const struct record_evaluation *row = &all->rows[at];
    char since[CALENDAR_TEXT_SIZE], judged[CALENDAR_TEXT_SIZE];
    html_add(out, "<tr><td>%s", row->rule);
    write_saw(out, row->saw);
    html_add(out,
             "</td><td><span class=\"%s\">%s</span><small>since %s</small></td>"
             "<td>%s</td></tr>\n",
             report_tone_class(tone_of(row)), words_of(row),
             calendar_format(calendar_date_of(since_of(all, at)), since),
             calendar_format(calendar_date_of(row->at_ms), judged));
}

static enum report_tone tone_of_verdict(const struct rule_verdict *verdict)
{
    if (verdict->is_proposed || verdict->state == RULE_BLOCKED)
        return REPORT_WARN;
    return verdict->state == RULE_ACCEPTED ? REPORT_FINE : REPORT_PLAIN;
}

static void write_view(struct text *out, const struct rule_view *view)
{
    static const char *const marks[] = {
        [RULE_FALSE] = "✗", [RULE_TRUE] = "✓", [RULE_UNKNOWN] = "?"};
    for (size_t i = 0; i < view->count; i++)
        html_add(out, "<small>%s %s</small>", marks[view->saw[i].truth],
                 view->saw[i].text);
}

static void write_says(struct text *out, const struct report *report,
                       const struct rule_shown *shown)
{
    const struct rule_verdict *verdict = &shown->verdict;
    html_add(out, "<td><span class=\"%s\">%s</span>",
             report_tone_class(tone_of_verdict(verdict)),
             rule_view_state(shown, report->arena));
    if (verdict->waits != NULL)
        html_add(out, "<small>%s</small>", verdict->waits);
    if (verdict->warning != NULL)
        html_add(out, "<small class=\"warn\">%s</small>", verdict->warning);
    text_add(out, "</td>");
}

static void write_judged(struct text *out, const struct report *report,
                         const struct rule_shown *shown)
{
    const struct rule *rule = shown->rule;
    html_add(out, "<tr><td>%s%s%s", rule->name, rule->doc != NULL ? ": " : "",
             rule->doc != NULL ? rule->doc : "");
    write_view(out, &shown->verdict.when);
    write_view(out, &shown->verdict.evidence);
    if (shown->amendment != NULL)
        write_view(out, &shown->verdict.metric);
    text_add(out, "</td>");
    write_says(out, report, shown);
    text_add(out, "</tr>\n");
}

static void write_all_judged(struct text *out, const struct report *report)
{
    text_add(out, "<table>\n<thead><tr><th scope=\"col\">Rule, and what it sees</th>"
                  "<th scope=\"col\">says</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < report->judged_count; i++)
        write_judged(out, report, &report->judged[i]);
    text_add(out, "</tbody>\n</table>\n");
}

static void write_table(struct text *out, const struct report *report)
{
    const struct record_evaluations *all = &report->evaluations;
    text_add(out, "<table>\n<thead><tr><th scope=\"col\">Rule, and what it saw</th>"
                  "<th scope=\"col\">says</th><th scope=\"col\">last judged</th></tr>"
                  "</thead>\n<tbody>\n");
    for (size_t i = 0; i < all->count; i++)
        if (is_shown(all, i))
            write_rule(out, all, i);
    for (size_t i = 0; i < report->engine->rule_count; i++)
        if (rule_find_evaluation(all, report->engine->rules[i].file,
                                 report->engine->rules[i].name) == NULL)
            html_add(out, "<tr><td>%s</td><td>not known</td><td>never</td></tr>\n",
                     report->engine->rules[i].name);
    text_add(out, "</tbody>\n</table>\n");
}

static void write_amendment(struct text *out, const struct record_amendment *row)
{
    char day[CALENDAR_TEXT_SIZE];
    html_add(out, "<li class=\"fine\"><b>%s</b> in force since %s", row->rule,
             calendar_format(calendar_date_of(row->accepted_ms), day));
    if (row->accepted_by != NULL)
        html_add(out, ", accepted by %s", row->accepted_by);
    for (size_t i = 0;
         row->amend != NULL && row->amend->kind == VALUE_MAP && i < row->amend->map.count;
         i++)
        html_add(out, "<small>changes <code>%s</code></small>",
                 row->amend->map.entries[i].key);
    if (row->include != NULL)
        html_add(out, "<small>includes <code>%s</code></small>", row->include);
    text_add(out, "</li>\n");
}

static void write_amendments(struct text *out, const struct record_amendments *all)
{
    size_t count = 0;
    for (size_t i = 0; i < all->count; i++)
        count += all->rows[i].withdrawn_ms == 0;
    if (count == 0)
        return;
    text_add(out, "<ul class=\"notices\">\n");
    for (size_t i = 0; i < all->count; i++)
        if (all->rows[i].withdrawn_ms == 0)
            write_amendment(out, &all->rows[i]);
    text_add(out, "</ul>\n");
}

void report_rules_write(struct text *out, const struct report *report)
{
    write_amendments(out, &report->amendments);
    if (report->judged_count > 0)
        write_all_judged(out, report);
    else if (report->evaluations.count > 0 || report->engine->rule_count > 0)
        write_table(out, report);
    else
        text_add(out,
                 "<p>No rule is declared: <code>rule \"name\" { … }</code> in a playbook."
                 "</p>\n");
}
