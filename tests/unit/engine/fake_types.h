// SPDX-License-Identifier: MIT
//
// The resource types of the world in memory.
#pragma once

#include "engine/schema.h"

#include <string.h>

#define COMPUTED .computed = true
static const char *const fake_colours[] = {"red", "green", "blue"};

// Each list is sorted by name.
static const struct schema_attribute fake_thing_attributes[] = {
    {.name = "colour", .kind = SCHEMA_STRING, .one_of = fake_colours, .one_of_count = 3},
    {.name = "fresh", .kind = SCHEMA_BOOL, .timed = true},
    {.name = "id", .kind = SCHEMA_INTEGER, COMPUTED},
    {.name = "image", .kind = SCHEMA_STRING, .birth = true, .rebuild = true},
    {.name = "ip", .kind = SCHEMA_STRING, COMPUTED},
    {.name = "labels", .kind = SCHEMA_MAP},
    {.name = "link", .kind = SCHEMA_ANY},
    {.name = "order", .kind = SCHEMA_LIST},
    {.name = "parts", .kind = SCHEMA_SET, .item = SCHEMA_STRING},
    {.name = "password", .kind = SCHEMA_STRING, .secret = true},
    {.name = "price", .kind = SCHEMA_STRING, .local = true},
    {.name = "size", .kind = SCHEMA_INTEGER},
    {.name = "type", .kind = SCHEMA_CHOICE},
    {.name = "zone", .kind = SCHEMA_STRING, .fixed = true},
};

static const struct schema_attribute fake_host_attributes[] = {
    {.name = "address", .kind = SCHEMA_STRING, .required = true},
    {.name = "incarnation", .kind = SCHEMA_STRING, COMPUTED},
    {.name = "machine_id", .kind = SCHEMA_STRING, COMPUTED},
    {.name = "server_id", .kind = SCHEMA_ANY, .local = true},
};

static const struct schema_attribute fake_file_attributes[] = {
    {.name = "content", .kind = SCHEMA_STRING, .required = true, .content = true},
    {.name = "digest", .kind = SCHEMA_STRING, COMPUTED},
    {.name = "notify", .kind = SCHEMA_STRING, .local = true},
    {.name = "owner", .kind = SCHEMA_STRING, .fixed = true},
};

static const struct schema_attribute fake_secret_attributes[] = {
    {.name = "command", .kind = SCHEMA_LIST, .local = true},
    {.name = "env", .kind = SCHEMA_STRING, .local = true},
    {.name = "kind", .kind = SCHEMA_STRING, .birth = true},
    {.name = "length", .kind = SCHEMA_INTEGER, .birth = true},
    {.name = "public_key", .kind = SCHEMA_STRING, COMPUTED},
    {.name = "rotate_every", .kind = SCHEMA_STRING, .local = true},
    {.name = "safe", .kind = SCHEMA_BOOL, .local = true},
    {.name = "value", .kind = SCHEMA_STRING, COMPUTED, .secret = true},
};

static const struct schema_attribute fake_check_attributes[] = {
    {.name = "url", .kind = SCHEMA_STRING},
};

static const struct schema_attribute fake_cost_attributes[] = {
    {.name = "price", .kind = SCHEMA_STRING, .required = true},
};

#define ATTRIBUTES(list) .attributes = list, .attribute_count = sizeof list / sizeof *list

static const struct schema fake_schemas[] = {
    {.type = "cloud.thing", .renames = true, ATTRIBUTES(fake_thing_attributes)},
    {.type = "cloud.other", ATTRIBUTES(fake_thing_attributes)},
    {.type = "host", .is_host = true, ATTRIBUTES(fake_host_attributes)},
    {.type = "file", .on_host = true, ATTRIBUTES(fake_file_attributes)},
    {.type = "risk", .on_host = true, .risky = true, ATTRIBUTES(fake_file_attributes)},
    {.type = "boot",
     .on_host = true,
     .lone = true,
     .follows = true,
     ATTRIBUTES(fake_file_attributes)},
    {.type = "secret", .is_core = true, ATTRIBUTES(fake_secret_attributes)},
    {.type = "check.ok", .is_check = true, ATTRIBUTES(fake_check_attributes)},
    {.type = "cost.item", .is_cost = true, ATTRIBUTES(fake_cost_attributes)},
};

static inline const struct schema *fake_schema(void *context, const char *type)
{
    (void) context;
    for (size_t i = 0; i < sizeof fake_schemas / sizeof *fake_schemas; i++)
        if (strcmp(fake_schemas[i].type, type) == 0)
            return &fake_schemas[i];
    return NULL;
}
