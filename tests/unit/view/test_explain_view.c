// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "value/json.h"
#include "view/explain_view.h"

#include "view/printed.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct record record = {
    .address = "hetzner.server/app",
    .type = "hetzner.server",
    .playbook = "playbooks/shop.lua",
    .created_by_us = true,
    .protect = true,
    .changed_at_ms = INT64_C(1795253700000),
};

static struct record_step step_of(int64_t run, const char *action, const char *price)
{
    return (struct record_step){.run = run,
                                .address = record.address,
                                .action = action,
                                .outcome = RECORD_DONE,
                                .price = price,
                                .begun_at_ms = INT64_C(1795253700000)};
}

static void a_thing_without_a_plan_tells_what_is_known(void **state)
{
    (void) state;
    struct fault fault;
    const struct record_step steps[] = {step_of(3, "create", "5.99 EUR"),
                                        step_of(7, "update", "8.99 EUR")};
    fault_set(&fault, FAULT_ERROR, "the playbook has a slip");
    fault_next(&fault, "mend it");
    const char *const users[] = {"host/app"};
    const struct explanation told = {
        .address = record.address,
        .record = &record,
        .no_plan = &fault,
        .needed_by = users,
        .needed_by_count = 1,
        .steps = steps,
        .step_count = 2,
    };
    explain_view_print(&terminal, &told);
    expect("  declared    playbooks/shop.lua\n");
    expect(
        "  state       made by pipster, last changed 2026-11-21 09:35 (5 minutes ago)\n");
    expect("  needed by   host/app\n");
    expect("  protected   yes: only --allow-destroy=hetzner.server/app lifts it\n");
    expect("  price       8.99 €/month, 5.99 € when run 3 made it\n");
    expect("  verdict     not known: the playbook has a slip\n"
           "              mend it\n");
    expect("  past        run 3    2026-11-21 09:35  create  done\n");
    explain_view_json(terminal.stream, &told);
    expect("\"monthly\":\"8.99\"");
    expect("\"verdict\":{\"not_known\":\"the playbook has a slip\"}");
}

static void a_planned_thing_tells_its_verdict(void **state)
{
    (void) state;
    const struct resource resource = {
        .address = record.address,
        .playbook = "playbooks/base.lua",
        .stage = "first",
        .phase = 2,
    };
    struct change_field fields[] = {{.name = "location", .forces_replacement = true}};
    const struct change change = {
        .address = record.address,
        .resource = &resource,
        .action = CHANGE_REPLACE,
        .reason = "location differs",
        .where = "playbooks/base.lua:4",
        .fields = fields,
        .field_count = 1,
    };
    const struct explanation told = {
        .address = record.address,
        .change = &change,
        .playbook = "playbooks/shop.lua",
    };
    explain_view_print(&terminal, &told);
    expect("  declared    playbooks/base.lua:4, included by playbooks/shop.lua, in the "
           "stage first, phase 2\n");
    expect("  state       not recorded\n");
    expect("  verdict     replace: location differs\n"
           "              location (forces replacement)\n");
    assert_null(strstr(printed, "protected"));
    assert_null(strstr(printed, "price"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_thing_without_a_plan_tells_what_is_known, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_planned_thing_tells_its_verdict, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
