// SPDX-License-Identifier: MIT
#include "view/plan_view.h"

#include <string.h>

#include "engine/share.h"
#include "view/diff_view.h"
#include "view/life_view.h"
#include "view/value_view.h"

struct symbol {
    const char *text;
    enum terminal_style style;
};

static struct symbol symbol_of(const struct change *change)
{
    switch (change->action) {
    case CHANGE_CREATE:
        return (struct symbol){"  +", TERMINAL_GREEN};
    case CHANGE_UPDATE:
        return (struct symbol){"  ~", TERMINAL_YELLOW};
    case CHANGE_REPLACE:
        return (struct symbol){change->create_first ? "+/-" : "-/+", TERMINAL_RED};
    case CHANGE_DELETE:
        return (struct symbol){"  -", TERMINAL_RED};
    case CHANGE_FORGET:
        return (struct symbol){"  .", TERMINAL_DIM};
    case CHANGE_CHECK:
        return (struct symbol){"  ?", TERMINAL_CYAN};
    case CHANGE_NONE:
        break;
    }
    return (struct symbol){change->moved_from ? "  >" : "   ", TERMINAL_DIM};
}

// False: some of it is not priced, or is in another currency than the rest.
static bool sum_prices(const struct price_line *lines, size_t count, struct money *sum)
{
    struct fault ignored = {0};
    for (size_t i = 0; i < count; i++)
        if (!lines[i].known || !money_add(sum, lines[i].monthly, &ignored))
            return false;
    return true;
}

static void print_price(const struct terminal *terminal, const struct change *change)
{
    const struct preview *preview = change->preview;
    if (!preview || change->stays ||
        (preview->price_count == 0 && preview->price_before_count == 0))
        return;
    struct money difference = money_zero(""), before = money_zero("");
    struct fault ignored = {0};
    if (!sum_prices(preview->prices, preview->price_count, &difference) ||
        !sum_prices(preview->prices_before, preview->price_before_count, &before)) {
        // Of what stays as it is the sum below tells it.
        if (change->action != CHANGE_NONE)
            terminal_print(terminal, TERMINAL_YELLOW, "  not wholly priced");
        return;
    }
    if (!money_subtract(&difference, before, &ignored) || difference.units == 0)
        return;
    char text[MONEY_TEXT_SIZE];
    terminal_print(terminal, TERMINAL_BOLD, "  %s/month",
                   money_format_signed(difference, text));
}

static void print_head(const struct terminal *terminal, const struct change *change)
{
    struct symbol symbol = symbol_of(change);
    terminal_print(terminal, symbol.style, "%s %s", symbol.text, change->address);
    const char *may = change->verdict == VERDICT_MAY ? "may change: " : "";
    const char *why = change->verdict == VERDICT_MAY && change->because ? change->because
                                                                        : change->reason;
    terminal_print(terminal, TERMINAL_DIM, "  %s%s", may, why ? why : "");
    print_price(terminal, change);
    fputc('\n', terminal->stream);
}

static void print_block(const struct terminal *terminal, const struct change_field *field)
{
    struct text text;
    text_init(&text, 0);
    const char *before =
        value_is_null(field->before) ? NULL : field->before->string.bytes;
    diff_view_write(&text, before, field->after->string.bytes, 8);
    terminal_print(terminal, TERMINAL_PLAIN, "      %s\n%s", field->name, text.bytes);
    text_clear(&text);
}

static void print_field(const struct terminal *terminal, const struct change *change,
                        const struct change_field *field)
{
    if (!field->secret && diff_view_suits(field->before, field->after)) {
        print_block(terminal, field);
        return;
    }
    struct text text;
    text_init(&text, 0);
    text_format(&text, "      %-14s ", field->name);
    if (change->action != CHANGE_CREATE) {
        if (field->secret && field->before)
            text_add(&text, "(secret)");
        else
            value_view_write(&text, field->before);
        text_add(&text, " → ");
    }
    if (field->secret && value_is_known(field->after))
        text_add(&text, "(secret)");
    else
        value_view_write(&text, field->after);
    terminal_print(terminal, TERMINAL_PLAIN, "%s", text.bytes);
    if (field->forces_replacement)
        terminal_print(terminal, TERMINAL_RED, "  # forces replacement");
    fputc('\n', terminal->stream);
    text_clear(&text);
}

