// SPDX-License-Identifier: MIT
#include "view/plan_markdown.h"

#include "view/printed.h"

static struct preview previews[] = {{.downtime = "about 60 s"}, {0}, {0}};
static struct change changes[] = {
    {.address = "hetzner.server/app",
     .action = CHANGE_UPDATE,
     .reason = "type differs",
     .preview = &previews[0],
     .where = "playbooks/a:b.lua:12"},
    {.address = "app:file/etc/x|y",
     .action = CHANGE_DELETE,
     .reason = "no longer declared",
     .preview = &previews[1]},
    {.address = "host/app", .action = CHANGE_NONE, .reason = "", .preview = &previews[2]},
};
static const char *warnings[] = {"rates are *old*"};

static struct plan example(void)
{
    return (struct plan){.changes = changes,
                         .change_count = 3,
                         .change_count_in_place = 1,
                         .destroy_count = 1,
                         .cost_is_known = true,
                         .warnings = warnings,
                         .warning_count = 1,
                         .playbook = "playbooks/shop.lua"};
}

static void changes_are_a_table_with_reasons_and_downtime(void **state)
{
    (void) state;
    struct plan plan = example();
    plan_markdown_print(&terminal, &plan);
    expect("### Plan of playbooks/shop.lua\n\n- **Warning:** rates are \\*old\\*\n\n");
    expect("|---|---|---|\n| update | hetzner.server/app | type differs; downtime: about "
           "60 s |\n| delete | app:file/etc/x\\|y | no longer declared |\n\n");
    expect("```text\nPlan: 0 to add, 1 to change, 1 to destroy.\n");
}

static void changes_are_annotated_at_their_lines(void **state)
{
    (void) state;
    struct plan plan = example();
    plan_markdown_annotate(&terminal, &plan);
    expect("::notice file=playbooks/a%3Ab.lua,line=12,title=update "
           "hetzner.server/app::type differs; downtime: about 60 s\n");
    expect("::warning title=delete app%3Afile/etc/x|y::no longer declared\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(changes_are_a_table_with_reasons_and_downtime,
                                        begin, end),
        cmocka_unit_test_setup_teardown(changes_are_annotated_at_their_lines, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
