// SPDX-License-Identifier: MIT
//
// The status of backups, as their checks saw them last: ages count on from there.
#include "command/status.h"

#include <string.h>

#include "base/duration.h"

#define CHECK "check.backup/"

// The newest of that name of one check, or NULL.
static const struct record_measurement *find(const struct record_measurements *all,
                                             const char *address, const char *name)
{
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->rows[i].address, address) == 0 &&
            strcmp(all->rows[i].name, name) == 0)
            return &all->rows[i];
    return NULL;
}

// "app:check.backup/shop" → "app:backup.postgres/shop"
static const char *backup_of(const struct status *status, const char *address)
{
    const char *at = strstr(address, CHECK);
    return arena_format(status->arena, "%.*sbackup.postgres/%s", (int) (at - address),
                        address, at + strlen(CHECK));
}

// The same of a drill: what the check saw, or of one that was done by hand since.
static const struct record_measurement *find_drill(const struct status *status,
                                                   const struct record_measurements *all,
                                                   const char *address, const char *name)
{
    const struct record_measurement *checked = find(all, address, name);
    const struct record_measurement *drilled =
        find(all, backup_of(status, address), name);
    bool is_later = drilled && (!checked || drilled->at_ms > checked->at_ms);
    return is_later ? drilled : checked;
}

// How old by now is what was so old then.
static int64_t age_ms(const struct status *status,
                      const struct record_measurement *measured)
{
    int64_t age = status->now_ms - measured->at_ms + (int64_t) (measured->value * 1000);
    return age > 0 ? age : 0;
}

static const struct value *seconds(const struct status *status,
                                   const struct record_measurement *measured)
{
    return measured != NULL
               ? value_integer(status->arena, age_ms(status, measured) / 1000)
               : NULL;
}

// Where the way back is told, of a check that is called as its backup is.
static const char *by_hand(const struct status *status, const char *address)
{
    const char *backup = backup_of(status, address);
    for (size_t i = 0; i < status->recorded.count; i++)
        if (strcmp(status->recorded.rows[i].address, backup) == 0)
            return arena_format(
                status->arena, "; to restore it by hand: pipster logs %.*s %s",
                (int) strcspn(backup, ":"), backup, strchr(backup, ':') + 1);
    return "";
}

static void say_backup(struct status *status, const struct record_measurements *measured,
                       const char *address)
{
    const struct record_measurement *newest = find(measured, address, "age");
    const struct record_measurement *drill =
        find_drill(status, measured, address, "drill_age");
    const struct record_measurement *minutes =
        find_drill(status, measured, address, "drill_minutes");
    char age[DURATION_TEXT_SIZE], drilled[DURATION_TEXT_SIZE];
    const struct value_entry entries[] = {
        {"address", value_text(status->arena, address)},
        {"age_seconds", seconds(status, newest)},
        {"drill_age_seconds", seconds(status, drill)},
    };
    const char *of =
        drill == NULL
            ? "never restored for trial"
            : arena_format(status->arena, "restored for trial %s ago, in %.1f minutes",
                           duration_format(age_ms(status, drill), drilled),
                           minutes != NULL ? minutes->value : 0.0);
    status_say(status, "backups", STATUS_PLAIN, value_map(status->arena, entries, 3),
               "%s: the newest is %s old; %s%s", address,
               duration_format(age_ms(status, newest), age), of,
               by_hand(status, address));
}

static double minutes_of(const struct record *row)
{
    const struct value *minutes = value_find(row->attributes, "minutes");
    if (minutes != NULL && minutes->kind == VALUE_NUMBER)
        return minutes->number;
    return (double) value_find_integer(row->attributes, "minutes", 0);
}

// A drill on a rented server knows by itself when it was, and what it cost.
static void say_rented(struct status *status, const struct record *row)
{
    const struct value *found = row->attributes;
    int64_t age = status->now_ms - value_find_integer(found, "drilled_at", 0) * 1000;
    char text[DURATION_TEXT_SIZE];
    age = age > 0 ? age : 0;
    const struct value_entry entries[] = {
        {"address", value_text(status->arena, row->address)},
        {"cost", value_find(found, "cost")},
        {"drill_age_seconds", value_integer(status->arena, age / 1000)},
    };
    status_say(status, "backups", STATUS_PLAIN, value_map(status->arena, entries, 3),
               "%s: restored on a rented %s %s ago, in %.1f minutes, for %s",
               row->address, value_find_text(found, "type", "server"),
               duration_format(age, text), minutes_of(row),
               value_find_text(found, "cost", "a price that was not known"));
}

// Measurements outlive what was measured: "app:check.backup/shop", and a backup on app.
static bool is_there(const struct state_rows *rows, const char *address)
{
    size_t length = strcspn(address, ":");
    for (size_t i = 0; i < rows->count; i++)
        if (strcmp(rows->rows[i].type, "backup.postgres") == 0 &&
            strncmp(rows->rows[i].address, address, length + 1) == 0)
            return true;
    return false;
}

bool status_backups(struct status *status, struct fault *fault)
{
    struct record_measurements measured = {0};
    if (!measurement_load_newest(status->database, status->arena, 1, NULL, &measured,
                                 fault))
        return false;
    for (size_t i = 0; i < measured.count; i++) {
        const struct record_measurement *row = &measured.rows[i];
        if (strstr(row->address, CHECK) != NULL && strcmp(row->name, "age") == 0 &&
            is_there(&status->recorded, row->address))
            say_backup(status, &measured, row->address);
    }
    for (size_t i = 0; i < status->recorded.count; i++)
        if (strcmp(status->recorded.rows[i].type, "backup.drill") == 0)
            say_rented(status, &status->recorded.rows[i]);
    return true;
}
