// SPDX-License-Identifier: MIT
//
// One command on many hosts at once, outside of any plan: the run is kept in the history
// with who, where and what, and as no change of anything that is declared.
#include <inttypes.h>
#include <string.h>

#include "base/duration.h"
#include "base/redact.h"
#include "command/command.h"
#include "command/fleet.h"
#include "store/journal.h"
#include "view/host_view.h"
#include "view/json_view.h"

#define AT_ONCE 100

#define EXIT_ENDED 124 // by us, for it took too long or said too much; as timeout(1)

struct exec {
    struct workbench bench;
    struct fleet fleet;
    const char *command;
    struct host_view view;
    size_t done_count, failed_count, unreachable_count;
    int worst;
};

static const char *join_command(struct arena *arena, const struct options *options)
{
    struct text text;
    text_init(&text, 0);
    for (size_t i = options->own_count; i < options->word_count; i++) {
        text_add(&text, i > options->own_count ? " " : "");
        text_add(&text, options->words[i]);
    }
    const char *command = arena_copy(arena, text.bytes, text.length);
    text_clear(&text);
    return command;
}

static int code_of(const struct fleet_host *host)
{
    if (host->fault)
        return host->fault->kind == FAULT_ERROR ? EXIT_ENDED
                                                : fault_exit_code(host->fault->kind);
    return (int) value_find_integer(host->answer, "status", 0);
}

static void print_line(void *context, const struct fleet_host *host, const char *bytes,
                       size_t length)
{
    const struct exec *exec = context;
    host_view_line(&exec->view, host->name, bytes, length);
}

static void print_json(struct exec *exec, const struct fleet_host *host, int code)
{
    struct arena *arena = &exec->bench.arena;
    const struct value_entry entries[] = {
        {"host", value_text(arena, host->name)},
        {"status", host->answer ? value_integer(arena, code) : NULL},
        {"signal", value_find(host->answer, "signal")},
        {"output", value_find(host->answer, "output")},
        {"errors", value_find(host->answer, "errors")},
        {"ms", value_find(host->answer, "ms")},
        {"failure", host->fault ? value_text(arena, host->fault->what) : NULL},
        {"why",
         host->fault && host->fault->why[0] ? value_text(arena, host->fault->why) : NULL},
        {"reason", host->fault ? value_text(arena, fault_word(host->fault->kind)) : NULL},
    };
    json_view_line(stdout, "host_result",
                   value_map(arena, entries, sizeof entries / sizeof *entries));
}

static void end_host(void *context, const struct fleet_host *host)
{
    struct exec *exec = context;
    int code = code_of(host);
    exec->worst = code > exec->worst ? code : exec->worst;
    exec->done_count += code == 0;
    exec->unreachable_count += host->fault && host->fault->kind == FAULT_UNREACHABLE;
    exec->failed_count += code != 0;
    if (exec->bench.options->json) {
        print_json(exec, host, code);
        return;
    }
    const struct value *errors = value_find(host->answer, "errors");
    if (errors && errors->kind == VALUE_STRING)
        host_view_errors(&exec->view, host->name, errors->string.bytes,
                         errors->string.length);
    if (host->fault)
        host_view_fault(&exec->view, host->name, host->fault);
    else if (code != 0)
        host_view_note(&exec->view, host->name,
                       arena_format(&exec->bench.arena, "exit code %d", code));
}

// Kept with the run: who, where, what, with known secrets taken out.
static const struct value *describe(struct exec *exec)
{
    struct arena *arena = &exec->bench.arena;
    const struct value **names =
        arena_alloc(arena, (exec->fleet.count + 1) * sizeof(const struct value *));
    for (size_t i = 0; i < exec->fleet.count; i++)
        names[i] = value_text(arena, exec->fleet.hosts[i].name);
    struct text shown;
    text_init(&shown, 0);
    text_add(&shown, exec->command);
    redact_text(&shown);
    const struct value *command = value_text(arena, shown.bytes);
    text_clear(&shown);
    const struct value_entry entries[] = {
        {"hosts", value_list(arena, names, exec->fleet.count)},
        {"command", value_list(arena, &command, 1)},
    };
    return value_map(arena, entries, 2);
}

static bool end_run(struct exec *exec, struct record_run *run, bool whole,
                    struct fault *fault)
{
    struct arena *arena = &exec->bench.arena;
    struct fault own = {0};
    const struct value_entry entries[] = {
        {"done", value_integer(arena, (int64_t) exec->done_count)},
        {"failed", value_integer(arena, (int64_t) exec->failed_count)},
    };
    run->summary = value_map(arena, entries, 2);
    run->outcome = !whole                    ? "interrupted"
                   : exec->failed_count == 0 ? "done"
                   : exec->done_count > 0    ? "partial"
                                             : "failed";
    struct transaction *transaction = transaction_new(exec->bench.database);
    journal_end_run(transaction, run);
    if (transaction_commit(transaction, &own))
        return true;
    if (!fault_is_set(fault))
        *fault = own;
    return false;
}

