// SPDX-License-Identifier: MIT
#include "script/fixture.h"

#include "engine/plan.h"
#include "net/http.h"
#include "value/json.h"

// The world is served by a script of its own in the same process.
struct world {
    bool done;
    int port;
    int begun, ended, lines, notes;
    char note[128];
};

static void opened(void *context, const struct value *result, const struct fault *fault)
{
    struct world *world = context;
    if (fault_is_set(fault)) {
        fail_msg("%s %s", fault->where, fault->what);
    }
    world->port = (int) value_find_integer(result, "port", 0);
    world->done = true;
}

static void wait_for(struct fixture *fixture, const bool *done)
{
    while (!*done && loop_turn(fixture->loop)) {
    }
    assert_true(*done);
}

static void open_world(struct fixture *fixture, struct world *world)
{
    struct http_options options = {.user_agent = "test"};
    assert_true(
        http_open(&fixture->options.http, fixture->loop, &options, &fixture->fault));
    memset(world, 0, sizeof *world);
    fixture_start(fixture);
    fixture->server = fixture->script;
    fixture->script = NULL;
    script_start(fixture->server, "test.world", "open", NULL, opened, world);
    wait_for(fixture, &world->done);
    char json[128];
    snprintf(json, sizeof json, "{\"endpoints\":{\"test\":\"http://127.0.0.1:%d\"}}",
             world->port);
    assert_true(json_read(&fixture->arena, json, strlen(json), &fixture->options.settings,
                          &fixture->fault));
    fixture_start(fixture);
}

static void close_world(struct fixture *fixture, struct world *world)
{
    script_close(fixture->script);
    fixture->script = NULL;
    world->done = false;
    script_start(fixture->server, "test.world", "close", NULL, opened, world);
    wait_for(fixture, &world->done);
    script_close(fixture->server);
    fixture->server = NULL;
    http_close(fixture->options.http);
    fixture->options.http = NULL;
}

static void observed(struct observe_batch *batch)
{
    *(bool *) batch->owner = true;
}

static void observe(struct fixture *fixture, struct observe_batch *batch)
{
    const struct provider *provider = script_provider(fixture->script);
    bool done = false;
    batch->arena = &fixture->arena;
    batch->done = observed;
    batch->owner = &done;
    provider->observe(provider->context, batch);
    assert_false(done);
    while (!done && provider->turn(provider->context)) {
    }
    assert_true(done);
}

static const struct value *read_json(struct fixture *fixture, const char *json)
{
    const struct value *value = NULL;
    assert_true(json_read(&fixture->arena, json, strlen(json), &value, &fixture->fault));
    return value;
}

static void test_schema(void **state)
{
    struct fixture *fixture = *state;
    fixture_start(fixture);
    const struct provider *provider = script_provider(fixture->script);
    const struct schema *schema = provider->schema(provider->context, "test.thing");
    assert_non_null(schema);
    assert_int_equal(schema_find(schema, "kind")->kind, SCHEMA_CHOICE);
    assert_int_equal(schema_find(schema, "tags")->fallback->kind, VALUE_LIST);
    assert_true(schema_find(schema, "password")->secret);
    assert_ptr_equal(provider->schema(provider->context, "test.thing"), schema);
    assert_null(provider->schema(provider->context, "test.none"));
    assert_null(provider->schema(provider->context, "test.asks"));
    assert_null(provider->schema(provider->context, "../test/thing"));
    assert_string_equal(provider->schema(provider->context, "package")->type, "package");
}

static void test_observe(void **state)
{
    struct fixture *fixture = *state;
    struct world world;
    open_world(fixture, &world);
    struct observe_item items[2] = {
        {.address = "test.thing/there", .type = "test.thing", .name = "there"},
        {.address = "test.thing/gone", .type = "test.thing", .name = "gone"}};
    struct observe_batch batch = {.type = "test.thing", .items = items, .count = 2};
    observe(fixture, &batch);
    assert_int_equal(items[0].state, OBSERVE_PRESENT);
    assert_string_equal(json_text(&fixture->arena, items[0].found),
                        "{\"id\":1,\"ipv4\":\"192.0.2.1\",\"size\":3,\"tags\":[]}");
    assert_int_equal(items[1].state, OBSERVE_ABSENT);
    close_world(fixture, &world);
}

