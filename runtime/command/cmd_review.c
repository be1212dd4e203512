// SPDX-License-Identifier: MIT
//
// The checklist that is gone through every three months. Looking changes nothing; an
// answer, and that all was gone through, is kept with its date.
#include <string.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "command/command.h"
#include "command/radar.h"
#include "command/review_due.h"
#include "command/review_facts.h"
#include "command/review_names.h"
#include "view/json_view.h"
#include "view/review_view.h"

#define CHECKLIST "playbooks/review.lua"
#define LONGEST   2000 // bytes of an answer

struct review {
    struct workbench bench;
    struct review_facts facts;
    struct rule_input input;
    struct review_found *found; // one a line
    int64_t now_ms;
};

// The checklist at hand: the project's own of that name, or the one that comes along.
static bool evaluate(struct review *review, const char *playbook, struct fault *fault)
{
    struct workbench *bench = &review->bench;
    bench->playbook = CHECKLIST;
    if (playbook != NULL && !project_playbook(&bench->project, &bench->arena, playbook,
                                              &bench->playbook, fault))
        return false;
    if (!workbench_evaluate(bench, fault))
        return false;
    if (bench->wanted.reviews.count > 0)
        return true;
    fault_set(fault, FAULT_USAGE, "%s has no line of a checklist", bench->playbook);
    return fault_next(fault, "review \"name\" { text = \"…\", ask = \"…?\" } in it; or "
                             "pipster review, for the one that comes along");
}

static bool look(struct review *review, struct fault *fault)
{
    struct workbench *bench = &review->bench;
    const struct review_lines *lines = &bench->wanted.reviews;
    review->now_ms = clock_now_ms();
    if (!review_facts_read(bench, review->now_ms, &review->facts, &review->input, fault))
        return false;
    review->found =
        arena_alloc(&bench->arena, (lines->count + 1) * sizeof *review->found);
    for (size_t i = 0; i < lines->count; i++)
        review_look(&lines->items[i], &review->input, &review->facts.answers,
                    &bench->arena, &review->found[i]);
    return true;
}

static bool list_prices(struct review *review, struct review_shown *shown,
                        struct fault *fault)
{
    struct workbench *bench = &review->bench;
    struct radar radar;
    if (!radar_look(&bench->project, &bench->recorded, &bench->arena, &radar, fault))
        return false;
    struct review_price *prices =
        arena_alloc(&bench->arena, (radar.count + 1) * sizeof *prices);
    for (size_t i = 0; i < radar.count; i++)
        prices[i] = (struct review_price){radar.rows[i].address, radar.rows[i].text,
                                          radar.rows[i].data};
    shown->prices = prices;
    shown->price_count = radar.count;
    return true;
}

static bool show(struct review *review, int *code, struct fault *fault)
{
    struct workbench *bench = &review->bench;
    struct review_due due;
    char last[CALENDAR_TEXT_SIZE], next[CALENDAR_TEXT_SIZE];
    if (!review_due_read(bench->database, &bench->arena, review->now_ms, &due, fault))
        return false;
    int64_t due_ms = due.due_ms != 0 ? due.due_ms : review_due_after(review->now_ms);
    calendar_format(calendar_date_of(due.last_ms), last);
    calendar_format(calendar_date_of(due_ms), next);
    struct review_shown shown = {.lines = bench->wanted.reviews,
                                 .found = review->found,
                                 .last = due.last_ms != 0 ? last : NULL,
                                 .due = next,
                                 .is_due = due.is_due};
    if (!list_prices(review, &shown, fault))
        return false;
    if (bench->options->json)
        review_view_json(stdout, &shown);
    else
        review_view_print(&bench->out, &shown);
    bool fine = !due.is_due && review_view_count(&shown, RULE_TRUE) == shown.lines.count;
    *code = bench->options->detailed_exitcode && !fine ? 2 : 0;
    return true;
}

static bool keep(struct review *review, const char *name, const char *value,
                 struct fault *fault)
{
    struct workbench *bench = &review->bench;
    char until[CALENDAR_TEXT_SIZE];
    const struct record_answer answer = {name, value, review->now_ms,
                                         review_due_after(review->now_ms)};
    struct transaction *transaction = transaction_new(bench->database);
    answer_put(transaction, &answer);
    if (!transaction_commit(transaction, fault))
        return fault_while(fault, "keeping the answer to %s", name);
    calendar_format(calendar_date_of(answer.expires_ms), until);
    if (bench->options->json) {
        const struct value_entry entries[] = {
            {"name", value_text(&bench->arena, name)},
            {"value", value_text(&bench->arena, value)},
            {"counts_until", value_text(&bench->arena, until)},
        };
        json_view_line(stdout, "review_answer", value_map(&bench->arena, entries, 3));
    } else {
        terminal_print(&bench->out, TERMINAL_PLAIN, "%s: \"%s\", counts until %s.\n",
                       name, value, until);
    }
    return true;
}

