// SPDX-License-Identifier: MIT
#include <string.h>

#include "command/command.h"
#include "command/workbench.h"
#include "view/json_view.h"
#include "view/type_view.h"

static void print(const struct schema *schema, bool json, bool whole)
{
    if (json)
        type_view_json(stdout, schema);
    else if (whole)
        type_view_print(stdout, schema);
    else
        type_view_print_name(stdout, schema);
}

// As it stands in a playbook, where a type without a dot is a word of its host:
// host:file, box:file.
static const char *bare(const char *word)
{
    const char *colon = strrchr(word, ':');
    const char *name = colon ? colon + 1 : word;
    return strncmp(name, "host.", 5) == 0 ? name + 5 : name;
}

static bool miss(struct workbench *bench, const char *wanted,
                 const struct schema *const *schemas, size_t count, struct fault *fault)
{
    const char **names = arena_alloc(&bench->arena, (count + 1) * sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = schemas[i]->type;
    const char *nearest = schema_nearest(wanted, names, count);
    fault_set(fault, FAULT_USAGE, "there is no type \"%s\"", wanted);
    if (nearest != NULL)
        return fault_next(fault, "pipster types %s", nearest);
    return fault_next(fault, "pipster types");
}

static bool print_types(struct workbench *bench, const char *wanted, struct fault *fault)
{
    const struct schema **schemas;
    size_t count;
    if (!script_load_types(bench->script, &bench->arena, &schemas, &count, fault))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (wanted && strcmp(schemas[i]->type, wanted) != 0)
            continue;
        print(schemas[i], bench->options->json, wanted != NULL);
        if (wanted)
            return true;
    }
    return wanted == NULL || miss(bench, wanted, schemas, count, fault);
}

static int run(const struct options *options, struct fault *fault)
{
    struct workbench bench;
    const char *wanted = options->word_count > 0 ? bare(options->words[0]) : NULL;
    if (options->json)
        json_view_version(stdout);
    bool done = workbench_open(&bench, options, WORKBENCH_READ, fault) &&
                print_types(&bench, wanted, fault);
    workbench_close(&bench);
    return done ? 0 : 1;
}

const struct command cmd_types = {
    .name = "types",
    .summary = "the resource types, and what each one takes",
    .usage = "pipster types [TYPE] [--json]\n",
    .run = run,
};
