// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/duration.h"
#include "base/redact.h"
#include "command/command.h"
#include "command/secrets.h"
#include "command/secrets_file.h"
#include "command/typed.h"
#include "engine/sealed.h"
#include "store/secret.h"
#include "view/json_view.h"
#include "view/secret_view.h"

struct use {
    const char *label;
    bool found;
};

static void find_use(void *context, const struct value *value)
{
    struct use *use = context;
    if (value->kind == VALUE_REFERENCE &&
        strcmp(value->reference.address, use->label) == 0)
        use->found = true;
}

static void list_uses(struct secrets *secrets, const char *label,
                      struct secret_view *view)
{
    const struct state_rows *rows = &secrets->rows;
    view->used_by =
        arena_alloc(&secrets->arena, (rows->count + 1) * sizeof *view->used_by);
    for (size_t i = 0; i < rows->count; i++) {
        struct use use = {label, false};
        if (rows->rows[i].wanted)
            value_walk(rows->rows[i].wanted, find_use, &use);
        if (use.found)
            view->used_by[view->used_by_count++] = rows->rows[i].address;
    }
}

static bool fill(struct secrets *secrets, const struct secret_row *row,
                 struct secret_view *view, struct fault *fault)
{
    const struct record *record = state_find(&secrets->rows, row->label);
    const char *source = secrets_source(secrets, row->label), *asked = NULL;
    int64_t period = 0;
    *view = (struct secret_view){
        .name = row->label + strlen("secret/"),
        .source = source ? source : row->source,
        .length = row->length,
        .made_at_ms = row->made_at_ms,
        .declared = record != NULL,
    };
    if (view->made_at_ms == 0 && record)
        view->made_at_ms = record->changed_at_ms;
    view->age_ms = clock_now_ms() - view->made_at_ms;
    if (!state_setting(secrets->database, &secrets->arena,
                       sealed_rotation_key(&secrets->arena, row->label), &asked, fault))
        return false;
    view->rotation_asked = asked != NULL;
    view->rotate_every =
        record ? value_find_text(record->wanted, "rotate_every", NULL) : NULL;
    if (view->rotate_every && !duration_parse(view->rotate_every, &period, fault))
        return false;
    view->overdue = view->rotate_every && view->made_at_ms > 0 && view->age_ms > period;
    list_uses(secrets, row->label, view);
    return true;
}

static bool print(struct secrets *secrets, const struct secret_row *row,
                  struct fault *fault)
{
    struct secret_view view;
    if (!fill(secrets, row, &view, fault))
        return false;
    if (secrets->options->json)
        secret_view_json(stdout, &view);
    else
        secret_view_print(&secrets->out, &view);
    return true;
}

static bool list(struct secrets *secrets, struct fault *fault)
{
    struct secret_row *rows;
    size_t count = 0;
    if (!secret_list(secrets->database, &secrets->arena, &rows, &count, fault))
        return false;
    if (secrets->options->json)
        json_view_version(stdout);
    for (size_t i = 0; i < count; i++)
        if (!print(secrets, &rows[i], fault))
            return false;
    if (count == 0 && !secrets->options->json)
        terminal_print(&secrets->out, TERMINAL_PLAIN, "No secrets yet.\n");
    return true;
}

static bool refuse_source(struct secrets *secrets, const char *label, const char *verb,
                          struct fault *fault)
{
    const char *source = secrets_source(secrets, label);
    if (!source)
        return true;
    fault_set(fault, FAULT_USAGE, "%s is not %s here: it comes from %s", label, verb,
              source);
    return fault_next(fault, "change it there; the next plan shows it");
}

static bool set(struct secrets *secrets, const char *name, struct fault *fault)
{
    const char *label;
    struct text value;
    if (!secrets_label(secrets, name, &label, fault) ||
        !refuse_source(secrets, label, "set", fault))
        return false;
    const char *question = arena_format(&secrets->arena, "Value of %s", label);
    bool done = typed_value(secrets->options, question, &value, fault) &&
                secret_tidy(&value, label, fault);
    if (done)
        redact_add(value.bytes, value.length);
    if (done && (done = secrets_open_vault(secrets, fault))) {
        struct transaction *transaction = transaction_new(secrets->database);
        secret_put(transaction, secrets->vault,
                   value_secret(&secrets->arena, label, value.bytes, value.length),
                   "set");
        state_set_setting(transaction, sealed_rotation_key(&secrets->arena, label), NULL);
        done = transaction_commit(transaction, fault);
    }
    if (done)
        terminal_print(&secrets->out, TERMINAL_PLAIN,
                       "%s is sealed, %zu bytes. pipster plan shows what that changes.\n",
                       label, value.length);
    text_clear(&value);
    return done;
}

