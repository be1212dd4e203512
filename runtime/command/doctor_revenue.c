// SPDX-License-Identifier: MIT
//
// The sources of the revenue: whether their keys and files are there, and how old the
// newest reading is. None of them is asked.
#include "command/doctor.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "command/revenue_source.h"
#include "engine/takings.h"
#include "store/revenue.h"
#include "value/reading.h"

#define SUBJECT "revenue"
#define STRIPE  "STRIPE_API_KEY"

static void check_variable(struct doctor *doctor, const char *kind, const char *variable)
{
    const char *value = getenv(variable);
    bool stripe = strcmp(variable, STRIPE) == 0;
    const char *next = arena_format(
        &doctor->arena, "export %s=…%s", variable,
        stripe ? ", a restricted key that may read Subscriptions, Prices and Coupons"
               : "");
    if (value == NULL || *value == '\0')
        doctor_say(doctor, DOCTOR_WARN, SUBJECT, next,
                   "%s is not set: revenue.%s cannot be read without it", variable, kind);
    else if (stripe && strncmp(value, "sk_live_", 8) == 0)
        doctor_say(doctor, DOCTOR_WARN, SUBJECT, next,
                   "%s is a secret key, which may do everything", variable);
    else
        doctor_say(doctor, DOCTOR_OK, SUBJECT, NULL, "%s is set, for revenue.%s",
                   variable, kind);
}

static void check_file(struct doctor *doctor, const char *file)
{
    const char *path = arena_format(&doctor->arena, "%s/%s", doctor->project.root, file);
    if (access(path, R_OK) == 0)
        doctor_say(doctor, DOCTOR_OK, SUBJECT, NULL, "revenue.csv: %s is there", file);
    else
        doctor_say(doctor, DOCTOR_WARN, SUBJECT,
                   "its first line names the columns: date,mrr,customers",
                   "revenue.csv: %s is not there, or not readable", file);
}

// Those of pipster.lua.
static bool check_sources(struct doctor *doctor, bool *has_stripe)
{
    struct revenue_sources sources;
    struct fault fault = {0};
    if (!revenue_source_list(&doctor->project, NULL, &doctor->arena, &sources, &fault)) {
        doctor_say_fault(doctor, SUBJECT, &fault);
        return false;
    }
    for (size_t i = 0; i < sources.count; i++) {
        const struct revenue_source *source = &sources.items[i];
        const char *variable = revenue_source_variable(source);
        *has_stripe = *has_stripe || strcmp(source->kind, "stripe") == 0;
        if (variable != NULL)
            check_variable(doctor, source->kind, variable);
        else if (strcmp(source->kind, "csv") == 0)
            check_file(doctor, value_find_text(source->settings, "file", ""));
    }
    return true;
}

static bool read_stripe(struct doctor *doctor, const struct record_revenue *row)
{
    size_t count;
    const struct takings_part *parts = takings_part_list(&doctor->arena, row, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(parts[i].source, "stripe") == 0)
            return true;
    return false;
}

static void check_age(struct doctor *doctor, const struct record_revenue *row)
{
    char age[DURATION_TEXT_SIZE];
    int64_t now_ms = clock_now_ms();
    duration_format(now_ms - row->as_of_ms, age);
    if (!row->accepted)
        doctor_say(doctor, DOCTOR_WARN, SUBJECT, "pipster revenue accept, if it is right",
                   "the newest reading is too far from the last to be relied on");
    else if (reading_is_stale(row, now_ms))
        doctor_say(doctor, DOCTOR_WARN, SUBJECT, "pipster revenue",
                   "the newest figures are %s old: too old to be relied on", age);
    else
        doctor_say(doctor, DOCTOR_OK, SUBJECT, NULL, "the newest figures are %s old (%s)",
                   age, row->source);
}

void doctor_revenue_check(struct doctor *doctor)
{
    struct record_revenues rows = {0};
    struct fault fault = {0};
    bool has_stripe = false;
    if (!check_sources(doctor, &has_stripe))
        return;
    if (!revenue_load_newest(doctor->database, &doctor->arena, 1, &rows, &fault)) {
        doctor_say_fault(doctor, SUBJECT, &fault);
        return;
    }
    if (rows.count == 0)
        return;
    // A playbook may name it.
    if (!has_stripe && read_stripe(doctor, rows.rows))
        check_variable(doctor, "stripe", STRIPE);
    check_age(doctor, rows.rows);
}
