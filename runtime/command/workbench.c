// SPDX-License-Identifier: MIT
#include "command/workbench.h"

#include <poll.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "command/accepted.h"
#include "command/tip.h"
#include "command/vendor.h"
#include "net/ssh.h"
#include "store/secret.h"

// A project that never stored anything has no id yet: nothing in the world carries this
// one.
#define NO_PROJECT_ID "0000000000000000"

static void wake_loop(void *context)
{
    loop_wake(context);
}

// After a signal: where nobody can press Ctrl-C again, the machine that sent it kills us
// soon.
#define PATIENCE_MS 4000

static bool open_net(struct workbench *bench, struct fault *fault)
{
    struct http_options options = {
        .ca_file = getenv("PIPSTER_CA_ROOTS"),
        .dns_server = getenv("PIPSTER_RESOLVER"),
        .user_agent = "pipster/" PIPSTER_VERSION,
    };
    bench->loop = loop_new();
    loop_watch_signals(bench->loop, &bench->interrupted);
    if (bench->options->non_interactive)
        loop_give_up_after(bench->loop, PATIENCE_MS, &bench->given_up);
    if (!http_open(&bench->http, bench->loop, &options, fault))
        return false;
    struct retry_options retrying = {.max_tries = 6, .first_ms = 1000};
    bench->retry = retry_new(bench->loop, bench->http, &retrying);
    return true;
}

bool workbench_read_rows(struct workbench *bench, struct fault *fault)
{
    bench->engine.recorded = NULL;
    if (!state_load(bench->database, &bench->arena, &bench->recorded, fault))
        return false;
    bench->engine.recorded = &bench->recorded;
    bench->engine.recorded_at =
        bench->database ? database_commit_count(bench->database) : 0;
    return true;
}

static bool open_store(struct workbench *bench, enum workbench_mode mode,
                       struct fault *fault)
{
    const struct project *project = &bench->project;
    bool writes = mode != WORKBENCH_READ;
    if (writes && bench->options->state)
        return fault_set(fault, FAULT_USAGE, "an exported state can only be looked at");
    if (writes && !project_make_folders(project, fault))
        return false;
    if (writes &&
        !lock_take(&bench->lock, project->lock_path, bench->options->verb, fault))
        return false;
    if (!database_open(&bench->database, project->database_path,
                       writes ? DATABASE_WRITE : DATABASE_READ, fault))
        return false;
    if (!bench->database)
        return true;
    if (mode == WORKBENCH_FOUND &&
        !database_take_project_id(bench->database, bench->options->project_id, fault))
        return false;
    if (database_taken_in(bench->database))
        terminal_print(&bench->err, TERMINAL_YELLOW,
                       "Taken in: what an earlier run had to keep in %s.\n",
                       database_taken_in(bench->database));
    database_on_wake(bench->database, wake_loop, bench->loop);
    bench->serial = database_serial(bench->database);
    if (!bench->options->state &&
        !vault_open(&bench->vault, bench->database, writes, fault))
        return false;
    return workbench_read_rows(bench, fault) && tip_load(bench, fault);
}

// Prices may be kept by a plan too, once the project has a folder to keep them in.
static bool open_cache(struct workbench *bench, struct fault *fault)
{
    char *slash = strrchr(bench->project.cache_path, '/');
    const char *folder = arena_copy(&bench->arena, bench->project.cache_path,
                                    (size_t) (slash - bench->project.cache_path));
    if (access(folder, W_OK) != 0)
        return true;
    return cache_open(&bench->cache, bench->project.cache_path, fault);
}

static void hear(void *context, const char *name, const char *bytes, size_t length)
{
    const struct workbench *bench = context;
    if (bench->told)
        bench->told(bench->told_context, name, bytes, length);
}

static bool open_script(struct workbench *bench, enum workbench_mode mode,
                        struct fault *fault)
{
    const char *id =
        bench->database ? database_project_id(bench->database) : NO_PROJECT_ID;
    struct script_options options = {
        .loop = bench->loop,
        .http = bench->http,
        .retry = bench->retry,
        .cache = bench->cache,
        .settings = project_settings(&bench->project, &bench->arena, id, bench->options),
        .inputs = &bench->project.inputs,
        .recorded = &bench->recorded,
        .tip = bench->tip_base,
        .project_root = bench->project.root,
        .stdlib_root = bench->options->stdlib,
        .project_id = id,
        .age_identity = value_find_text(bench->project.settings, "age_identity", NULL),
        .told = hear,
        .told_context = bench,
        .passphrase = key_passphrase_find,
        .passphrase_context = &bench->passphrases,
        .hang_exit = mode != WORKBENCH_READ ? 3 : 1,
    };
    return script_open(&bench->script, &options, fault);
}

bool workbench_open(struct workbench *bench, const struct options *options,
                    enum workbench_mode mode, struct fault *fault)
{
    *bench = (struct workbench){.options = options, .begun_ms = clock_monotonic_ms()};
    arena_init(&bench->arena, 0);
    key_passphrase_init(&bench->passphrases, options);
    terminal_init(&bench->out, stdout, !options->no_color);
    terminal_init(&bench->err, stderr, !options->no_color);
    if (!project_open(&bench->project, &bench->arena, options, fault) ||
        !open_net(bench, fault) || !open_store(bench, mode, fault) ||
        !open_cache(bench, fault) || !open_script(bench, mode, fault) ||
        !accepted_load(bench, fault))
        return false;
    vendor_lend_tokens(bench->http, &bench->arena);
    bench->engine = (struct engine){
        .provider = script_provider(bench->script),
        .database = bench->database,
        .recorded = bench->engine.recorded,
        .recorded_at = bench->engine.recorded_at,
        .vault = bench->vault,
        .is_exported = options->state != NULL,
        .parallel = options->parallel,
        .limits = bench->project.limits,
        .limit_count = bench->project.limit_count,
        .rates = bench->project.rates,
        .rate_count = bench->project.rate_count,
        .rates_stale = bench->project.rates_stale,
        .currency = bench->project.currency,
        .interrupted = &bench->interrupted,
        .given_up = options->non_interactive ? &bench->given_up : NULL,
    };
    return true;
}

