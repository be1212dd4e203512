// SPDX-License-Identifier: MIT
#include "engine/policy.h"

#include "engine/scene.h"

static const char *const things[] = {"cloud.th*"};
static const char *const web[] = {"*/web"};
static const char *const labels[] = {"team", "cost-center"};

static void guard_with(struct scene *scene, struct resource_guard *guard)
{
    guard->where = "playbooks/test.lua:3";
    scene->set.guards = guard;
    scene->set.guard_count = 1;
}

static void expect_blocked(struct scene *scene, const char *what, const char *why)
{
    assert_false(scene_try_plan(scene));
    assert_int_equal(scene->fault.kind, FAULT_BLOCKED);
    assert_string_equal(scene->fault.what, what);
    assert_string_equal(scene->fault.why, why);
    assert_string_equal(scene->fault.where, "playbooks/test.lua:3");
    assert_non_null(strstr(scene->fault.next, "--override REASON"));
    assert_non_null(scene->plan);
}

static void a_forbidden_type_is_not_made(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    struct resource_guard guard = {.kind = GUARD_FORBID,
                                   .types = things,
                                   .type_count = 1,
                                   .because = "we rent none"};
    scene_add(scene, "cloud.other", "a", NULL, "{}");
    guard_with(scene, &guard);
    scene_run(scene);
    scene_add(scene, "cloud.thing", "b", NULL, "{}");
    expect_blocked(scene, "cloud.thing/b may not be: the plan would create it",
                   "a guard forbids its type; we rent none");
    // What is there may stay, and may go.
    scene->set.guard_count = 0;
    scene_run(scene);
    scene->set.guard_count = 1;
    scene_expect_empty(scene);
    scene->set.count--;
    scene_plan(scene);
    scene_expect(scene, "cloud.thing/b", CHANGE_DELETE, "not declared any more");
    scene_free(scene);
}

// Not only what playbooks make: a plan that destroys has no declarations, but guards.
static void what_destroys_is_judged_too(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    struct resource_guard rule = {.kind = GUARD_RULE, .text = "small", .rule = 2};
    struct resource_guard share = {.kind = GUARD_SHARE, .text = "1%", .where = "p.lua:1"};
    scene_add(scene, "cloud.thing", "a", NULL, "{}");
    scene_run(scene);
    scene->options.destroy = true;
    scene->fake.complaint = "it is too much";
    guard_with(scene, &rule);
    expect_blocked(scene, "the guard \"small\" forbids this plan", "it is too much");
    scene->options.override = "the end";
    scene_plan(scene);
    scene_expect(scene, "cloud.thing/a", CHANGE_DELETE, "destroyed");
    scene->set.guards = &share;
    scene_plan(scene);
    assert_int_equal(scene->plan->warning_count, 0);
    scene_free(scene);
}

static void labels_are_required(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    struct resource_guard guard = {
        .kind = GUARD_LABELS, .labels = labels, .label_count = 2};
    scene_add_host(scene); // which has no labels to give
    scene_add(scene, "cloud.thing", "a", NULL,
              "{\"labels\": {\"team\": \"x\", \"cost-center\": \"1\"}}");
    scene->set.items[0].attributes =
        scene_value(scene, "{\"labels\": {\"team\": \"x\", \"cost-center\": \"1\"}}");
    guard_with(scene, &guard);
    scene_plan(scene);
    scene_add(scene, "cloud.thing", "b", NULL, "{\"labels\": {\"team\": \"x\"}}");
    expect_blocked(scene, "cloud.thing/b has no label \"cost-center\"",
                   "a guard requires it");
    assert_non_null(strstr(scene->fault.next, "playbooks/test.lua:40"));
    guard.on = web;
    guard.on_count = 1;
    scene_plan(scene);
    scene_free(scene);
}

static void downtime_is_forbidden(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    struct resource_guard guard = {.kind = GUARD_DOWNTIME};
    scene_add(scene, "cloud.thing", "web", NULL, "{\"size\": 1}");
    guard_with(scene, &guard);
    scene_run(scene);
    scene->set.items[0].attributes = scene_value(scene, "{\"size\": 2}");
    expect_blocked(scene, "cloud.thing/web would be down: about a minute",
                   "a guard forbids any downtime");
    guard.over_ms = 59000;
    expect_blocked(scene, "cloud.thing/web would be down: about a minute",
                   "a guard forbids so long a downtime");
    guard.over_ms = 60000;
    scene_plan(scene);
    guard.over_ms = 0;
    guard.is_open = true;
    scene_plan(scene);
    guard.is_open = false;
    guard.types = things;
    guard.type_count = 1;
    assert_false(scene_try_plan(scene));
    guard.on = labels; // which is no address
    guard.on_count = 1;
    scene_plan(scene);
    scene_free(scene);
}

static void a_rule_is_asked(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    struct resource_guard guard = {.kind = GUARD_RULE, .text = "friday", .rule = 7};
    scene_add(scene, "cloud.thing", "a", NULL, "{}");
    guard_with(scene, &guard);
    scene_plan(scene);
    assert_int_equal(fake_count(&scene->fake, "judge 7 of 1"), 1);
    scene->fake.complaint = "it is Friday";
    expect_blocked(scene, "the guard \"friday\" forbids this plan", "it is Friday");
    scene->fake.judge_fails = true;
    assert_false(scene_try_plan(scene));
    assert_int_equal(scene->fault.kind, FAULT_ERROR);
    assert_non_null(strstr(scene->fault.what, "while asking the guard \"friday\""));
    scene_free(scene);
}

