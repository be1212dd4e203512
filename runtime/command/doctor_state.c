// SPDX-License-Identifier: MIT
#include "command/doctor.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "engine/sealed.h"
#include "store/lock.h"
#include "store/secret.h"

#define BACKED_UP "key_backed_up" // the setting: "DATE WORD"

static void check_mode(struct doctor *doctor, const char *path, const char *subject)
{
    struct stat status;
    if (stat(path, &status) != 0 || !(status.st_mode & 077))
        return;
    bool folder = S_ISDIR(status.st_mode);
    doctor_say(doctor, DOCTOR_FAIL, subject,
               arena_format(&doctor->arena, "chmod %s %s", folder ? "700" : "600", path),
               "%s is open to other users (mode %o)", path,
               (unsigned) status.st_mode & 0777);
}

// Opening it looks it over: owner, place, version, quick_check.
static void check_database(struct doctor *doctor)
{
    const char *path = doctor->project.database_path;
    struct fault fault = {0};
    char *folder = arena_text(&doctor->arena, path);
    *strrchr(folder, '/') = '\0';
    check_mode(doctor, folder, "state");
    check_mode(doctor, path, "state");
    if (!database_open(&doctor->database, path, DATABASE_READ, &fault))
        doctor_say_fault(doctor, "state", &fault);
    else if (doctor->database)
        doctor_say(doctor, DOCTOR_OK, "state", NULL, "%s is sound", path);
    else
        doctor_say(doctor, DOCTOR_OK, "state", NULL, "nothing is stored yet");
}

static void check_backup(struct doctor *doctor)
{
    char word[VAULT_WORD_SIZE];
    const char *kept = NULL;
    struct fault fault = {0};
    const char *path = vault_key_path(doctor->vault);
    const char *next = arena_format(
        &doctor->arena, "copy %s to a safe place, then: pipster doctor --key-backed-up",
        path);
    vault_word(doctor->vault, word);
    if (!state_setting(doctor->database, &doctor->arena, BACKED_UP, &kept, &fault)) {
        doctor_say_fault(doctor, "backup", &fault);
        return;
    }
    const char *blank = kept ? strchr(kept, ' ') : NULL;
    if (!blank)
        doctor_say(
            doctor, DOCTOR_WARN, "backup", next,
            "nobody said that the key is backed up; without it the secrets are lost");
    else if (strcmp(blank + 1, word) != 0)
        doctor_say(doctor, DOCTOR_WARN, "backup", next,
                   "what was backed up is another key than this one");
    else
        doctor_say(doctor, DOCTOR_OK, "backup", NULL, "the key was backed up on %.10s",
                   kept);
}

static void check_secret(struct doctor *doctor, const struct secret_row *row)
{
    const struct value *secret = NULL;
    const char *asked = NULL;
    struct fault fault = {0};
    if (!state_setting(doctor->database, &doctor->arena,
                       sealed_rotation_key(&doctor->arena, row->label), &asked, &fault) ||
        (!asked && !secret_load(doctor->database, doctor->vault, &doctor->arena,
                                row->label, &secret, &fault)))
        doctor_say_fault(doctor, "secrets", &fault);
}

static void check_overdue(struct doctor *doctor, const struct state_rows *rows,
                          const struct secret_row *row)
{
    const struct record *record = state_find(rows, row->label);
    const char *every =
        record ? value_find_text(record->wanted, "rotate_every", NULL) : NULL;
    char age[DURATION_TEXT_SIZE];
    struct fault ignored;
    int64_t period = 0, made = row->made_at_ms;
    if (!every || !duration_parse(every, &period, &ignored))
        return;
    made = made > 0 ? made : record->changed_at_ms;
    if (clock_now_ms() - made > period)
        doctor_say(doctor, DOCTOR_WARN, "secrets",
                   arena_format(&doctor->arena, "pipster secrets rotate %s",
                                row->label + strlen("secret/")),
                   "%s is %s old and is to be rotated every %s", row->label,
                   duration_format(clock_now_ms() - made, age), every);
}

static void check_secrets(struct doctor *doctor)
{
    struct secret_row *rows;
    struct state_rows state;
    struct fault fault = {0};
    size_t count = 0, failed = doctor->fail_count;
    if (!secret_list(doctor->database, &doctor->arena, &rows, &count, &fault) ||
        !state_load(doctor->database, &doctor->arena, &state, &fault)) {
        doctor_say_fault(doctor, "secrets", &fault);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        check_secret(doctor, &rows[i]);
        check_overdue(doctor, &state, &rows[i]);
    }
    if (doctor->fail_count == failed)
        doctor_say(doctor, DOCTOR_OK, "secrets", NULL,
                   "%zu, and the key opens all of them", count);
}

static void check_key(struct doctor *doctor)
{
    struct fault fault = {0};
    if (!vault_open(&doctor->vault, doctor->database, false, &fault)) {
        doctor_say_fault(doctor, "key", &fault);
        return;
    }
    if (doctor->vault) {
        doctor_say(doctor, DOCTOR_OK, "key", NULL, "%s, only yours",
                   vault_key_path(doctor->vault));
        check_backup(doctor);
        check_secrets(doctor);
        return;
    }
    struct secret_row *rows;
    const struct value *secret;
    size_t count = 0;
    if (!secret_list(doctor->database, &doctor->arena, &rows, &count, &fault))
        doctor_say_fault(doctor, "key", &fault);
    for (size_t i = 0; i < count; i++)
        if (!secret_load(doctor->database, NULL, &doctor->arena, rows[i].label, &secret,
                         &fault))
            doctor_say_fault(doctor, "key", &fault);
    if (count == 0)
        doctor_say(doctor, DOCTOR_OK, "key", NULL, "none yet: the first secret makes it");
}

void doctor_state_check(struct doctor *doctor)
{
    check_database(doctor);
    if (doctor->database)
        check_key(doctor);
}

bool doctor_state_confirm(struct doctor *doctor, struct fault *fault)
{
    const struct project *project = &doctor->project;
    struct lock *lock = NULL;
    char word[VAULT_WORD_SIZE], now[CLOCK_TEXT_SIZE];
    if (access(project->database_path, F_OK) != 0)
        return fault_set(fault, FAULT_USAGE, "there is no state yet, and no key");
    bool done =
        lock_take(&lock, project->lock_path, "doctor", fault) &&
        database_open(&doctor->database, project->database_path, DATABASE_WRITE, fault) &&
        vault_open(&doctor->vault, doctor->database, false, fault);
    if (done && !doctor->vault) {
        done = fault_set(fault, FAULT_USAGE, "there is no key here to be backed up");
        fault_next(fault, "pipster doctor");
    }
    if (done) {
        struct transaction *transaction = transaction_new(doctor->database);
        vault_word(doctor->vault, word);
        clock_format(clock_now_ms(), now);
        state_note_setting(transaction, BACKED_UP,
                           arena_format(&doctor->arena, "%s %s", now, word));
        done = transaction_commit(transaction, fault);
    }
    if (done)
        doctor_say(doctor, DOCTOR_OK, "backup", NULL, "the key was backed up on %.10s",
                   now);
    if (doctor->database)
        database_close(doctor->database);
    doctor->database = NULL;
    if (lock)
        lock_release(lock);
    return done;
}