// What a new thing has by default, or says by its name, needs no line.
static bool is_worth_a_line(const struct change *change, const struct change_field *field)
{
    if (change->action != CHANGE_CREATE)
        return true;
    const struct value *after = field->after;
    if (value_is_null(after) || field->is_default ||
        (change->name && value_is_text(after, change->name)))
        return false;
    if (after->kind == VALUE_LIST)
        return after->list.count > 0;
    return after->kind != VALUE_MAP || after->map.count > 0;
}

static void print_preview(const struct terminal *terminal, const struct preview *preview,
                          bool verbose)
{
    for (size_t i = 0; i < preview->note_count; i++)
        terminal_print(terminal, TERMINAL_CYAN, "      note: %s\n", preview->notes[i]);
    if (preview->downtime)
        terminal_print(terminal, TERMINAL_YELLOW, "      downtime: %s\n",
                       preview->downtime);
    if (preview->data_at_risk)
        terminal_print(terminal, TERMINAL_RED, "      data at risk: %s\n",
                       preview->data_at_risk);
    for (size_t i = 0; verbose && i < preview->action_count; i++)
        terminal_print(terminal, TERMINAL_DIM, "      $ %s\n", preview->actions[i]);
}

static void print_change(const struct terminal *terminal, const struct plan *plan,
                         const struct change *change, bool verbose)
{
    print_head(terminal, change);
    if (change->action == CHANGE_DELETE || change->action == CHANGE_FORGET) {
        if (change->blocked_by_protection)
            terminal_print(terminal, TERMINAL_RED, "      protected: kept\n");
    } else {
        for (size_t i = 0; i < change->field_count; i++)
            if (is_worth_a_line(change, &change->fields[i]))
                print_field(terminal, change, &change->fields[i]);
    }
    if (change->preview)
        print_preview(terminal, change->preview, verbose);
    life_view_print(terminal, plan, change);
}

static void print_handlers(const struct terminal *terminal, const struct plan *plan)
{
    for (size_t i = 0; i < plan->handler_count; i++) {
        const struct plan_handler *handler = &plan->handlers[i];
        terminal_print(terminal, TERMINAL_YELLOW, "  ! %s on %s", handler->name,
                       handler->host);
        if (handler->cause_count == 0)
            terminal_print(terminal, TERMINAL_DIM, "  owed since run %lld\n",
                           (long long) handler->owed_since_run);
        else
            terminal_print(
                terminal, TERMINAL_DIM, "  after %s%s\n",
                plan->changes[handler->causes[handler->cause_count - 1]].address,
                handler->cause_count > 1 ? " and others" : "");
    }
}

// What cannot be done now is told one by one; what was simply left out, by number.
static void print_skipped(const struct terminal *terminal, const struct plan *plan,
                          bool verbose)
{
    size_t quiet = 0;
    for (size_t i = 0; i < plan->change_count; i++) {
        const struct change *change = &plan->changes[i];
        if (change->skipped == NULL)
            continue;
        bool chosen = strncmp(change->skipped, "left out by --only", 18) == 0;
        if (chosen && !verbose) {
            quiet += change->skipped_action != CHANGE_CHECK;
            continue;
        }
        terminal_print(terminal, TERMINAL_DIM, "  / %s  %s: %s\n", change->address,
                       change->skipped_action == CHANGE_NONE
                           ? "skipped"
                           : plan_action_name(change->skipped_action),
                       change->skipped);
    }
    if (quiet > 0)
        terminal_print(terminal, TERMINAL_DIM,
                       "  / %zu more change%s left out by --only\n", quiet,
                       quiet == 1 ? " is" : "s are");
}

