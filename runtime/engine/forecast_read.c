// SPDX-License-Identifier: MIT
#include "engine/forecast_read.h"

#include <stdio.h>
#include <string.h>

#include "engine/rule_term.h"

#define WHOLE (100 * MONEY_UNIT) // 100 %

static bool refuse_growth(const char *text, struct fault *fault)
{
    fault_set(fault, FAULT_USAGE, "\"%s\" is no growth", text);
    return fault_next(fault, "write it as a share of a month, from -99%%/month to "
                             "1000%%/month: --growth 12%%/month");
}

bool forecast_read_growth(const char *text, int64_t *percent, struct fault *fault)
{
    char digits[24];
    struct money read;
    struct fault ignored;
    size_t length = strcspn(text, "%");
    bool signed_plus = *text == '+';
    if (length >= sizeof digits ||
        (strcmp(text + length, "%") != 0 && strcmp(text + length, "%/month") != 0))
        return refuse_growth(text, fault);
    snprintf(digits, sizeof digits, "%.*s", (int) (length - signed_plus),
             text + signed_plus);
    if (!money_parse(digits, "EUR", &read, &ignored) || read.units <= -WHOLE ||
        read.units > 10 * WHOLE)
        return refuse_growth(text, fault);
    *percent = read.units;
    return true;
}

int64_t forecast_read_grown(int64_t units, int64_t percent)
{
    return money_scale((struct money){units, ""}, WHOLE + percent, WHOLE).units;
}

// A figure of the business is an amount or a number, and nothing answers it.
static bool suits(const char *name, const struct rule_term *term, bool *is_amount)
{
    return !rule_term_is_of_business(name, is_amount) ||
           (term->kind != RULE_ANSWER && (*is_amount || *term->currency == '\0'));
}

bool forecast_read_value(struct arena *arena, const char *name, const char *value,
                         const char *currency, struct rule_figure *figure,
                         struct fault *fault)
{
    struct rule_term term;
    struct fault refused = {0};
    bool is_amount;
    bool is_answer = strcmp(value, "yes") == 0 || strcmp(value, "no") == 0;
    const char *text = is_answer ? value : arena_format(arena, ">= %s", value);
    if (strpbrk(value, "<>=") != NULL ||
        !rule_term_parse(arena, name, RULE_FIGURE, text, &term, &refused) ||
        !suits(name, &term, &is_amount)) {
        fault_set(fault, FAULT_USAGE, "%s = \"%s\" is no figure", name, value);
        return fault_next(fault, "write a number, 85%%, $640, or yes or no");
    }
    if (rule_term_is_of_business(name, &is_amount) && term.bound < 0) {
        fault_set(fault, FAULT_USAGE, "%s = \"%s\" is less than nothing", name, value);
        return fault_next(fault, "write 0, or leave it out where it is not known");
    }
    if (is_amount && *term.currency == '\0') {
        if (currency == NULL) {
            fault_set(fault, FAULT_USAGE, "%s = \"%s\" wants a currency", name, value);
            return fault_next(fault, "write it as \"$%s\" or \"%s EUR\"", value, value);
        }
        snprintf(term.currency, sizeof term.currency, "%s", currency);
    }
    *figure = (struct rule_figure){.name = term.figure,
                                   .is_known = true,
                                   .value = term.bound,
                                   .lowest = term.bound,
                                   .highest = term.bound};
    memcpy(figure->currency, term.currency, sizeof figure->currency);
    return true;
}

bool forecast_read_figure(struct arena *arena, const char *text,
                          struct rule_figure *figure, struct fault *fault)
{
    const char *equals = strchr(text, '=');
    if (equals == NULL || equals == text) {
        fault_set(fault, FAULT_USAGE, "\"%s\" assumes nothing", text);
        return fault_next(fault, "write a figure and its value: --assume cpu=85%%");
    }
    const char *name = arena_copy(arena, text, (size_t) (equals - text));
    return forecast_read_value(arena, name, equals + 1, NULL, figure, fault);
}