static void test_observe_failed(void **state)
{
    struct fixture *fixture = *state;
    fixture->options.settings = read_json(fixture, "{\"endpoints\":{\"test\":\"x:\"}}");
    fixture_start(fixture);
    struct observe_item item = {
        .address = "test.thing/a", .type = "test.thing", .name = "a"};
    struct observe_batch batch = {.type = "test.thing", .items = &item, .count = 1};
    observe(fixture, &batch);
    assert_int_equal(item.state, OBSERVE_FAILED);
    assert_non_null(strstr(item.fault->what, "http is not offered"));
    batch.host = "host/new";
    observe(fixture, &batch);
    assert_int_equal(item.state, OBSERVE_UNKNOWN);
    assert_string_equal(item.because, "host/new is not there yet");
}

struct pending_note {
    void (*done)(void *context, const struct fault *fault);
    void *context;
};

static void commit_note(void *context)
{
    struct pending_note *pending = context;
    struct fault none = {0};
    pending->done(pending->context, &none);
    free(pending);
}

static struct fixture *noting;

static void take_note(struct step_batch *batch, struct step *step,
                      const struct value *note,
                      void (*done)(void *context, const struct fault *fault),
                      void *context)
{
    struct world *world = batch->owner;
    struct pending_note *pending = malloc(sizeof *pending);
    (void) step;
    *pending = (struct pending_note){done, context};
    world->notes++;
    snprintf(world->note, sizeof world->note, "%s", json_text(batch->arena, note));
    loop_defer(noting->loop, commit_note, pending);
}

static void take_event(struct step_batch *batch, struct step *step, const char *event,
                       const char *text)
{
    struct world *world = batch->owner;
    (void) step;
    world->begun += strcmp(event, "begin") == 0;
    world->ended += strcmp(event, "end") == 0;
    world->lines += strcmp(event, "line") == 0 && text != NULL;
}

static void applied(struct step_batch *batch)
{
    ((struct world *) batch->owner)->done = true;
}

static void apply(struct fixture *fixture, struct world *world, struct step_batch *batch)
{
    const struct provider *provider = script_provider(fixture->script);
    noting = fixture;
    world->done = false;
    batch->arena = &fixture->arena;
    batch->note = take_note;
    batch->event = take_event;
    batch->done = applied;
    batch->owner = world;
    provider->apply(provider->context, batch);
    assert_false(world->done);
    while (!world->done && provider->turn(provider->context)) {
    }
    assert_true(world->done);
}

static void test_create_through_http(void **state)
{
    struct fixture *fixture = *state;
    struct world world;
    open_world(fixture, &world);
    struct value_entry entries[] = {
        {"size", value_integer(&fixture->arena, 5)},
        {"password", value_secret(&fixture->arena, "secret/p", "sesame", 6)}};
    struct change change = {
        .address = "test.thing/new", .type = "test.thing", .name = "new"};
    struct step step = {.change = &change,
                        .action = "create",
                        .want = value_map(&fixture->arena, entries, 2),
                        .record = {.id = 3, .label = "r1s3"}};
    struct step *steps[] = {&step};
    struct step_batch batch = {.steps = steps, .count = 1};
    apply(fixture, &world, &batch);
    if (step.outcome != STEP_DONE) {
        fail_msg("%s %s", step.fault.where, step.fault.what);
    }
    assert_int_equal(value_find_integer(step.found, "id", 0), 6);
    assert_string_equal(value_find_text(step.found, "note", ""), "kept");
    assert_int_equal(value_find(step.found, "password")->kind, VALUE_SECRET);
    assert_int_equal(value_find(step.found, "tags")->kind, VALUE_LIST);
    assert_int_equal(world.notes, 1);
    assert_string_equal(world.note, "{\"began\":\"r1s3\"}");
    assert_int_equal(world.begun, 2); // by the prelude, and by the type itself
    assert_int_equal(world.lines, 1);
    close_world(fixture, &world);
}

static void test_outcomes(void **state)
{
    static const struct {
        const char *json;
        enum step_outcome outcome;
        const char *what;
    } cases[] = {
        {"{\"note\":\"fail\",\"size\":1}", STEP_FAILED, "the world said no"},
        {"{\"note\":\"lost\",\"size\":1}", STEP_UNCERTAIN, "no answer came"},
        {"{\"note\":\"bug\",\"size\":1}", STEP_FAILED, "nil value (field 'missing')"}};
    struct fixture *fixture = *state;
    struct world world = {0};
    fixture_start(fixture);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct change change = {
            .address = "test.thing/new", .type = "test.thing", .name = "new"};
        struct step step = {.change = &change,
                            .action = "create",
                            .want = read_json(fixture, cases[i].json),
                            .record = {.id = 3, .label = "r1s3"}};
        struct step *steps[] = {&step};
        struct step_batch batch = {.steps = steps, .count = 1};
        apply(fixture, &world, &batch);
        assert_int_equal(step.outcome, cases[i].outcome);
        assert_non_null(strstr(step.fault.what, cases[i].what));
    }
}