// Stages that wait for values, with how much of theirs stays as it is meanwhile.
static bool changes_host(const struct plan *plan, const char *host)
{
    for (size_t i = 0; i < plan->change_count; i++) {
        const struct change *change = &plan->changes[i];
        if (plan_does(change) && (strcmp(change->address, host) == 0 ||
                                  (change->host && strcmp(change->host, host) == 0)))
            return true;
    }
    return false;
}

// The waves of hosts that the plan changes, in their order.
static void print_rollings(const struct terminal *terminal, const struct plan *plan)
{
    for (size_t i = 0; i < plan->rolling_count; i++) {
        const struct resource_rolling *rolling = &plan->rollings[i];
        size_t changed = 0;
        for (size_t k = 0; k < rolling->host_count; k++)
            changed += changes_host(plan, rolling->hosts[k]);
        if (changed == 0)
            continue;
        terminal_print(terminal, TERMINAL_CYAN, "  » rolling \"%s\":", rolling->name);
        for (size_t k = 0; k < rolling->host_count; k++)
            terminal_print(terminal, TERMINAL_PLAIN, "%s%s",
                           k == 0                     ? " "
                           : k % rolling->serial == 0 ? ", then "
                                                      : " and ",
                           rolling->hosts[k] + strlen("host/"));
        terminal_print(terminal, TERMINAL_DIM, "  no further after %zu failed\n",
                       rolling->max_fail + 1);
    }
}

static void print_deferrals(const struct terminal *terminal, const struct plan *plan)
{
    for (size_t i = 0; i < plan->deferral_count; i++) {
        const struct resource_deferral *deferral = &plan->deferrals[i];
        size_t things = 0;
        for (size_t k = 0; k < plan->change_count; k++)
            things += plan->changes[k].deferred == deferral->stage &&
                      plan->changes[k].resource == NULL;
        terminal_print(terminal, TERMINAL_CYAN,
                       "  … stage \"%s\" is deferred:", deferral->stage);
        terminal_print(terminal, TERMINAL_PLAIN, " %s is known after apply\n",
                       deferral->waits_for);
        if (things > 0)
            terminal_print(terminal, TERMINAL_DIM,
                           "      %zu thing%s that it declared stay%s as %s\n", things,
                           things == 1 ? "" : "s", things == 1 ? "s" : "",
                           things == 1 ? "it is" : "they are");
    }
}

void plan_view_print(const struct terminal *terminal, const struct plan *plan,
                     bool verbose)
{
    if (plan->phase > 0)
        terminal_print(terminal, TERMINAL_BOLD, "Phase %d: %s\n\n", plan->phase,
                       plan->phase_title ? plan->phase_title : "");
    for (size_t i = 0; i < plan->settled_count; i++)
        terminal_print(terminal, TERMINAL_CYAN, "settled: %s\n", plan->settled[i]);
    for (size_t i = 0; i < plan->warning_count; i++)
        terminal_print(terminal, TERMINAL_YELLOW, "warning: %s\n", plan->warnings[i]);
    size_t shown = 0;
    for (size_t i = 0; i < plan->change_count; i++) {
        const struct change *change = &plan->changes[i];
        // The end of a replacement that comes first is told with that.
        bool quiet = (change->action == CHANGE_NONE && change->moved_from == NULL) ||
                     change->action == CHANGE_CHECK || change->is_half;
        if ((quiet && !verbose) || change->skipped != NULL)
            continue;
        print_change(terminal, plan, change, verbose);
        shown++;
    }
    print_handlers(terminal, plan);
    print_skipped(terminal, plan, verbose);
    print_rollings(terminal, plan);
    print_deferrals(terminal, plan);
    if (shown + plan->skipped_count + plan->handler_count + plan->settled_count +
            plan->warning_count + plan->deferral_count >
        0)
        fputc('\n', terminal->stream);
    plan_view_summary(terminal, plan);
    plan_view_cost(terminal, plan);
}

static void print_deferred_count(const struct terminal *terminal, const struct plan *plan)
{
    if (plan->deferral_count > 0)
        terminal_print(terminal, TERMINAL_CYAN, " %zu stage%s deferred.",
                       plan->deferral_count, plan->deferral_count == 1 ? " is" : "s are");
}

