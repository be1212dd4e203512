// SPDX-License-Identifier: MIT
#include "engine/graph.h"

#include "engine/scene.h"

static bool comes_before(const struct graph *graph, size_t first, size_t second)
{
    return graph->position[first] < graph->position[second];
}

static void order_is_stable(void **state)
{
    (void) state;
    struct graph graph;
    size_t *cycle, count;
    graph_init(&graph, 5);
    graph_add_edge(&graph, 4, 1, GRAPH_NEED);
    assert_true(graph_sort(&graph, &cycle, &count));
    const size_t expected[] = {0, 2, 3, 4, 1};
    assert_memory_equal(graph.order, expected, sizeof expected);
    graph_clear(&graph);
}

static void soft_edges_give_way(void **state)
{
    (void) state;
    struct graph graph;
    size_t *cycle, count;
    graph_init(&graph, 3);
    graph_add_edge(&graph, 0, 1, GRAPH_NEED);
    graph_add_edge(&graph, 1, 2, GRAPH_NEED);
    graph_add_edge(&graph, 2, 0, GRAPH_SOFT);
    assert_true(graph_sort(&graph, &cycle, &count));
    assert_int_equal(graph.order[0], 0);
    graph_clear(&graph);
}

static void hosts_keep_their_order(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, true);
    scene_add_host(scene); // 0, 1
    scene_add(scene, "file", "/a", "host/app", "{\"content\": \"1\"}");
    scene_add(scene, "file", "/b", "host/app", "{\"content\": \"2\"}")->keep_going = true;
    scene_add(scene, "file", "/c", "host/app", "{\"content\": \"3\"}");
    scene_add(scene, "check.ok", "all", NULL, "{}");
    scene_add(scene, "cloud.other", "late", NULL, "{}");
    struct graph graph;
    graph_init(&graph, scene->set.count);
    assert_true(graph_order(&graph, &scene->set, 0, &scene->fault));
    for (size_t i = 0; i + 1 < 6; i++)
        assert_true(comes_before(&graph, i, i + 1));
    bool firm = false, loose = false;
    for (size_t i = 0; i < graph.edge_count; i++) {
        const struct graph_edge *edge = &graph.edges[i];
        assert_true(comes_before(&graph, edge->from, edge->to));
        assert_false(edge->from == 6 || edge->to == 6);
        firm = firm || (edge->from == 2 && edge->to == 4 && edge->kind == GRAPH_NEED);
        loose = loose || (edge->from == 3 && edge->to == 4 && edge->kind == GRAPH_ORDER);
    }
    assert_true(firm && loose);
    graph_clear(&graph);
    scene_free(scene);
}

static void a_cycle_is_a_path(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, true);
    scene_add(scene, "cloud.thing", "free", NULL, "{}");
    scene_add(scene, "cloud.thing", "a", NULL,
              "{\"link\": {\"$reference\": \"cloud.thing/b.ip\"}}");
    scene_after(scene, scene_add(scene, "cloud.thing", "b", NULL, "{}"), "cloud.thing/c");
    scene_add(scene, "cloud.thing", "c", NULL,
              "{\"labels\": {\"x\": {\"$template\": [\"-\","
              " {\"$reference\": \"cloud.thing/a.ip\"}]}}}");
    assert_false(scene_try_plan(scene));
    assert_string_equal(scene->fault.what,
                        "these wait for each other: "
                        "cloud.thing/a (playbooks/test.lua:20) → "
                        "cloud.thing/b (playbooks/test.lua:30) → "
                        "cloud.thing/c (playbooks/test.lua:40) → cloud.thing/a");
    assert_string_equal(scene->fault.where, "playbooks/test.lua:20");
    assert_int_equal(scene->fault.kind, FAULT_ERROR);
    assert_null(scene->plan);
    scene_free(scene);
}

static void a_thing_may_not_need_itself(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, true);
    scene_add(scene, "cloud.thing", "a", NULL,
              "{\"link\": {\"$reference\": \"cloud.thing/a.ip\"}}");
    assert_false(scene_try_plan(scene));
    assert_non_null(strstr(scene->fault.what, "cloud.thing/a (playbooks/test.lua:10) → "
                                              "cloud.thing/a"));
    scene_free(scene);
}

static void expect_refused(struct scene *scene, const char *what, const char *next)
{
    assert_false(scene_try_plan(scene));
    if (strcmp(scene->fault.what, what) != 0 || strcmp(scene->fault.next, next) != 0)
        fail_msg("\"%s\" / \"%s\"", scene->fault.what, scene->fault.next);
    assert_true(scene->fault.where[0] != '\0');
    scene_restart(scene);
}

static void references_are_checked(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, true);
    scene_add(scene, "cloud.thing", "app", NULL, "{}");
    scene_add(scene, "cloud.thing", "b", NULL,
              "{\"link\": {\"$reference\": \"cloud.thing/app.siez\"}}");
    expect_refused(scene,
                   "cloud.thing/b uses cloud.thing/app.siez, but cloud.thing has no "
                   "attribute \"siez\"",
                   "did you mean \"size\"?");
    scene_add(scene, "cloud.thing", "app", NULL, "{}");
    scene_after(scene, scene_add(scene, "cloud.thing", "b", NULL, "{}"),
                "cloud.thing/ap");
    expect_refused(scene,
                   "cloud.thing/b comes after cloud.thing/ap, which is not declared",
                   "did you mean cloud.thing/app?");
    scene_add(scene, "file", "/a", "host/app", "{\"content\": \"\"}");
    expect_refused(scene, "app:file/a is on host/app, which is not declared", "");
    scene_add(scene, "cloud.thing", "a", NULL, "{}");
    scene_add(scene, "cloud.thing", "a", NULL, "{}");
    expect_refused(scene, "cloud.thing/a is declared twice",
                   "rename one, or amend the first");
    struct resource_output output = {
        "x", scene_value(scene, "{\"$reference\": \"cloud.thing/a.ip\"}")};
    scene->set.outputs = &output;
    scene->set.output_count = 1;
    expect_refused(scene, "an output uses cloud.thing/a, which is not declared", "");
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_is_stable),
        cmocka_unit_test(soft_edges_give_way),
        cmocka_unit_test(hosts_keep_their_order),
        cmocka_unit_test(a_cycle_is_a_path),
        cmocka_unit_test(a_thing_may_not_need_itself),
        cmocka_unit_test(references_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
