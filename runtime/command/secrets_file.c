// SPDX-License-Identifier: MIT
#include "command/secrets_file.h"

#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/redact.h"
#include "command/typed.h"
#include "engine/sealed.h"
#include "store/secret.h"
#include "store/secret_file.h"

static bool load_all(struct secrets *secrets, struct secret_entry **entries,
                     size_t *count, struct fault *fault)
{
    struct arena *arena = &secrets->arena;
    struct secret_row *rows;
    if (!secret_list(secrets->database, arena, &rows, count, fault))
        return false;
    *entries = arena_alloc(arena, (*count + 1) * sizeof **entries);
    for (size_t i = 0; i < *count; i++) {
        const struct value *secret = NULL;
        if (!secret_load(secrets->database, secrets->vault, arena, rows[i].label, &secret,
                         fault))
            return false;
        (*entries)[i] = (struct secret_entry){
            .label = rows[i].label,
            .source = rows[i].source,
            .made_at_ms = rows[i].made_at_ms,
            .bytes = secret->secret.bytes,
            .length = secret->secret.length,
        };
    }
    if (*count > 0)
        return true;
    fault_set(fault, FAULT_ERROR, "there are no secrets to export");
    return fault_where(fault, "%s", secrets->project.database_path);
}

bool secrets_file_export(struct secrets *secrets, const char *path, struct fault *fault)
{
    struct secret_entry *entries;
    struct text passphrase;
    size_t count = 0;
    if (access(path, F_OK) == 0 && !secrets->options->yes) {
        fault_set(fault, FAULT_USAGE, "%s is there already", path);
        return fault_next(fault, "choose another name, or add --yes to replace it");
    }
    if (!vault_open(&secrets->vault, secrets->database, false, fault) ||
        !load_all(secrets, &entries, &count, fault))
        return false;
    bool written = typed_passphrase(secrets->options, true, &passphrase, fault) &&
                   secret_file_write(path, &passphrase, entries, count, fault);
    text_clear(&passphrase);
    if (written)
        terminal_print(
            &secrets->out, TERMINAL_PLAIN,
            "%zu secret%s exported to %s. Keep it apart from its passphrase.\n", count,
            count == 1 ? "" : "s", path);
    return written;
}

static bool is_named(const char *label, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(label + strlen("secret/"), names[i]) == 0)
            return true;
    return false;
}

struct importing {
    struct secrets *secrets;
    const char *const *names;
    size_t name_count;
    struct transaction *transaction;
    size_t taken, same;
    struct text conflicts;
};

static void put(struct importing *importing, const struct secret_entry *entry)
{
    struct secrets *secrets = importing->secrets;
    redact_add(entry->bytes, entry->length);
    const struct value *secret =
        value_secret(&secrets->arena, entry->label, entry->bytes, entry->length);
    secret_put_made(importing->transaction, secrets->vault, secret, entry->source,
                    entry->made_at_ms);
    state_set_setting(importing->transaction,
                      sealed_rotation_key(&secrets->arena, entry->label), NULL);
    importing->taken++;
}

// One that cannot be opened any more is replaced: that is what an export is for.
static bool take(struct importing *importing, const struct secret_entry *entry,
                 struct fault *fault)
{
    struct secrets *secrets = importing->secrets;
    const struct value *here = NULL;
    struct fault closed;
    const char *label;
    if (strncmp(entry->label, "secret/", 7) != 0 ||
        !secrets_label(secrets, entry->label, &label, fault))
        return fault_set(fault, FAULT_ERROR, "the export names what is no secret");
    bool named = is_named(label, importing->names, importing->name_count);
    if (importing->name_count > 0 && !named)
        return true;
    bool opened = secret_load(secrets->database, secrets->vault, &secrets->arena, label,
                              &here, &closed);
    bool same = opened && here && here->secret.length == entry->length &&
                memcmp(here->secret.bytes, entry->bytes, entry->length) == 0;
    if (same)
        importing->same++;
    else if (!opened || !here || named || secrets->options->yes)
        put(importing, entry);
    else
        text_format(&importing->conflicts, "%s%s", importing->conflicts.length ? " " : "",
                    label + strlen("secret/"));
    return true;
}

static bool check_names(const struct importing *importing,
                        const struct secret_entry *entries, size_t count,
                        struct fault *fault)
{
    for (size_t i = 0; i < importing->name_count; i++) {
        bool found = false;
        for (size_t k = 0; k < count && !found; k++)
            found = strncmp(entries[k].label, "secret/", 7) == 0 &&
                    strcmp(entries[k].label + 7, importing->names[i]) == 0;
        if (!found)
            return fault_set(fault, FAULT_USAGE, "%s is not in the export",
                             importing->names[i]);
    }
    return true;
}

static bool refuse_conflicts(const struct importing *importing, const char *path,
                             struct fault *fault)
{
    const char *names = importing->conflicts.bytes;
    if (importing->conflicts.length == 0)
        return true;
    fault_set(fault, FAULT_ERROR, "nothing was imported: others are here already");
    fault_why(fault, "another value here than in the export: %s", names);
    return fault_next(fault, "pipster secrets import %s %s, or --yes for all", path,
                      names);
}

static bool take_all(struct importing *importing, const char *path,
                     const struct secret_entry *entries, size_t count,
                     struct fault *fault)
{
    struct secrets *secrets = importing->secrets;
    bool taken = check_names(importing, entries, count, fault);
    importing->transaction = transaction_new(secrets->database);
    for (size_t i = 0; taken && i < count; i++)
        taken = take(importing, &entries[i], fault);
    taken = taken && refuse_conflicts(importing, path, fault);
    if (!taken) {
        transaction_drop(importing->transaction);
        return false;
    }
    return transaction_commit(importing->transaction, fault);
}

bool secrets_file_import(struct secrets *secrets, const char *path,
                         const char *const *names, size_t count, struct fault *fault)
{
    struct importing importing = {
        .secrets = secrets, .names = names, .name_count = count};
    struct secret_entry *entries;
    struct text passphrase;
    size_t entry_count = 0;
    text_init(&importing.conflicts, 0);
    bool taken = typed_passphrase(secrets->options, false, &passphrase, fault) &&
                 secret_file_read(path, &passphrase, &secrets->arena, &entries,
                                  &entry_count, fault) &&
                 secrets_open_vault(secrets, fault) &&
                 take_all(&importing, path, entries, entry_count, fault);
    text_clear(&passphrase);
    text_clear(&importing.conflicts);
    if (taken)
        terminal_print(
            &secrets->out, TERMINAL_PLAIN,
            "%zu imported, %zu were here already. pipster plan shows what that "
            "changes.\n",
            importing.taken, importing.same);
    return taken;
}