static void a_share_waits_for_revenue(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    struct resource_guard guard = {.kind = GUARD_SHARE, .text = "10%"};
    scene_add(scene, "cloud.thing", "a", NULL, "{}");
    guard_with(scene, &guard);
    scene_plan(scene);
    assert_int_equal(scene->plan->warning_count, 1);
    assert_non_null(strstr(scene->plan->warnings[0], "no revenue is known"));
    scene_free(scene);
}

static void earns(struct engine_revenue *revenue, struct scene *scene, const char *amount)
{
    *revenue = (struct engine_revenue){
        .is_told = true, .is_known = true, .customers = 5, .source = "csv"};
    assert_true(money_parse_budget(amount, &revenue->monthly, &scene->fault));
    scene->engine.revenue = revenue;
}

static void a_share_is_judged_by_what_comes_in(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    struct engine_revenue revenue;
    struct resource_guard guard = {.kind = GUARD_SHARE, .text = "10%"};
    scene_add(scene, "cloud.thing", "a", NULL, "{\"price\": \"4 EUR\"}");
    guard_with(scene, &guard);
    earns(&revenue, scene, "40 EUR");
    scene_plan(scene);
    assert_int_equal(scene->plan->warning_count, 0);
    earns(&revenue, scene, "39.99 EUR");
    expect_blocked(scene,
                   "this would cost 4.00 € a month: 10.0% of the revenue, over the "
                   "budget of 10%",
                   "the revenue is 39.99 € a month, and 10% of it is 4.00 €");
    scene->options.override = "the shop is down";
    scene_plan(scene);
    scene->options.override = NULL;
    // Nothing comes in: any cost is more than its tenth.
    earns(&revenue, scene, "0 EUR");
    assert_false(scene_try_plan(scene));
    assert_non_null(strstr(scene->fault.what, "more than all of the revenue"));
    scene_free(scene);
}

static void over_its_share_what_gets_cheaper_is_warned_of(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    struct engine_revenue revenue;
    struct resource_guard guard = {.kind = GUARD_SHARE, .text = "10%"};
    scene_add(scene, "cloud.thing", "a", NULL, "{\"price\": \"4 EUR\"}");
    scene_run(scene);
    guard_with(scene, &guard);
    earns(&revenue, scene, "20 EUR");
    scene_plan(scene);
    assert_int_equal(scene->plan->warning_count, 1);
    assert_non_null(strstr(scene->plan->warnings[0],
                           "4.00 € a month is 20.0% of the revenue: over the budget"));
    scene->set.items[0].attributes =
        scene_value(scene, "{\"price\": \"3 EUR\", \"size\": 3}");
    scene_plan(scene);
    assert_int_equal(scene->plan->warning_count, 1);
    scene->set.items[0].attributes =
        scene_value(scene, "{\"price\": \"5 EUR\", \"size\": 5}");
    assert_false(scene_try_plan(scene));
    assert_int_equal(scene->fault.kind, FAULT_BLOCKED);
    scene_free(scene);
}

static void a_revenue_that_is_not_known_says_why(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    struct engine_revenue revenue = {
        .is_told = true, .unknown = "it is 40 days old", .warning = "stripe is down"};
    struct resource_guard guard = {.kind = GUARD_SHARE, .text = "10%"};
    scene_add(scene, "cloud.thing", "a", NULL, "{\"price\": \"4 EUR\"}");
    guard_with(scene, &guard);
    scene->engine.revenue = &revenue;
    scene_plan(scene);
    assert_int_equal(scene->plan->warning_count, 2);
    assert_string_equal(scene->plan->warnings[0], "stripe is down");
    assert_non_null(strstr(scene->plan->warnings[1], "not judged: it is 40 days old"));
    earns(&revenue, scene, "4000 USD");
    scene_plan(scene);
    assert_false(scene->plan->revenue.is_known);
    assert_non_null(strstr(scene->plan->warnings[0], "no exchange rate from USD"));
    scene_free(scene);
}

static void an_override_lifts_guards_but_not_protection(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    struct resource_guard guard = {.kind = GUARD_RULE, .text = "friday"};
    struct resource_budget budget = {.where = "x:1", .text = "1 EUR"};
    assert_true(money_parse_budget(budget.text, &budget.max, &scene->fault));
    scene_add(scene, "cloud.thing", "a", NULL, "{\"price\": \"4 EUR\"}")->protect = true;
    guard_with(scene, &guard);
    scene->set.budgets = &budget;
    scene->set.budget_count = 1;
    scene->fake.complaint = "it is Friday";
    assert_false(scene_try_plan(scene));
    scene->options.override = "the shop is down";
    scene_plan(scene);
    assert_int_equal(scene->plan->warning_count, 2);
    assert_non_null(strstr(scene->plan->warnings[1], "overridden, \"the shop is down\""));
    assert_true(scene_try_apply(scene));
    scene->set.items[0].attributes = scene_value(scene, "{\"zone\": \"b\"}");
    assert_false(scene_try_plan(scene));
    assert_non_null(strstr(scene->fault.what, "is protected"));
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_forbidden_type_is_not_made),
        cmocka_unit_test(what_destroys_is_judged_too),
        cmocka_unit_test(labels_are_required),
        cmocka_unit_test(downtime_is_forbidden),
        cmocka_unit_test(a_rule_is_asked),
        cmocka_unit_test(a_share_waits_for_revenue),
        cmocka_unit_test(a_share_is_judged_by_what_comes_in),
        cmocka_unit_test(over_its_share_what_gets_cheaper_is_warned_of),
        cmocka_unit_test(a_revenue_that_is_not_known_says_why),
        cmocka_unit_test(an_override_lifts_guards_but_not_protection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
