// SPDX-License-Identifier: MIT
//
// What was built by hand or by another program (a Hetzner project, a machine) becomes a
// playbook and rows. The plan of that playbook must be empty, else nothing is recorded.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "command/command.h"
#include "command/errand.h"
#include "engine/adopt.h"
#include "store/file.h"
#include "view/plan_view.h"

// Who writes the playbook.
struct source {
    const char *word;   // behind `pipster adopt`
    const char *module; // its function write
    const char *doing;
    const char *file; // NULL: playbooks/NAME.lua, of the name in its answer
    bool takes_place; // another word says where
};

static const struct source sources[] = {
    {"hetzner", "hetzner.adopt", "reading the Hetzner project", "playbooks/adopted.lua",
     false},
    {"host", "host_adopt", "reading the host", NULL, true},
};

static const struct value *describe(struct workbench *bench)
{
    struct arena *arena = &bench->arena;
    const struct state_rows *rows = &bench->recorded;
    const struct value **items =
        arena_alloc(arena, (rows->count + 1) * sizeof(const struct value *));
    for (size_t i = 0; i < rows->count; i++) {
        const struct value_entry entries[] = {
            {"address", value_text(arena, rows->rows[i].address)},
            {"type", value_text(arena, rows->rows[i].type)},
            {"id", value_find(rows->rows[i].attributes, "id")},
        };
        items[i] = value_map(arena, entries, 3);
    }
    const struct options *options = bench->options;
    const struct value_entry entries[] = {
        {"recorded", value_list(arena, items, rows->count)},
        {"place", options->word_count > 1 ? value_text(arena, options->words[1]) : NULL},
    };
    return value_map(arena, entries, 2);
}

// Never over one that is there: it may have been edited since.
static bool write_playbook(const char *path, const char *text, struct fault *fault)
{
    int file = -1;
    if (!file_make_folder(path, fault))
        return false;
    file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (file < 0 && errno == EEXIST) {
        fault_set(fault, FAULT_USAGE, "%s is there already", path);
        return fault_next(fault, "the same with --out playbooks/OTHER.lua");
    }
    if (file < 0)
        return file_fail(fault, "create", path);
    size_t length = strlen(text);
    bool whole = write(file, text, length) == (ssize_t) length;
    if (!whole)
        file_fail(fault, "write", path);
    if (close(file) != 0 && whole)
        whole = file_fail(fault, "write", path);
    if (!whole)
        unlink(path);
    return whole;
}

static struct state_rows assume(struct arena *arena, const struct value *items)
{
    size_t count = items && items->kind == VALUE_LIST ? items->list.count : 0;
    struct record *records = arena_alloc(arena, (count + 1) * sizeof *records);
    for (size_t i = 0; i < count; i++) {
        const struct value *item = items->list.items[i];
        const struct value_entry entries[] = {{"id", value_find(item, "id")},
                                              {"adopted", value_bool(true)}};
        records[i] = (struct record){
            .address = value_find_text(item, "address", ""),
            .type = value_find_text(item, "type", ""),
            .created_by_us = value_find_bool(item, "ours", true),
            .attributes = value_map(arena, entries, 2),
        };
    }
    const struct state_rows none = {0}, given = {records, count};
    return adopt_rows(arena, &none, &given); // sorted
}

static bool record(struct workbench *bench, struct plan *plan, const char *path,
                   struct fault *fault)
{
    const char *tip = NULL;
    if (!state_setting(bench->database, &bench->arena, "tip", &tip, fault))
        return false;
    struct transaction *transaction = transaction_new(bench->database);
    size_t count = adopt_record(&bench->engine, plan, false, transaction);
    if (!tip)
        state_set_setting(transaction, "tip", bench->wanted.playbook);
    if (!transaction_commit(transaction, fault))
        return false;
    terminal_print(&bench->out, TERMINAL_PLAIN,
                   "Adopted: %zu thing%s, declared in %s. Its plan is empty.\n", count,
                   count == 1 ? "" : "s", path);
    if (tip)
        terminal_print(&bench->err, TERMINAL_DIM,
                       "Put include \"%s\" into %s, the playbook last run.\n", path, tip);
    return true;
}

// The playbook stays, to be looked at; nothing is recorded.
static bool refuse(struct workbench *bench, const struct plan *plan, const char *path,
                   struct fault *fault)
{
    plan_view_print(&bench->out, plan, bench->options->verbose);
    fault_set(fault, FAULT_ERROR, "the plan of what was written is not empty");
    fault_where(fault, "%s", path);
    fault_why(fault, "what differs is shown above; nothing was recorded or changed");
    return fault_next(fault,
                      "edit it, then take its things in one by one: pipster "
                      "import ADDRESS ID %s",
                      path);
}