void plan_view_summary(const struct terminal *terminal, const struct plan *plan)
{
    if (plan_is_empty(plan) && plan->deferral_count > 0) {
        terminal_print(terminal, TERMINAL_BOLD, "No changes yet.");
        print_deferred_count(terminal, plan);
        fputc('\n', terminal->stream);
        return;
    }
    if (plan_is_empty(plan)) {
        terminal_print(terminal, TERMINAL_GREEN, "%s\n",
                       plan->skipped_count > 0 ? "No changes, but for what is left out."
                       : plan->undoes != 0     ? "No changes. Nothing is left to undo."
                       : plan->is_destroy
                           ? "No changes. Nothing is left that may be destroyed."
                           : "No changes. What exists is what the playbook says.");
        return;
    }
    terminal_print(terminal, TERMINAL_BOLD,
                   "Plan: %zu to add, %zu to change, %zu to destroy.", plan->add_count,
                   plan->change_count_in_place, plan->destroy_count);
    life_view_count(terminal, plan);
    if (plan->may_count > 0)
        terminal_print(terminal, TERMINAL_PLAIN, " %zu of them may change.",
                       plan->may_count);
    if (plan->check_count > 0)
        terminal_print(terminal, TERMINAL_PLAIN, " %zu check%s after.", plan->check_count,
                       plan->check_count == 1 ? "" : "s");
    if (plan->skipped_count > 0)
        terminal_print(terminal, TERMINAL_PLAIN, " %zu left out.", plan->skipped_count);
    print_deferred_count(terminal, plan);
    fputc('\n', terminal->stream);
}

// "23.60" of "23.60 €".
static const char *without_currency(char *text)
{
    char *blank = strchr(text, ' ');
    if (blank)
        *blank = '\0';
    return text;
}

// Of all of it, when it is carried out.
static void print_share(const struct terminal *terminal, const struct plan *plan)
{
    char share[SHARE_TEXT_SIZE];
    if (!plan->revenue.is_told)
        return;
    if (!plan->revenue.is_known)
        terminal_print(terminal, TERMINAL_YELLOW, "; share of revenue not known");
    else
        terminal_print(terminal, TERMINAL_BOLD, "; %s%s of revenue",
                       plan->cost_is_known ? "" : "at least ",
                       share_format(plan->cost_after, plan->revenue.monthly, share));
}

void plan_view_cost(const struct terminal *terminal, const struct plan *plan)
{
    if (plan->cost_before.units == 0 && plan->cost_after.units == 0 &&
        plan->cost_is_known)
        return;
    struct money difference = plan->cost_after;
    struct fault ignored = {0};
    if (!money_subtract(&difference, plan->cost_before, &ignored))
        return;
    char change[MONEY_TEXT_SIZE], before[MONEY_TEXT_SIZE], after[MONEY_TEXT_SIZE];
    money_format_signed(difference, change);
    money_format(plan->cost_before, before);
    money_format(plan->cost_after, after);
    terminal_print(terminal, TERMINAL_BOLD, "Cost: %s/month (%s → %s", change,
                   without_currency(before), without_currency(after));
    print_share(terminal, plan);
    terminal_print(terminal, TERMINAL_BOLD, ").\n");
    for (size_t i = 0; i < plan->unpriced_count; i++)
        terminal_print(terminal, TERMINAL_YELLOW, "  not priced: %s\n",
                       plan->unpriced[i].what);
}

void plan_view_outputs(const struct terminal *terminal,
                       const struct resource_output *outputs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct text text;
        text_init(&text, 0);
        const struct value *value = outputs[i].value;
        if (value && value->kind == VALUE_STRING)
            text_add(&text, value->string.bytes);
        else
            value_view_write(&text, value);
        terminal_print(terminal, TERMINAL_PLAIN, "%s = %s\n", outputs[i].name,
                       text.bytes);
        text_clear(&text);
    }
}
