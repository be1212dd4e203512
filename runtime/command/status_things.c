// SPDX-License-Identifier: MIT
//
// The status of what is recorded: project, phases, hosts, secrets.
#include "command/status.h"

#include <string.h>

#include "base/clock.h"
#include "base/duration.h"
#include "store/secret.h"
#include "view/time_view.h"

bool status_things_project(struct status *status, struct fault *fault)
{
    const struct project *project = status->project;
    const struct value_entry entries[] = {
        {"name", value_text(status->arena, project->name)},
        {"environment", value_text(status->arena, project->environment)},
        {"resources", value_integer(status->arena, (int64_t) status->recorded.count)},
    };
    (void) fault;
    status_say(status, "project", STATUS_PLAIN, value_map(status->arena, entries, 3),
               "%s, environment %s: %zu thing%s", project->name, project->environment,
               status->recorded.count, status->recorded.count == 1 ? "" : "s");
    return true;
}

// What one playbook put there.
struct share {
    const char *playbook;
    int phase;
    size_t count;
    int64_t changed_at_ms;
};

static struct share *find_share(struct share *shares, size_t *count,
                                const struct record *record)
{
    for (size_t i = 0; i < *count; i++)
        if (strcmp(shares[i].playbook, record->playbook) == 0)
            return &shares[i];
    shares[*count] = (struct share){.playbook = record->playbook};
    return &shares[(*count)++];
}

static void say_share(struct status *status, const struct share *share)
{
    char ago[TIME_VIEW_SIZE], when[CLOCK_TEXT_SIZE];
    const struct value_entry entries[] = {
        {"phase", share->phase > 0 ? value_integer(status->arena, share->phase) : NULL},
        {"playbook", value_text(status->arena, share->playbook)},
        {"resources", value_integer(status->arena, (int64_t) share->count)},
        {"changed_at",
         value_text(status->arena, clock_format(share->changed_at_ms, when))},
    };
    const char *phase =
        share->phase > 0 ? arena_format(status->arena, "%d: ", share->phase) : "";
    status_say(status, "phases", STATUS_PLAIN, value_map(status->arena, entries, 4),
               "%s%s, %zu thing%s, last changed %s", phase, share->playbook, share->count,
               share->count == 1 ? "" : "s",
               time_view_ago(share->changed_at_ms, status->now_ms, ago));
}

// By phase, those without one last.
static bool comes_later(const struct share *left, const struct share *right)
{
    if (left->phase == 0 || right->phase == 0)
        return left->phase == 0 && right->phase != 0;
    return left->phase > right->phase;
}

bool status_things_phases(struct status *status, struct fault *fault)
{
    const struct state_rows *rows = &status->recorded;
    struct share *shares =
        arena_alloc(status->arena, (rows->count + 1) * sizeof *shares);
    size_t count = 0;
    (void) fault;
    for (size_t i = 0; i < rows->count; i++) {
        const struct record *record = &rows->rows[i];
        if (record->playbook == NULL)
            continue;
        struct share *share = find_share(shares, &count, record);
        share->count++;
        share->phase = record->phase > share->phase ? record->phase : share->phase;
        if (record->changed_at_ms > share->changed_at_ms)
            share->changed_at_ms = record->changed_at_ms;
    }
    for (size_t done = 0; done < count; done++) {
        size_t first = done;
        for (size_t i = done + 1; i < count; i++)
            if (comes_later(&shares[first], &shares[i]))
                first = i;
        say_share(status, &shares[first]);
        shares[first] = shares[done];
    }
    return true;
}

bool status_things_hosts(struct status *status, struct fault *fault)
{
    (void) fault;
    for (size_t i = 0; i < status->recorded.count; i++) {
        const struct record *record = &status->recorded.rows[i];
        if (strcmp(record->type, "host") != 0)
            continue;
        const char *address = value_find_text(record->attributes, "address", NULL);
        const struct value_entry entries[] = {
            {"host", value_text(status->arena, record->address + strlen("host/"))},
            {"address", address != NULL ? value_text(status->arena, address) : NULL},
        };
        status_say(status, "hosts", STATUS_PLAIN, value_map(status->arena, entries, 2),
                   "%s  %s", record->address + strlen("host/"),
                   address != NULL ? address : "no address yet");
    }
    return true;
}

// Of a secret whose value nobody says when to rotate there is nothing to tell.
static bool say_secret(struct status *status, const struct secret_row *row,
                       struct fault *fault)
{
    const struct record *record = state_find(&status->recorded, row->label);
    const char *every =
        record != NULL ? value_find_text(record->wanted, "rotate_every", NULL) : NULL;
    char age[DURATION_TEXT_SIZE];
    int64_t period = 0;
    if (every == NULL)
        return true;
    int64_t made = row->made_at_ms > 0 ? row->made_at_ms : record->changed_at_ms;
    if (!duration_parse(every, &period, fault))
        return false;
    if (status->now_ms - made <= period)
        return true;
    const struct value_entry entries[] = {
        {"address", value_text(status->arena, row->label)},
        {"age_seconds", value_integer(status->arena, (status->now_ms - made) / 1000)},
        {"rotate_every", value_text(status->arena, every)},
    };
    status_say(status, "secrets", STATUS_WARN, value_map(status->arena, entries, 3),
               "%s is %s old and is to be rotated every %s", row->label,
               duration_format(status->now_ms - made, age), every);
    return true;
}

bool status_things_secrets(struct status *status, struct fault *fault)
{
    struct secret_row *rows = NULL;
    size_t count = 0;
    if (!secret_list(status->database, status->arena, &rows, &count, fault))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!say_secret(status, &rows[i], fault))
            return false;
    return true;
}