// It is neither waited for nor let go on to its call.
static void test_a_step_over_its_time(void **state)
{
    struct fixture *fixture = *state;
    struct world world;
    open_world(fixture, &world);
    struct resource resource = {.timeout_ms = 1000};
    struct change change = {.address = "test.thing/new",
                            .type = "test.thing",
                            .name = "new",
                            .where = "playbooks/main.lua:3",
                            .resource = &resource};
    struct step step = {
        .change = &change,
        .action = "create",
        .want = read_json(fixture, "{\"note\":\"slow\",\"password\":\"p\",\"size\":1}"),
        .record = {.id = 3, .label = "r1s3"}};
    struct step *steps[] = {&step};
    struct step_batch batch = {.steps = steps, .count = 1};
    apply(fixture, &world, &batch);
    assert_int_equal(step.outcome, STEP_UNCERTAIN);
    assert_string_equal(step.fault.what, "test.thing/new took longer than 1 second");
    assert_string_equal(step.fault.where, "playbooks/main.lua:3");
    assert_non_null(strstr(step.fault.next, "longer timeout"));
    assert_int_equal(world.lines, 1); // awake, and no answer after it
    // In time it is as it would be.
    resource.timeout_ms = 60000;
    step.want = read_json(fixture, "{\"note\":\"brief\",\"password\":\"p\",\"size\":1}");
    world.lines = 0;
    apply(fixture, &world, &batch);
    assert_int_equal(step.outcome, STEP_DONE);
    assert_int_equal(world.lines, 2);
    close_world(fixture, &world);
}

static void test_update_and_delete(void **state)
{
    struct fixture *fixture = *state;
    struct world world = {0};
    fixture_start(fixture);
    struct change_field fields[] = {{.name = "size"}, {.name = "tags"}};
    struct change change = {.address = "test.thing/a",
                            .type = "test.thing",
                            .name = "a",
                            .fields = fields,
                            .field_count = 2};
    struct step update = {.change = &change,
                          .action = "update",
                          .have = read_json(fixture, "{\"id\":4,\"size\":1}"),
                          .want = read_json(fixture, "{\"size\":2}")};
    struct step removal = {.change = &change, .action = "delete", .have = update.have};
    struct step *steps[] = {&update, &removal};
    struct step_batch batch = {.steps = steps, .count = 2};
    apply(fixture, &world, &batch);
    assert_int_equal(update.outcome, STEP_DONE);
    assert_string_equal(value_find_text(update.found, "note", ""), "size,tags");
    assert_int_equal(removal.outcome, STEP_DONE);
    assert_null(removal.found);
    assert_int_equal(world.ended, 2);
}

static void test_host_batch(void **state)
{
    struct fixture *fixture = *state;
    struct world world = {0};
    fixture_start(fixture);
    const char *handler_names[] = {"restart git"};
    struct preview preview = {.handlers = handler_names, .handler_count = 1};
    struct change change = {.address = "app:package/git",
                            .type = "package",
                            .name = "git",
                            .host = "host/app",
                            .preview = &preview};
    struct step step = {.change = &change,
                        .action = "create",
                        .want = read_json(fixture, "{\"package\":\"git\"}"),
                        .record = {.id = 3, .label = "r1s3"}};
    struct step *steps[] = {&step};
    struct step_handler handler = {
        .host = "host/app", .name = "restart git", .script = "true"};
    struct step_batch batch = {.host = "host/app",
                               .host_attributes =
                                   read_json(fixture, "{\"address\":\"192.0.2.1\"}"),
                               .steps = steps,
                               .count = 1,
                               .handlers = &handler,
                               .handler_count = 1};
    apply(fixture, &world, &batch);
    assert_int_equal(step.outcome, STEP_DONE);
    assert_true(handler.done);
    struct observe_item item = {.address = "app:package/git",
                                .type = "package",
                                .name = "git",
                                .host = "host/app"};
    struct observe_batch look = {.host = "host/app",
                                 .host_attributes = batch.host_attributes,
                                 .items = &item,
                                 .count = 1};
    observe(fixture, &look);
    assert_int_equal(item.state, OBSERVE_PRESENT);
    assert_string_equal(json_text(&fixture->arena, item.found), "{\"package\":\"git\"}");
}

