// SPDX-License-Identifier: MIT
#include "lab/verbs.h"

#include "lab/inside.h"

#include <stdlib.h>
#include <string.h>

struct call {
    struct lab *lab;
    const struct value *argument;
    struct arena *arena;
    int64_t id;
};

static const char *const *find_texts(struct call *call, const struct value *list)
{
    size_t count = list && list->kind == VALUE_LIST ? list->list.count : 0, kept = 0;
    const char **texts = arena_alloc(call->arena, (count + 1) * sizeof *texts);
    for (size_t i = 0; i < count; i++)
        if (list->list.items[i]->kind == VALUE_STRING)
            texts[kept++] = list->list.items[i]->string.bytes;
    return texts;
}

static double find_number(const struct value *map, const char *key)
{
    const struct value *found = value_find(map, key);
    if (found && found->kind == VALUE_NUMBER)
        return found->number;
    return found && found->kind == VALUE_INTEGER ? (double) found->integer : 0;
}

static bool set_firewall(struct call *call, const struct value *argument,
                         struct fault *fault)
{
    struct driver *driver = lab_driver(call->lab);
    const struct value *list = value_find(argument, "rules");
    size_t count = list && list->kind == VALUE_LIST ? list->list.count : 0;
    struct driver_rule *rules = arena_alloc(call->arena, (count + 1) * sizeof *rules);
    if (value_find_bool(argument, "open", false))
        return driver_firewall(driver, call->id, NULL, 0, fault);
    for (size_t i = 0; i < count; i++) {
        const struct value *rule = list->list.items[i];
        bool inbound = strcmp(value_find_text(rule, "direction", "in"), "in") == 0;
        rules[i] = (struct driver_rule){
            .inbound = inbound,
            .protocol = value_find_text(rule, "protocol", "tcp"),
            .port = value_find_text(rule, "port", NULL),
            .networks = find_texts(
                call, value_find(rule, inbound ? "source_ips" : "destination_ips")),
        };
    }
    return driver_firewall(driver, call->id, rules, count, fault);
}

// The cloud attaches a firewall before the server is there.
static bool run_firewall(struct call *call, const struct value **answer,
                         struct fault *fault)
{
    (void) answer;
    if (driver_status(lab_driver(call->lab), call->id) != DRIVER_ABSENT)
        return set_firewall(call, call->argument, fault);
    inside_keep_firewall(call->lab, call->id, call->argument);
    return true;
}

static const struct driver_file *find_files(struct call *call, size_t *count)
{
    const struct value *list = value_find(call->argument, "files");
    *count = list && list->kind == VALUE_LIST ? list->list.count : 0;
    struct driver_file *files = arena_alloc(call->arena, (*count + 1) * sizeof *files);
    for (size_t i = 0; i < *count; i++) {
        const struct value *file = list->list.items[i];
        files[i] = (struct driver_file){
            .path = value_find_text(file, "path", ""),
            .mode = (mode_t) value_find_integer(file, "mode", 0644),
            .content = value_find_text(file, "content", ""),
        };
    }
    return files;
}

static bool run_start(struct call *call, const struct value **answer, struct fault *fault)
{
    const struct value *map = call->argument;
    const char *name = value_find_text(map, "name", "host");
    struct driver_host host = {
        .id = call->id,
        .name = name,
        .hostname = value_find_text(map, "hostname", name),
        .ip = value_find_text(map, "ip", NULL),
        .cores = (int) find_number(map, "cores"),
        .memory_gb = find_number(map, "memory_gb"),
        .image = value_find_text(map, "image", NULL),
        .user_data = value_find_text(map, "user_data", NULL),
        .ssh_keys = find_texts(call, value_find(map, "ssh_keys")),
        .is_appliance = value_find_bool(map, "appliance", false),
    };
    (void) answer;
    host.files = find_files(call, &host.file_count);
    if (!driver_start(lab_driver(call->lab), &host, fault))
        return false;
    const struct value *kept = inside_take_firewall(call->lab, call->id, call->arena);
    return !kept || set_firewall(call, kept, fault);
}