static void print_summary(struct exec *exec)
{
    size_t count = exec->fleet.count;
    if (exec->bench.options->json) {
        struct arena *arena = &exec->bench.arena;
        const struct value_entry entries[] = {
            {"hosts", value_integer(arena, (int64_t) count)},
            {"done", value_integer(arena, (int64_t) exec->done_count)},
            {"failed", value_integer(arena, (int64_t) exec->failed_count)},
            {"unreachable", value_integer(arena, (int64_t) exec->unreachable_count)},
            {"exit_code", value_integer(arena, exec->worst)},
        };
        json_view_line(stdout, "exec_summary",
                       value_map(arena, entries, sizeof entries / sizeof *entries));
        return;
    }
    terminal_print(&exec->bench.err, exec->failed_count ? TERMINAL_RED : TERMINAL_GREEN,
                   "%zu host%s: %zu done, %zu failed", count, count == 1 ? "" : "s",
                   exec->done_count, exec->failed_count);
    if (exec->unreachable_count > 0)
        terminal_print(&exec->bench.err, TERMINAL_RED, " (%zu unreachable)",
                       exec->unreachable_count);
    terminal_print(&exec->bench.err, TERMINAL_PLAIN, "\n");
}

static bool carry_out_all(struct exec *exec, int64_t timeout_ms, struct fault *fault)
{
    const struct options *options = exec->bench.options;
    struct arena *arena = &exec->bench.arena;
    const struct value_entry asked[] = {
        {"script", value_text(arena, exec->command)},
        {"timeout", value_integer(arena, (timeout_ms + 999) / 1000)},
        {"keep", value_bool(options->json)},
    };
    const struct fleet_errand errand = {
        .module = "remote",
        .function = "run",
        .asked = value_map(arena, asked, 3),
        .at_once = options->serial > 0 ? (size_t) options->serial : AT_ONCE,
        .line = options->json ? NULL : print_line,
        .ended = end_host,
        .context = exec,
    };
    struct record_run run = {
        .verb = "exec", .who = workbench_who(&exec->bench), .options = describe(exec)};
    if (!journal_begin_run(exec->bench.database, &run, fault))
        return false;
    bool whole = fleet_run(&exec->bench, &exec->fleet, &errand, fault);
    print_summary(exec);
    return end_run(exec, &run, whole, fault) && whole;
}

static bool check_words(const struct options *options, int64_t *timeout_ms,
                        struct fault *fault)
{
    if (options->own_count != 1 || options->word_count == options->own_count) {
        fault_set(fault, FAULT_USAGE, "pipster exec wants hosts and a command");
        return fault_next(fault, "pipster exec \"web*\" -- uptime");
    }
    if (!options->timeout || duration_parse(options->timeout, timeout_ms, fault))
        return true;
    fault->kind = FAULT_USAGE;
    return fault_while(fault, "reading --timeout");
}

static int run(const struct options *options, struct fault *fault)
{
    struct exec exec = {0};
    int64_t timeout_ms = 0;
    if (!check_words(options, &timeout_ms, fault))
        return 64;
    if (options->json)
        json_view_version(stdout);
    if (workbench_open(&exec.bench, options, WORKBENCH_WRITE, fault) &&
        fleet_redact(&exec.bench, fault) &&
        fleet_choose(&exec.bench.arena, &exec.bench.recorded, options->words[0],
                     &exec.fleet, fault)) {
        exec.command = join_command(&exec.bench.arena, options);
        host_view_init(&exec.view, &exec.bench.out, &exec.bench.err);
        for (size_t i = 0; i < exec.fleet.count; i++)
            host_view_widen(&exec.view, exec.fleet.hosts[i].name);
        if (carry_out_all(&exec, timeout_ms, fault))
            workbench_print_timing(&exec.bench);
    }
    workbench_close(&exec.bench);
    return exec.worst;
}

const struct command cmd_exec = {
    .name = "exec",
    .summary = "a command on many hosts at once, outside of any plan",
    .usage =
        "pipster exec HOSTS [--serial N] [--timeout T] [--json] -- COMMAND…\n"
        "\n"
        "HOSTS is the name of a host or of a group, a glob of them, or several with\n"
        "commas: \"web*,db1\". The words after -- are joined with blanks, as ssh does, "
        "and\n"
        "run by sh as root, in /, with nothing on stdin and no terminal. Output comes "
        "as\n"
        "\"host| line\", stderr on stderr when the command has ended; a host that "
        "cannot\n"
        "be reached fails alone. The run is kept in the history.\n"
        "\n"
        "The exit code is the highest of: the command's own on each host, 128 + N where\n"
        "signal N ended it, 124 where it took longer than T or printed more than 64 MiB, "
        "4\n"
        "where a host could not be reached, 5 where its host key is another.\n"
        "\n"
        "  --serial N   N hosts at a time; without it 100\n"
        "  --timeout T  30s, 10m … for each host; without it 10m\n",
    .run = run,
};