static void test_preview(void **state)
{
    struct fixture *fixture = *state;
    fixture->options.settings =
        read_json(fixture, "{\"project_id\":\"0123456789abcdef\"}");
    fixture_start(fixture);
    const struct provider *provider = script_provider(fixture->script);
    struct change change = {.address = "test.thing/a",
                            .type = "test.thing",
                            .name = "a",
                            .action = CHANGE_CREATE,
                            .wanted = read_json(fixture, "{\"size\":2}")};
    struct preview preview;
    assert_true(provider->preview(provider->context, &fixture->arena, &change, &preview,
                                  &fixture->fault));
    assert_string_equal(preview.actions[0], "create /things");
    assert_string_equal(preview.notes[0], "note");
    assert_string_equal(preview.downtime, "none");
    assert_null(preview.data_at_risk);
    assert_string_equal(preview.handlers[0], "restart thing");
    assert_string_equal(preview.handler_scripts[0], "true");
    assert_int_equal(preview.price_count, 2);
    assert_int_equal(preview.prices[0].monthly.units, 499000000);
    assert_string_equal(preview.prices[0].what, "thing of 2");
    assert_false(preview.prices[1].known);
    assert_int_equal(preview.price_before_count, 0);
    struct value_entry entry = {"size",
                                value_unknown(&fixture->arena, "a/b", "c", false)};
    change.wanted = value_map(&fixture->arena, &entry, 1);
    assert_true(provider->preview(provider->context, &fixture->arena, &change, &preview,
                                  &fixture->fault));
    change = (struct change){
        .address = "app:package/git",
        .type = "package",
        .name = "git",
        .action = CHANGE_CREATE,
        .wanted = read_json(fixture, "{\"package\":\"git\",\"within\":\"2m\"}")};
    assert_true(provider->preview(provider->context, &fixture->arena, &change, &preview,
                                  &fixture->fault));
    assert_string_equal(preview.actions[0], "apt-get install git");
}

// A removal owes what its row says; where a service goes, nothing is left to restart.
static void test_preview_of_a_removal(void **state)
{
    struct fixture *fixture = *state;
    fixture->options.settings =
        read_json(fixture, "{\"project_id\":\"0123456789abcdef\"}");
    fixture_start(fixture);
    const struct provider *provider = script_provider(fixture->script);
    struct arena *arena = &fixture->arena;
    const struct record record = {.restarts = read_json(fixture, "[\"worker\"]"),
                                  .reloads = read_json(fixture, "[\"nginx\"]")};
    struct change change = {
        .address = "app:file/etc/a",
        .type = "file",
        .name = "/etc/a",
        .host = "host/app",
        .record = &record,
        .action = CHANGE_DELETE,
        .found = read_json(fixture, "{\"path\":\"/etc/a\",\"content\":\"\"}")};
    struct preview preview;
    assert_true(
        provider->preview(provider->context, arena, &change, &preview, &fixture->fault));
    assert_int_equal(preview.handler_count, 2);
    assert_string_equal(preview.handlers[0], "reload nginx");
    assert_string_equal(preview.handlers[1], "restart worker");
    assert_int_equal(preview.void_count, 0);
    change.action = CHANGE_FORGET;
    change.stays = true;
    assert_true(
        provider->preview(provider->context, arena, &change, &preview, &fixture->fault));
    assert_int_equal(preview.handler_count, 0);
    change = (struct change){.address = "app:service/worker",
                             .type = "service",
                             .name = "worker",
                             .host = "host/app",
                             .action = CHANGE_DELETE,
                             .found = read_json(fixture, "{\"unit\":\"worker\"}")};
    assert_true(
        provider->preview(provider->context, arena, &change, &preview, &fixture->fault));
    assert_int_equal(preview.void_count, 4);
    assert_string_equal(preview.voids[0], "restart worker.service");
    assert_string_equal(preview.voids[2], "restart worker");
    assert_string_equal(preview.voids[3], "reload worker");
}

static void test_all_types_of_the_stdlib_load(void **state)
{
    struct fixture *fixture = *state;
    const struct schema **schemas;
    size_t count;
    fixture_start(fixture);
    if (!script_load_types(fixture->script, &fixture->arena, &schemas, &count,
                           &fixture->fault)) {
        fail_msg("%s %s", fixture->fault.where, fixture->fault.what);
    }
    assert_true(count > 10);
    for (size_t i = 1; i < count; i++) {
        assert_true(strcmp(schemas[i - 1]->type, schemas[i]->type) < 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_schema),
        FIXTURE_TEST(test_observe),
        FIXTURE_TEST(test_observe_failed),
        FIXTURE_TEST(test_create_through_http),
        FIXTURE_TEST(test_outcomes),
        FIXTURE_TEST(test_a_step_over_its_time),
        FIXTURE_TEST(test_update_and_delete),
        FIXTURE_TEST(test_host_batch),
        FIXTURE_TEST(test_preview),
        FIXTURE_TEST(test_preview_of_a_removal),
        FIXTURE_TEST(test_all_types_of_the_stdlib_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