static bool run_stop(struct call *call, const struct value **answer, struct fault *fault)
{
    (void) answer;
    return driver_stop(lab_driver(call->lab), call->id,
                       value_find_bool(call->argument, "hard", false), fault);
}

static bool run_reset(struct call *call, const struct value **answer, struct fault *fault)
{
    (void) answer;
    return driver_reset(lab_driver(call->lab), call->id, fault);
}

static bool run_reboot(struct call *call, const struct value **answer,
                       struct fault *fault)
{
    (void) answer;
    return driver_reboot(lab_driver(call->lab), call->id, fault);
}

static bool run_resize(struct call *call, const struct value **answer,
                       struct fault *fault)
{
    (void) answer;
    return driver_resize(lab_driver(call->lab), call->id,
                         (int) find_number(call->argument, "cores"),
                         find_number(call->argument, "memory_gb"), fault);
}

static bool run_give(struct call *call, const struct value **answer, struct fault *fault)
{
    size_t count;
    const struct driver_file *files = find_files(call, &count);
    (void) answer;
    return driver_give(lab_driver(call->lab), call->id, files, count, fault);
}

static bool run_remove(struct call *call, const struct value **answer,
                       struct fault *fault)
{
    (void) answer;
    inside_take_firewall(call->lab, call->id, call->arena);
    return driver_remove(lab_driver(call->lab), call->id, fault);
}

static bool run_dns(struct call *call, const struct value **answer, struct fault *fault)
{
    const struct value *list = value_find(call->argument, "records");
    size_t count = list && list->kind == VALUE_LIST ? list->list.count : 0;
    struct names_record *records =
        arena_alloc(call->arena, (count + 1) * sizeof *records);
    (void) answer;
    for (size_t i = 0; i < count; i++)
        records[i] = (struct names_record){
            .name = value_find_text(list->list.items[i], "name", ""),
            .type = value_find_text(list->list.items[i], "type", ""),
            .value = value_find_text(list->list.items[i], "value", ""),
        };
    return lab_set_names(call->lab, find_texts(call, value_find(call->argument, "zones")),
                         records, count, fault);
}

static bool run_status(struct call *call, const struct value **answer,
                       struct fault *fault)
{
    (void) fault;
    enum driver_power power = driver_status(lab_driver(call->lab), call->id);
    *answer = value_text(call->arena, driver_power_name(power));
    return true;
}

static bool run_notices(struct call *call, const struct value **answer,
                        struct fault *fault)
{
    (void) fault;
    *answer = inside_take_notices(call->lab, call->arena);
    return true;
}

static const struct {
    const char *name;
    bool (*run)(struct call *call, const struct value **answer, struct fault *fault);
    bool on_host;
} verbs[] = {
    {"start", run_start, true},       {"stop", run_stop, true},
    {"reset", run_reset, true},       {"reboot", run_reboot, true},
    {"resize", run_resize, true},     {"remove", run_remove, true},
    {"firewall", run_firewall, true}, {"status", run_status, true},
    {"give", run_give, true},         {"dns", run_dns, false},
    {"notices", run_notices, false},
};

bool verbs_call(void *lab, const char *verb, const struct value *argument,
                struct arena *arena, const struct value **answer, struct fault *fault)
{
    struct call call = {.lab = lab, .argument = argument, .arena = arena};
    // status may be asked by the bare id
    call.id = argument && argument->kind == VALUE_INTEGER
                  ? argument->integer
                  : value_find_integer(argument, "id", -1);
    *answer = value_null();
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(verb, verbs[i].name) != 0)
            continue;
        if (verbs[i].on_host && call.id < 0)
            return fault_set(fault, FAULT_INTERNAL, "driver.%s needs an id", verb);
        return verbs[i].run(&call, answer, fault);
    }
    return fault_set(fault, FAULT_INTERNAL, "the lab's driver has no verb \"%s\"", verb);
}
