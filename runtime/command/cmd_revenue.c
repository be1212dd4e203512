// SPDX-License-Identifier: MIT
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "command/command.h"
#include "command/revenue_reading.h"
#include "engine/takings.h"
#include "store/revenue.h"
#include "value/reading.h"
#include "view/json_view.h"
#include "view/revenue_view.h"

// What is typed in counts so long, as what stands in a file does.
#define TYPED_MAX_AGE_MS INT64_C(3024000000) // 35 days
#define MOST_ROWS        100000

static bool tells_risk(struct workbench *bench, const struct record_revenue *row)
{
    size_t count;
    const struct takings_part *parts = takings_part_list(&bench->arena, row, &count);
    for (size_t i = 0; i < count; i++)
        if (parts[i].tells_risk)
            return true;
    return false;
}

// Of what is stored; a reading that only the cache has cannot be the newest here.
static bool find_churn(struct workbench *bench, struct churn *churn, bool *known,
                       struct fault *fault)
{
    struct record_revenues rows;
    if (!revenue_load_between(bench->database, &bench->arena, INT64_MIN, INT64_MAX, &rows,
                              fault))
        return false;
    *known = churn_find(&rows, churn);
    return true;
}

static bool show(struct workbench *bench, const struct revenue_reading *reading,
                 int *code, struct fault *fault)
{
    struct churn churn;
    bool known = false;
    if (!find_churn(bench, &churn, &known, fault))
        return false;
    const struct revenue_shown shown = {
        .row = reading->newest,
        .last = reading->accepted,
        .churn = known ? &churn : NULL,
        .tells_risk = tells_risk(bench, reading->newest),
        .now_ms = clock_now_ms(),
    };
    if (bench->options->json)
        revenue_view_json(stdout, &shown);
    else
        revenue_view_print(&bench->out, &shown);
    bool usable = shown.row->accepted && !reading_is_stale(shown.row, shown.now_ms);
    if (bench->options->detailed_exitcode && !usable)
        *code = 2;
    return true;
}

// The sources that a playbook names count where one was run.
static bool evaluate(struct workbench *bench, struct fault *fault)
{
    bench->playbook = bench->tip;
    return bench->tip == NULL || workbench_evaluate(bench, fault);
}

static bool look(struct workbench *bench, int *code, struct fault *fault)
{
    struct revenue_reading reading;
    enum revenue_reading_how how = bench->lock == NULL       ? REVENUE_READING_KNOWN
                                   : bench->options->refresh ? REVENUE_READING_NOW
                                                             : REVENUE_READING_DUE;
    if (!evaluate(bench, fault) || !revenue_reading_make(bench, how, &reading, fault))
        return false;
    if (reading.newest != NULL && !show(bench, &reading, code, fault))
        return false;
    if (fault_is_set(&reading.failed)) {
        *fault = reading.failed;
        return false;
    }
    if (reading.newest == NULL && !bench->options->json)
        terminal_print(&bench->out, TERMINAL_PLAIN,
                       "No revenue is known yet. Type it in with `pipster revenue set "
                       "640 --customers 52`,\nor name where it is told in pipster.lua: "
                       "revenue = revenue.csv { file = \"revenue.csv\" }\n");
    return true;
}

static bool read_amount(const struct workbench *bench, struct money *amount,
                        struct fault *fault)
{
    const char *text = bench->options->words[1], *asked = bench->options->currency;
    const char *currency = asked != NULL ? asked : bench->project.currency;
    struct fault ignored;
    bool plain = money_parse(text, currency, amount, &ignored);
    bool read = plain || money_parse_budget(text, amount, &ignored);
    bool agrees = plain || asked == NULL || strcmp(asked, amount->currency) == 0;
    if (read && agrees && amount->units >= 0)
        return true;
    if (read && !agrees)
        fault_set(fault, FAULT_USAGE, "\"%s\" is not in %s", text, asked);
    else
        fault_set(fault, FAULT_USAGE, "\"%s\" %s is no amount", text, currency);
    return fault_next(fault, "pipster revenue set 640 --currency USD, or \"640 $\"");
}

static bool read_customers(const struct options *options, int64_t *customers,
                           struct fault *fault)
{
    const char *text = options->customers;
    *customers = -1;
    if (text == NULL)
        return true;
    if (*text == '\0' || strlen(text) > 9 || text[strspn(text, "0123456789")] != '\0')
        return fault_set(fault, FAULT_USAGE, "--customers wants a number, not \"%s\"",
                         text);
    *customers = 0;
    for (; *text != '\0'; text++)
        *customers = *customers * 10 + (*text - '0');
    return true;
}

static bool refuse_typed(const struct revenue_reading *reading, struct fault *fault)
{
    fault_set(fault, FAULT_USAGE, "the revenue is not typed in here: it is read");
    fault_why(fault, "%zu source%s of it %s declared", reading->source_count,
              reading->source_count > 1 ? "s" : "",
              reading->source_count > 1 ? "are" : "is");
    return fault_next(fault, "pipster revenue --refresh; what is to be added to it: "
                             "revenue.manual { mrr = \"640 $\" }");
}

static bool set(struct workbench *bench, int *code, struct fault *fault)
{
    struct revenue_reading reading;
    struct record_revenue row = {.source = "typed in", .read_at_ms = clock_now_ms()};
    if (!read_amount(bench, &row.gross, fault) ||
        !read_customers(bench->options, &row.customers, fault) ||
        !evaluate(bench, fault) ||
        !revenue_reading_make(bench, REVENUE_READING_KNOWN, &reading, fault))
        return false;
    if (reading.source_count > 0)
        return refuse_typed(&reading, fault);
    row.cautious = row.gross;
    row.at_risk = money_zero(row.gross.currency);
    row.as_of_ms = row.read_at_ms;
    row.fresh_until_ms = row.as_of_ms + TYPED_MAX_AGE_MS;
    return revenue_reading_store(bench, &row, &reading, fault) &&
           show(bench, &reading, code, fault);
}