static bool refuse_unknown(struct secrets *secrets, const char *label,
                           struct fault *fault)
{
    struct secret_row *rows;
    size_t count = 0;
    fault_set(fault, FAULT_USAGE, "there is no %s", label);
    fault_next(fault, "pipster secrets list");
    struct fault ignored;
    if (!secret_list(secrets->database, &secrets->arena, &rows, &count, &ignored))
        return false;
    const char **names = arena_alloc(&secrets->arena, (count + 1) * sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = rows[i].label;
    const char *near = schema_nearest(label, names, count);
    return near ? fault_next(fault, "did you mean %s?", near) : false;
}

static bool mark(struct secrets *secrets, struct transaction *transaction,
                 const char *name, struct fault *fault)
{
    const char *label;
    char now[CLOCK_TEXT_SIZE];
    struct secret_row row;
    if (!secrets_label(secrets, name, &label, fault) ||
        !secret_find(secrets->database, &secrets->arena, label, &row, fault) ||
        (!row.label && !refuse_unknown(secrets, label, fault)) ||
        !refuse_source(secrets, label, "made", fault))
        return false;
    state_set_setting(transaction, sealed_rotation_key(&secrets->arena, label),
                      clock_format(clock_now_ms(), now));
    return true;
}

static bool rotate(struct secrets *secrets, const char *const *names, size_t count,
                   struct fault *fault)
{
    struct transaction *transaction = transaction_new(secrets->database);
    for (size_t i = 0; i < count; i++) {
        if (!mark(secrets, transaction, names[i], fault)) {
            transaction_drop(transaction);
            return false;
        }
    }
    if (!transaction_commit(transaction, fault))
        return false;
    terminal_print(
        &secrets->out, TERMINAL_PLAIN,
        "%zu secret%s will be made anew by the next run, and stay%s until then. "
        "pipster plan shows what that changes.\n",
        count, count == 1 ? "" : "s", count == 1 ? "s" : "");
    return true;
}

static bool carry_out(struct secrets *secrets, const char *verb, struct fault *fault)
{
    const struct options *options = secrets->options;
    const char *const *words = options->words + 1;
    size_t count = options->word_count > 0 ? options->word_count - 1 : 0;
    if (strcmp(verb, "list") == 0 && count == 0)
        return list(secrets, fault);
    if (strcmp(verb, "set") == 0 && count == 1)
        return set(secrets, words[0], fault);
    if (strcmp(verb, "rotate") == 0 && count > 0)
        return rotate(secrets, words, count, fault);
    if (strcmp(verb, "export") == 0 && count == 1)
        return secrets_file_export(secrets, words[0], fault);
    return secrets_file_import(secrets, words[0], words + 1, count - 1, fault);
}

static bool check_words(const struct options *options, struct fault *fault)
{
    static const struct {
        const char *verb;
        size_t least, most;
        const char *wants;
    } verbs[] = {
        {"list", 0, 0, "nothing more"},
        {"set", 1, 1, "one NAME; the value comes on stdin"},
        {"rotate", 1, 1000, "a NAME"},
        {"export", 1, 1, "one FILE"},
        {"import", 1, 1000, "a FILE"},
    };
    if (options->word_count == 0)
        return true;
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        size_t count = options->word_count - 1;
        if (strcmp(options->words[0], verbs[i].verb) != 0)
            continue;
        return (count >= verbs[i].least && count <= verbs[i].most) ||
               fault_set(fault, FAULT_USAGE, "pipster secrets %s takes %s", verbs[i].verb,
                         verbs[i].wants);
    }
    fault_set(fault, FAULT_USAGE, "pipster secrets has no \"%s\"", options->words[0]);
    return fault_next(fault, "pipster help secrets");
}

static int run(const struct options *options, struct fault *fault)
{
    struct secrets secrets;
    const char *verb = options->word_count > 0 ? options->words[0] : "list";
    bool writes = strcmp(verb, "list") != 0 && strcmp(verb, "export") != 0;
    if (!check_words(options, fault))
        return 64;
    bool done = secrets_open(&secrets, options, writes, fault) &&
                carry_out(&secrets, verb, fault);
    secrets_close(&secrets);
    return done ? 0 : 1;
}

const struct command cmd_secrets = {
    .name = "secrets",
    .summary = "what is sealed, from where and how old; set, rotate, export, import",
    .usage =
        "pipster secrets list [--json]\n"
        "pipster secrets set NAME              the value from stdin, or typed unseen\n"
        "pipster secrets rotate NAME …         the next run makes a new one\n"
        "pipster secrets export FILE           all of them, encrypted with a passphrase\n"
        "pipster secrets import FILE [NAME …]  back again\n"
        "\n"
        "No value is ever shown. One that was set stays, and is not generated. The old\n"
        "value stays until the run that has the new one; its plan shows what else "
        "changes.\n"
        "An import takes what is missing here and what the key does not open; what has\n"
        "another value here must be named, or all of it with --yes.\n"
        "\n"
        "  --passphrase-file FILE  its first line; else PIPSTER_PASSPHRASE, else typed\n"
        "  --yes                   replace FILE, or what is here; make a lost key anew\n",
    .run = run,
};
