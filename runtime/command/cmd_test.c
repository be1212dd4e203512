// SPDX-License-Identifier: MIT
//
// Whether alerts would arrive: every contact of every host is sent a message, hosts at
// once, and what its service says is printed.
#include <string.h>

#include "command/command.h"
#include "command/fleet.h"
#include "value/address.h"
#include "view/host_view.h"
#include "view/json_view.h"

#define AT_ONCE 100

struct testing {
    struct workbench bench;
    struct fleet fleet;
    struct host_view view;
    const struct value *contacts; // list of { host, contact }
    int worst;
};

// Those that are named; all where none is.
static bool is_asked(const struct options *options, const char *address, const char *name,
                     bool *found)
{
    for (size_t i = 1; i < options->word_count; i++)
        if (strcmp(options->words[i], name) == 0 ||
            strcmp(options->words[i], address) == 0)
            return found[i] = true;
    return options->word_count == 1;
}

static bool refuse(const struct options *options, const bool *found, struct fault *fault)
{
    for (size_t i = 1; i < options->word_count; i++) {
        if (found[i])
            continue;
        fault_set(fault, FAULT_USAGE, "there is no contact \"%s\"", options->words[i]);
        return fault_next(fault, "pipster state list \"*alert.contact/*\"");
    }
    fault_set(fault, FAULT_USAGE, "no host has a contact");
    fault_why(fault, "a contact counts once a run has made it");
    return fault_next(fault, "pipster types alert.contact");
}

// Their hosts as words for fleet_choose.
static bool choose(struct testing *testing, const char **hosts, struct fault *fault)
{
    const struct options *options = testing->bench.options;
    const struct state_rows *rows = &testing->bench.recorded;
    struct arena *arena = &testing->bench.arena;
    bool *found = arena_alloc(arena, (options->word_count + 1) * sizeof *found);
    const struct value **items = arena_alloc(arena, (rows->count + 1) * sizeof *items);
    size_t count = 0;
    memset(found, 0, (options->word_count + 1) * sizeof *found);
    for (size_t i = 0; i < rows->count; i++) {
        const struct record *row = &rows->rows[i];
        struct address address;
        if (strcmp(row->type, "alert.contact") != 0 || !row->host)
            continue;
        if (!address_parse(arena, row->address, &address, fault))
            return false;
        const char *host = row->host + strlen("host/");
        const struct value_entry entries[] = {
            {"host", value_text(arena, host)},
            {"contact", value_text(arena, address.name)},
        };
        if (!is_asked(options, row->address, address.name, found))
            continue;
        items[count++] = value_map(arena, entries, 2);
        *hosts = *hosts ? arena_format(arena, "%s,%s", *hosts, host) : host;
    }
    testing->contacts = value_list(arena, items, count);
    for (size_t i = 1; i < options->word_count; i++)
        if (!found[i])
            return refuse(options, found, fault);
    return count > 0 || refuse(options, found, fault);
}

static void print_contact(struct testing *testing, const struct fleet_host *host,
                          const struct value *contact)
{
    const struct workbench *bench = &testing->bench;
    const char *name = value_find_text(contact, "contact", "");
    const char *said = value_find_text(contact, "said", "");
    bool accepted = value_find_bool(contact, "accepted", false);
    if (!accepted && testing->worst == 0)
        testing->worst = 1;
    if (bench->options->json) {
        json_view_line(stdout, "alert_test",
                       value_with(&testing->bench.arena, contact, "host",
                                  value_text(&testing->bench.arena, host->name)));
        return;
    }
    terminal_print(&bench->out, accepted ? TERMINAL_GREEN : TERMINAL_RED, "%s ",
                   accepted ? "✓" : "✗");
    terminal_print(&bench->out, TERMINAL_PLAIN, "%s:alert.contact/%s  ", host->name,
                   name);
    terminal_print(&bench->out, TERMINAL_DIM, "%s\n", said);
}

static void end_host(void *context, const struct fleet_host *host)
{
    struct testing *testing = context;
    const struct value *contacts = value_find(host->answer, "contacts");
    for (size_t i = 0;
         contacts && contacts->kind == VALUE_LIST && i < contacts->list.count; i++)
        print_contact(testing, host, contacts->list.items[i]);
    if (!host->fault)
        return;
    int code = fault_exit_code(host->fault->kind);
    testing->worst = code > testing->worst ? code : testing->worst;
    if (testing->bench.options->json)
        json_view_fault(stdout, host->fault);
    else
        host_view_fault(&testing->view, host->name, host->fault);
}

static bool send_all(struct testing *testing, struct fault *fault)
{
    struct workbench *bench = &testing->bench;
    const char *hosts = NULL;
    if (!choose(testing, &hosts, fault) || !fleet_redact(bench, fault) ||
        !fleet_choose(&bench->arena, &bench->recorded, hosts, &testing->fleet, fault))
        return false;
    const struct value_entry asked = {"contacts", testing->contacts};
    const struct fleet_errand errand = {
        .module = "alert_test",
        .function = "run",
        .asked = value_map(&bench->arena, &asked, 1),
        .at_once = AT_ONCE,
        .ended = end_host,
        .context = testing,
    };
    host_view_init(&testing->view, &bench->out, &bench->err);
    return fleet_run(bench, &testing->fleet, &errand, fault);
}

static int run(const struct options *options, struct fault *fault)
{
    struct testing testing = {0};
    if (options->word_count < 1 || strcmp(options->words[0], "alerts") != 0) {
        fault_set(fault, FAULT_USAGE, "pipster test wants to know what to test");
        fault_next(fault, "pipster test alerts, pipster test alerts ops");
        return 64;
    }
    if (options->json)
        json_view_version(stdout);
    if (workbench_open(&testing.bench, options, WORKBENCH_READ, fault) &&
        send_all(&testing, fault))
        workbench_print_timing(&testing.bench);
    workbench_close(&testing.bench);
    return testing.worst;
}

const struct command cmd_test = {
    .name = "test",
    .summary = "sends a test message to the contacts of hosts",
    .usage =
        "pipster test alerts [CONTACT…] [--json]\n"
        "\n"
        "Each contact (alert.contact) of each host is sent a message by that host, and "
        "what\n"
        "its service said is printed: exit code 1 when one was not accepted, 4 when a "
        "host\n"
        "does not answer. A CONTACT is a name (ops: on every host that has one) or an "
        "address\n"
        "(app:alert.contact/ops).\n",
    .run = run,
};
