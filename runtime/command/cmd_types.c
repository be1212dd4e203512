// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <string.h>

#include "command/command.h"
#include "command/workbench.h"

static void print_attribute(const struct schema_attribute *attribute)
{
    const char *kind = attribute->required   ? "required"
                       : attribute->computed ? "computed"
                                             : "";
    printf("  %-18s %-9s %s%s\n", attribute->name, kind,
           attribute->doc ? attribute->doc : "",
           attribute->fixed ? " (a change replaces)" : "");
}

static void print_type(const struct schema *schema)
{
    printf("%s: %s\n", schema->type, schema->doc ? schema->doc : "");
    if (schema->link && *schema->link)
        printf("%s\n", schema->link);
    printf("\n");
    for (size_t i = 0; i < schema->attribute_count; i++)
        print_attribute(&schema->attributes[i]);
    if (schema->example)
        printf("\n%s\n", schema->example);
}

static bool print_types(struct workbench *bench, const char *wanted, struct fault *fault)
{
    const struct schema **schemas;
    size_t count;
    if (!script_load_types(bench->script, &bench->arena, &schemas, &count, fault))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!wanted)
            printf("%-24s %s\n", schemas[i]->type,
                   schemas[i]->doc ? schemas[i]->doc : "");
        if (wanted && strcmp(schemas[i]->type, wanted) == 0) {
            print_type(schemas[i]);
            return true;
        }
    }
    if (!wanted)
        return true;
    fault_set(fault, FAULT_USAGE, "there is no type \"%s\"", wanted);
    return fault_next(fault, "pipster types");
}

static int run(const struct options *options, struct fault *fault)
{
    struct workbench bench;
    const char *wanted = options->word_count > 0 ? options->words[0] : NULL;
    bool done = workbench_open(&bench, options, WORKBENCH_READ, fault) &&
                print_types(&bench, wanted, fault);
    workbench_close(&bench);
    return done ? 0 : 1;
}

const struct command cmd_types = {
    .name = "types",
    .summary = "the resource types, and what each one takes",
    .usage = "pipster types [TYPE]\n",
    .run = run,
};