static bool history(struct workbench *bench, int *code, struct fault *fault)
{
    struct record_revenues rows;
    (void) code;
    if (!revenue_load_newest(bench->database, &bench->arena, MOST_ROWS, &rows, fault))
        return false;
    if (rows.count == 0 && !bench->options->json)
        terminal_print(&bench->out, TERMINAL_PLAIN, "No revenue is known yet.\n");
    size_t most = bench->options->limit > 0 ? (size_t) bench->options->limit : rows.count;
    for (size_t i = 0; i < rows.count && i < most; i++) {
        const struct revenue_shown shown = {.row = &rows.rows[i],
                                            .tells_risk =
                                                tells_risk(bench, &rows.rows[i]),
                                            .now_ms = clock_now_ms()};
        if (bench->options->json)
            revenue_view_json(stdout, &shown);
        else
            revenue_view_row(&bench->out, &rows.rows[i]);
    }
    return true;
}

static bool accept(struct workbench *bench, int *code, struct fault *fault)
{
    struct revenue_reading reading;
    if (!revenue_reading_make(bench, REVENUE_READING_KNOWN, &reading, fault))
        return false;
    if (reading.newest == NULL) {
        fault_set(fault, FAULT_USAGE, "there is no revenue to be accepted yet");
        return fault_next(fault, "pipster revenue");
    }
    bool stale = reading_is_stale(reading.newest, clock_now_ms());
    if (reading.newest->accepted && !stale) {
        terminal_print(&bench->err, TERMINAL_PLAIN,
                       "Nothing waits: the newest revenue is relied on.\n");
        return true;
    }
    return revenue_reading_accept(bench, &reading, fault) &&
           show(bench, &reading, code, fault);
}

struct verb {
    const char *name;
    size_t words; // with its own
    enum workbench_mode mode;
    bool (*act)(struct workbench *bench, int *code, struct fault *fault);
    const char *wants;
};

static const struct verb *find_verb(const struct options *options, struct fault *fault)
{
    static const struct verb verbs[] = {
        {"", 0, WORKBENCH_WRITE, look, ""},
        {"set", 2, WORKBENCH_WRITE, set, "one amount: 640"},
        {"history", 1, WORKBENCH_READ, history, "nothing more"},
        {"accept", 1, WORKBENCH_WRITE, accept, "nothing more"},
    };
    const char *word = options->word_count > 0 ? options->words[0] : "";
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(word, verbs[i].name) != 0)
            continue;
        if (options->word_count == verbs[i].words)
            return &verbs[i];
        fault_set(fault, FAULT_USAGE, "pipster revenue %s takes %s", word,
                  verbs[i].wants);
        return NULL;
    }
    fault_set(fault, FAULT_USAGE, "pipster revenue has no \"%s\"", word);
    fault_next(fault, "pipster help revenue");
    return NULL;
}

// Where nothing was kept yet and nothing is to be asked, there is nothing to be made.
static bool has_nothing(const struct options *options)
{
    struct arena arena;
    struct project project = {0};
    struct fault ignored = {0};
    arena_init(&arena, 0);
    bool has_nothing = project_open(&project, &arena, options, &ignored) &&
                       access(project.database_path, F_OK) != 0 &&
                       value_find(project.settings, "revenue") == NULL;
    project_close(&project);
    arena_clear(&arena);
    return has_nothing;
}

// While a run is on, what is known can be looked at all the same.
static bool open_bench(struct workbench *bench, const struct options *options,
                       const struct verb *verb, struct fault *fault)
{
    bool only_reads = verb->act != set && has_nothing(options);
    if (workbench_open(bench, options, only_reads ? WORKBENCH_READ : verb->mode, fault))
        return true;
    if (verb->act != look || options->refresh || options->accept_revenue ||
        fault->kind != FAULT_LOCKED)
        return false;
    workbench_close(bench);
    fault_clear(fault);
    return workbench_open(bench, options, WORKBENCH_READ, fault);
}

static int run(const struct options *options, struct fault *fault)
{
    struct workbench bench;
    int code = 0;
    const struct verb *verb = find_verb(options, fault);
    if (verb == NULL)
        return 64;
    if (options->json)
        json_view_version(stdout);
    if (open_bench(&bench, options, verb, fault) && verb->act(&bench, &code, fault))
        workbench_print_timing(&bench);
    workbench_close(&bench);
    return code;
}

const struct command cmd_revenue = {
    .name = "revenue",
    .summary = "what comes in a month: read, typed in, accepted, and what it was before",
    .usage =
        "pipster revenue [--refresh] [--accept-revenue] [--detailed-exitcode] [--json]\n"
        "pipster revenue set AMOUNT [--customers N] [--currency CODE]\n"
        "pipster revenue accept\n"
        "pipster revenue history [--limit N] [--json]\n"
        "\n"
        "Its sources are named by pipster.lua or a playbook: revenue.csv, "
        "revenue.manual,\n"
        "revenue.command, revenue.http, revenue.stripe; several are added up. Each is\n"
        "asked when what it told is older than its max_age. Each reading is kept.\n"
        "\n"
        "Rules and budgets go by the cautious figure of the newest reading that was\n"
        "accepted. One that is off by more than 40 % from the last waits for `accept`, "
        "as\n"
        "does one whose figures are older than max_age.\n"
        "\n"
        "  --refresh            ask the sources now\n"
        "  --accept-revenue     what is read now is right, whatever was before\n"
        "  --detailed-exitcode  2 when the newest reading is not relied on\n",
    .run = run,
};
