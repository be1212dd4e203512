// SPDX-License-Identifier: MIT
#include "command/cash.h"

#include "base/calendar.h"

bool cash_read(const struct project *project, bool *told, struct money *amount,
               int64_t *as_of_ms, struct fault *fault)
{
    const struct value *cash = value_find(project->settings, "cash");
    const char *text = value_find_text(cash, "amount", "");
    struct calendar_date date;
    struct fault ignored;
    *told = cash != NULL;
    if (cash == NULL)
        return true;
    if (money_parse_budget(text, amount, &ignored) &&
        calendar_parse(value_find_text(cash, "as_of", ""), &date)) {
        *as_of_ms = calendar_ms(date);
        return true;
    }
    fault_set(fault, FAULT_ERROR, "cash of pipster.lua is an amount and its day");
    fault_where(fault, "pipster.lua");
    return fault_next(fault, "cash = { amount = \"12000 €\", as_of = \"2026-11-01\" }");
}
