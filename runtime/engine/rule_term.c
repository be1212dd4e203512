// SPDX-License-Identifier: MIT
#include "engine/rule_term.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/duration.h"

#define MOST_MONTHS 1200

bool rule_term_is_of_business(const char *figure, bool *is_money)
{
    static const struct {
        const char *name;
        bool is_money;
    } known[] = {
        {"at_risk", true}, {"churn", false},     {"cost", true},
        {"gross", true},   {"customers", false}, {"cost_per_customer", true},
        {"revenue", true}, {"share", false},
    };
    *is_money = false;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].name, figure) != 0)
            continue;
        *is_money = known[i].is_money;
        return true;
    }
    return false;
}

static bool refuse(const char *figure, const char *text, struct fault *fault)
{
    fault_set(fault, FAULT_ERROR, "%s = \"%s\" is no condition", figure, text);
    return fault_next(fault, "write a comparison, \"> $500\", \">= 50\", \"< 5%%\", or "
                             "\"yes\" or \"no\" for what a person answers");
}

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " ");
}

static bool read_comparison(const char **at, enum rule_operator *comparison)
{
    const char *sign = *at;
    if (*sign != '>' && *sign != '<')
        return false;
    bool equal = sign[1] == '=';
    if (*sign == '>')
        *comparison = equal ? RULE_AT_LEAST : RULE_OVER;
    else
        *comparison = equal ? RULE_AT_MOST : RULE_UNDER;
    *at = skip_blanks(sign + (equal ? 2 : 1));
    return true;
}

// A plain decimal with nothing but a unit of letters or a percent sign behind it.
static bool read_number(const char *at, int64_t *number)
{
    char digits[32];
    size_t length = strspn(at, "0123456789.-");
    const char *unit = skip_blanks(at + length);
    size_t unit_length = strspn(unit, "abcdefghijklmnopqrstuvwxyz/%");
    struct money read;
    struct fault ignored;
    if (length == 0 || length >= sizeof digits || unit[unit_length] != '\0' ||
        unit_length > 12)
        return false;
    snprintf(digits, sizeof digits, "%.*s", (int) length, at);
    if (!money_parse(digits, "EUR", &read, &ignored))
        return false;
    *number = read.units;
    return true;
}

static bool is_money(const char *at)
{
    for (; *at != '\0'; at++)
        if (*at == '$' || (unsigned char) *at >= 0x80 || isupper((unsigned char) *at))
            return true;
    return false;
}

bool rule_term_parse(struct arena *arena, const char *figure, enum rule_kind kind,
                     const char *text, struct rule_term *term, struct fault *fault)
{
    const char *at = skip_blanks(text);
    *term = (struct rule_term){.kind = kind,
                               .figure = arena_text(arena, figure),
                               .text = arena_text(arena, text)};
    if (strcmp(at, "yes") == 0 || strcmp(at, "no") == 0) {
        term->kind = RULE_ANSWER;
        term->bound = *at == 'y';
        return true;
    }
    if (!read_comparison(&at, &term->comparison))
        return refuse(figure, text, fault);
    if (!is_money(at))
        return read_number(at, &term->bound) || refuse(figure, text, fault);
    struct money amount;
    struct fault ignored;
    if (!money_parse_budget(at, &amount, &ignored))
        return refuse(figure, text, fault);
    term->bound = amount.units;
    memcpy(term->currency, amount.currency, sizeof term->currency);
    return true;
}

bool rule_term_parse_span(const char *text, struct rule_span *span, struct fault *fault)
{
    char word[8] = "";
    int count = 0, used = 0;
    *span = (struct rule_span){0};
    if (strcmp(text, "0") == 0)
        return true;
    if (sscanf(text, "%5d %7[a-z]%n", &count, word, &used) == 2 && text[used] == '\0' &&
        count > 0 && count <= MOST_MONTHS &&
        (strcmp(word, "month") == 0 || strcmp(word, "months") == 0)) {
        span->months = count;
        return true;
    }
    return duration_parse(text, &span->ms, fault);
}

int64_t rule_term_after(struct rule_span span, int64_t from_ms)
{
    if (span.months == 0)
        return from_ms + span.ms;
    struct calendar_date date = calendar_date_of(from_ms);
    int64_t within = from_ms - calendar_ms(date);
    return calendar_ms(calendar_add_months(date, span.months)) + within + span.ms;
}