void workbench_close(struct workbench *bench)
{
    if (bench->script)
        script_close(bench->script);
    if (bench->cache)
        cache_close(bench->cache);
    if (bench->vault)
        vault_close(bench->vault);
    if (bench->database)
        database_close(bench->database);
    if (bench->lock)
        lock_release(bench->lock);
    if (bench->retry)
        retry_free(bench->retry);
    if (bench->http)
        http_close(bench->http);
    if (bench->loop)
        loop_free(bench->loop);
    project_close(&bench->project);
    key_passphrase_clear(&bench->passphrases);
    arena_clear(&bench->arena);
}

static bool choose_playbook(struct workbench *bench, const char **path,
                            struct fault *fault)
{
    const struct options *options = bench->options;
    *path = bench->playbook;
    if (*path)
        return true;
    if (options->word_count > 1)
        return fault_set(fault, FAULT_USAGE, "pipster %s takes one playbook",
                         options->verb);
    if (options->word_count == 1)
        return project_playbook(&bench->project, &bench->arena, options->words[0], path,
                                fault);
    *path = bench->tip;
    if (*path)
        return true;
    fault_set(fault, FAULT_USAGE, "pipster %s wants a playbook: none was run yet",
              options->verb);
    return fault_next(fault, "pipster %s playbooks/phase1.lua", options->verb);
}

void workbench_add_budget(struct workbench *bench)
{
    struct resource_set *wanted = &bench->wanted;
    if (!bench->project.budget)
        return;
    struct resource_budget *budgets =
        arena_alloc(&bench->arena, (wanted->budget_count + 1) * sizeof *budgets);
    if (wanted->budget_count > 0)
        memcpy(budgets, wanted->budgets, wanted->budget_count * sizeof *budgets);
    budgets[wanted->budget_count++] = *bench->project.budget;
    wanted->budgets = budgets;
}

bool workbench_evaluate(struct workbench *bench, struct fault *fault)
{
    const char *path = NULL;
    if (!choose_playbook(bench, &path, fault))
        return false;
    if (!script_run_playbook(bench->script, path, &bench->arena, &bench->wanted, fault))
        return accepted_blame(bench, fault);
    workbench_add_budget(bench);
    bench->engine.rules = bench->wanted.rules;
    bench->engine.rule_count = bench->wanted.rule_count;
    bench->evaluated_ms = clock_monotonic_ms() - bench->begun_ms;
    return true;
}

// Ctrl-C reaches the thread that watches signals, never a read of this one.
static bool wait_for_answer(const struct workbench *bench)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    while (!bench->interrupted && poll(&input, 1, 100) == 0)
        continue;
    return !bench->interrupted;
}

bool workbench_ask(struct workbench *bench, const char *question, const char *wanted,
                   bool *agreed, struct fault *fault)
{
    *agreed = bench->options->yes;
    if (*agreed)
        return true;
    if (bench->options->non_interactive) {
        fault_set(fault, FAULT_USAGE, "nobody can be asked here: %s", question);
        return fault_next(fault, "add --yes, if that is what you want");
    }
    terminal_print(&bench->err, TERMINAL_BOLD, "\n%s ", question);
    terminal_print(&bench->err, TERMINAL_DIM, "Only \"%s\" goes on: ", wanted);
    fflush(stderr);
    if (!wait_for_answer(bench)) {
        fputc('\n', stderr);
        return fault_set(fault, fault_kind_of_signal(bench->interrupted),
                         "interrupted: nothing%s was changed",
                         bench->done_count > 0 ? " more" : "");
    }
    char answer[256];
    if (!fgets(answer, sizeof answer, stdin))
        answer[0] = '\0';
    answer[strcspn(answer, "\n")] = '\0';
    *agreed = strcmp(answer, wanted) == 0;
    if (!*agreed)
        terminal_print(&bench->err, TERMINAL_YELLOW, "Nothing%s was changed.\n",
                       bench->done_count > 0 ? " more" : "");
    return true;
}

const char *workbench_who(struct workbench *bench)
{
    char host[256] = "";
    const struct passwd *user = getpwuid(getuid());
    if (gethostname(host, sizeof host - 1) != 0)
        host[0] = '\0';
    return arena_format(&bench->arena, "%s@%s", user != NULL ? user->pw_name : "?",
                        host[0] != '\0' ? host : "?");
}

void workbench_print_timing(const struct workbench *bench)
{
    if (!bench->options->timing)
        return;
    int64_t whole = clock_monotonic_ms() - bench->begun_ms;
    fprintf(stderr, "timing: %lld ms in all, %lld until evaluated, %lld until planned\n",
            (long long) whole, (long long) bench->evaluated_ms,
            (long long) bench->planned_ms);
    fprintf(stderr,
            "counts: %lld HTTP requests, %lld SSH connections, %lld SSH round trips, "
            "%lld commits\n",
            (long long) http_count(bench->http), (long long) ssh_connect_count(),
            (long long) ssh_script_count(),
            bench->database ? (long long) database_commit_count(bench->database) : 0LL);
}