static bool plan_and_record(struct workbench *bench, const struct value *answer,
                            const char *path, struct fault *fault)
{
    const struct engine_options options = {
        .assumed = assume(&bench->arena, value_find(answer, "items"))};
    struct plan *plan = NULL;
    const char *playbook = NULL;
    bool planned =
        project_playbook(&bench->project, &bench->arena, path, &playbook, fault) &&
        script_run_playbook(bench->script, playbook, &bench->arena, &bench->wanted,
                            fault) &&
        engine_plan(&bench->engine, &bench->wanted, &options, &plan, fault);
    bool done = planned && plan_is_empty(plan) && record(bench, plan, path, fault);
    if (planned && !plan_is_empty(plan))
        refuse(bench, plan, path, fault);
    plan_free(plan);
    return done;
}

static const char *choose_file(struct workbench *bench, const struct source *source,
                               const struct value *answer)
{
    if (bench->options->out)
        return bench->options->out;
    return source->file ? source->file
                        : arena_format(&bench->arena, "playbooks/%s.lua",
                                       value_find_text(answer, "name", "adopted"));
}

static bool adopt(struct workbench *bench, const struct source *source,
                  struct fault *fault)
{
    const struct value *answer = NULL;
    if (!errand_run(bench, source->module, "write", describe(bench), &answer, fault))
        return fault_while(fault, "%s", source->doing);
    const char *path = choose_file(bench, source, answer);
    int64_t count = value_find_integer(answer, "count", 0);
    int64_t left = value_find_integer(answer, "left", 0);
    int64_t known = value_find_integer(answer, "skipped", 0);
    if (known > 0)
        terminal_print(&bench->err, TERMINAL_DIM, "In the state already: %lld.\n",
                       (long long) known);
    if (count == 0) {
        terminal_print(&bench->out, TERMINAL_PLAIN, "Nothing to adopt.\n");
        return true;
    }
    const char *text = value_find_text(answer, "text", "");
    const char *absolute =
        path[0] == '/' ? path
                       : arena_format(&bench->arena, "%s/%s", bench->project.root, path);
    if (!write_playbook(absolute, text, fault))
        return false;
    if (left > 0)
        terminal_print(&bench->err, TERMINAL_DIM,
                       "Left alone, as comments at its end: %lld.\n", (long long) left);
    return plan_and_record(bench, answer, path, fault);
}

static const struct source *find_source(const struct options *options,
                                        struct fault *fault)
{
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (options->word_count == 1 + (size_t) sources[i].takes_place &&
            strcmp(options->words[0], sources[i].word) == 0)
            return &sources[i];
    fault_set(fault, FAULT_USAGE, "pipster adopt wants to know whose things");
    fault_next(fault, "pipster adopt hetzner, or pipster adopt host 192.0.2.10");
    return NULL;
}

static int run(const struct options *options, struct fault *fault)
{
    struct workbench bench;
    const struct source *source = find_source(options, fault);
    if (!source)
        return 1;
    if (workbench_open(&bench, options, WORKBENCH_WRITE, fault) &&
        !adopt(&bench, source, fault))
        fault_while(fault, "adopting");
    workbench_close(&bench);
    return 0;
}

const struct command cmd_adopt = {
    .name = "adopt",
    .summary = "what was built by hand, or by Terraform, becomes a playbook and state",
    .usage =
        "pipster adopt hetzner [--out playbooks/adopted.lua]\n"
        "pipster adopt host [LOGIN@]ADDRESS[:PORT] [--out playbooks/NAME.lua]\n"
        "\n"
        "Lists what the token of HCLOUD_TOKEN sees, writes a playbook that declares "
        "it,\n"
        "and records it; then the plan of that playbook is empty. Nothing is changed "
        "at\n"
        "Hetzner: labels of others stay, ours are put on a thing when a run changes\n"
        "something of it. What is in the state already is skipped. When the plan is "
        "not\n"
        "empty it is shown, nothing is recorded, and the exit code is 1.\n"
        "\n"
        "Of a host: packages that were installed by name, users, their keys, files of\n"
        "one's own below /etc (cron, sysctl, sshd, sudoers, units …), services, ufw, "
        "the\n"
        "time zone; as far as a type can say it, the rest is named in comments. Its "
        "name\n"
        "is the machine's own. All of that is recorded as found: no longer declared, it\n"
        "stays. One mark is put on the machine, in /var/lib/pipster. Its key must be in\n"
        "known_hosts, or is taken by --accept-new.\n",
    .run = run,
};