static bool refuse_name(struct review *review, const char *name,
                        const struct review_names *names, struct fault *fault)
{
    const char *const *known = (const char *const *) names->items.items;
    const char *list = "";
    size_t count = names->items.count;
    bool is_computed = false;
    for (size_t i = 0; i < review->bench.wanted.reviews.count; i++)
        is_computed =
            is_computed || strcmp(review->bench.wanted.reviews.items[i].name, name) == 0;
    for (size_t i = 0; i < count; i++)
        list = arena_format(&review->bench.arena, "%s%s%s", list, i > 0 ? ", " : "",
                            known[i]);
    if (is_computed)
        fault_set(fault, FAULT_USAGE, "%s is computed: nobody is asked", name);
    else
        fault_set(fault, FAULT_USAGE, "nothing asks for \"%s\"", name);
    fault_why(fault, "asked are: %s%s%s", list,
              names->unread != NULL ? "; and what the rules ask of a playbook that could "
                                      "not be read: "
                                    : "",
              names->unread != NULL ? names->unread : "");
    const char *near = schema_nearest(name, known, count);
    return near != NULL ? fault_next(fault, "did you mean %s?", near)
                        : fault_next(fault, "pipster review shows what is asked");
}

static bool check_name(struct review *review, const char *name, struct fault *fault)
{
    struct review_names names;
    review_names_list(&review->bench, &names);
    bool is_asked = review_names_has(&names, name);
    if (!is_asked)
        refuse_name(review, name, &names, fault);
    review_names_clear(&names);
    return is_asked;
}

static bool answer(struct review *review, struct fault *fault)
{
    const struct options *options = review->bench.options;
    if (options->word_count != 3) {
        fault_set(fault, FAULT_USAGE,
                  "pipster review answer takes a name and the answer");
        return fault_next(fault, "pipster review answer soc2 \"no\"");
    }
    const char *name = options->words[1], *value = options->words[2];
    if (!check_name(review, name, fault))
        return false;
    if (*value == '\0' || strlen(value) > LONGEST)
        return fault_set(fault, FAULT_USAGE,
                         "an answer has 1 to %d bytes: \"yes\", \"no\", or a text",
                         LONGEST);
    return keep(review, name, value, fault);
}

// All that a person is asked must have its answer by then.
static bool finish(struct review *review, struct fault *fault)
{
    const struct review_lines *lines = &review->bench.wanted.reviews;
    const char *open = "", *first = NULL;
    for (size_t i = 0; i < lines->count; i++) {
        const struct review_line *line = &lines->items[i];
        if (review->found[i].next == NULL || line->is_optional)
            continue;
        open = arena_format(&review->bench.arena, "%s%s%s", open,
                            first != NULL ? ", " : "", line->name);
        first = first != NULL ? first : line->name;
    }
    if (first == NULL)
        return keep(review, REVIEW_ALL, "done", fault);
    fault_set(fault, FAULT_ERROR, "the review is not done: some of it is not answered");
    fault_why(fault, "asked is still: %s", open);
    return fault_next(fault, "pipster review answer %s \"yes\", or what there is to say",
                      first);
}

static int run(const struct options *options, struct fault *fault)
{
    struct review review = {0};
    const char *word = options->word_count > 0 ? options->words[0] : NULL;
    bool answers = word != NULL && strcmp(word, "answer") == 0;
    bool ends = word != NULL && strcmp(word, "done") == 0;
    bool writes = answers || ends;
    int code = 0;
    if (options->json)
        json_view_version(stdout);
    if (!answers && options->word_count > 1)
        fault_set(fault, FAULT_USAGE, "pipster review takes one playbook");
    else if (workbench_open(&review.bench, options,
                            writes ? WORKBENCH_WRITE : WORKBENCH_READ, fault) &&
             evaluate(&review, writes ? NULL : word, fault) && look(&review, fault) &&
             (answers ? answer(&review, fault)
              : ends  ? finish(&review, fault)
                      : show(&review, &code, fault)))
        workbench_print_timing(&review.bench);
    workbench_close(&review.bench);
    return code;
}

const struct command cmd_review = {
    .name = "review",
    .summary = "the checklist of the quarter: computed, answered, or not known",
    .usage =
        "pipster review [PLAYBOOK] [--detailed-exitcode] [--json]\n"
        "pipster review answer NAME \"yes\"|\"no\"|TEXT\n"
        "pipster review done\n"
        "\n"
        "Each line is computed from the state, or was answered, or is not known. The\n"
        "lines are those of playbooks/review.lua of the project, else of the one that\n"
        "comes along: the quarterly checklist and the success criteria. No host and no\n"
        "API is asked.\n"
        "\n"
        "An answer counts for three months. `done` notes that all was gone through, "
        "once\n"
        "nothing that is asked is open; three months later, or after the first run, "
        "every\n"
        "plan and status says that the review is due.\n"
        "\n"
        "  --state FILE         as an exported state shows it, which is only read\n"
        "  --detailed-exitcode  2 when it is due, or a line is missed or not known\n",
    .reads_export = true,
    .run = run,
};
