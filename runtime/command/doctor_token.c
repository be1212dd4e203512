// SPDX-License-Identifier: MIT
//
// The keys of vendors: Hetzner's always, those of others where a thing of the state asks
// that vendor, or a secret of the state is taken from the variable. No vendor is asked.
#include "command/doctor.h"

#include <stdlib.h>
#include <string.h>

#include "command/vendor.h"

// Where a vendor shows or makes its key.
static const struct {
    const char *variable, *where;
} makers[] = {
    {"HCLOUD_TOKEN", "in the console under Security, API tokens"},
    {"UPTIMEROBOT_API_KEY",
     "in the dashboard under Integrations & API, API, Main API key"},
    {"BETTERSTACK_API_TOKEN", "under API tokens, Uptime API token of the team"},
    {"SENDGRID_API_KEY", "under Settings, API Keys, with the one right Mail Send"},
};

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value && *value;
}

static const char *advise(struct doctor *doctor, const char *variable)
{
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++)
        if (strcmp(makers[i].variable, variable) == 0)
            return arena_format(&doctor->arena, "export %s=…, made %s", variable,
                                makers[i].where);
    return arena_format(&doctor->arena, "export %s=…", variable);
}

static void check_hetzner(struct doctor *doctor)
{
    const char *variable = vendor_find("hetzner")->token_variable;
    if (is_set(variable))
        doctor_say(doctor, DOCTOR_OK, "token", NULL, "%s is set", variable);
    else
        doctor_say(doctor, DOCTOR_WARN, "token", advise(doctor, variable),
                   "%s is not set: nothing at Hetzner can be read or changed", variable);
}

static void say(struct doctor *doctor, const char *variable, const struct record *user,
                size_t more)
{
    const char *others =
        more > 0 ? arena_format(&doctor->arena, " and %zu more", more) : "";
    if (is_set(variable))
        doctor_say(doctor, DOCTOR_OK, "token", NULL, "%s is set, for %s%s", variable,
                   user->address, others);
    else
        doctor_say(doctor, DOCTOR_WARN, "token", advise(doctor, variable),
                   "%s is not set: %s%s cannot be planned without it", variable,
                   user->address, others);
}

// The variable that a thing needs, or NULL.
static const char *variable_of(const struct record *row)
{
    if (strcmp(row->type, "secret") == 0)
        return value_find_text(row->wanted, "env", NULL);
    const char *service = value_find_text(row->wanted, "service", NULL);
    const struct vendor *vendor = service ? vendor_find(service) : NULL;
    return vendor ? vendor->token_variable : NULL;
}

static bool is_needed_before(const struct state_rows *rows, size_t index,
                             const char *variable)
{
    for (size_t i = 0; i < index; i++) {
        const char *other = variable_of(&rows->rows[i]);
        if (other && strcmp(other, variable) == 0)
            return true;
    }
    return false;
}

static size_t count_after(const struct state_rows *rows, size_t index,
                          const char *variable)
{
    size_t count = 0;
    for (size_t i = index + 1; i < rows->count; i++) {
        const char *other = variable_of(&rows->rows[i]);
        count += other && strcmp(other, variable) == 0;
    }
    return count;
}

// One line a variable, named by the first thing that needs it.
static void check_others(struct doctor *doctor)
{
    const char *hetzner = vendor_find("hetzner")->token_variable;
    struct state_rows rows;
    struct fault fault = {0};
    if (!state_load(doctor->database, &doctor->arena, &rows, &fault)) {
        doctor_say_fault(doctor, "token", &fault);
        return;
    }
    for (size_t i = 0; i < rows.count; i++) {
        const char *variable = variable_of(&rows.rows[i]);
        if (variable && strcmp(variable, hetzner) != 0 &&
            !is_needed_before(&rows, i, variable))
            say(doctor, variable, &rows.rows[i], count_after(&rows, i, variable));
    }
}

void doctor_token_check(struct doctor *doctor)
{
    check_hetzner(doctor);
    if (doctor->database)
        check_others(doctor);
}
