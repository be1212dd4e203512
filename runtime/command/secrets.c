// SPDX-License-Identifier: MIT
#include "command/secrets.h"

#include <string.h>

#include "engine/sealed.h"
#include "store/secret.h"

bool secrets_open(struct secrets *secrets, const struct options *options, bool writes,
                  struct fault *fault)
{
    struct project *project = &secrets->project;
    *secrets = (struct secrets){.options = options};
    arena_init(&secrets->arena, 0);
    terminal_init(&secrets->out, stdout, !options->no_color);
    if (!project_open(project, &secrets->arena, options, fault))
        return false;
    if (writes && (!project_make_folders(project, fault) ||
                   !lock_take(&secrets->lock, project->lock_path, "secrets", fault)))
        return false;
    return database_open(&secrets->database, project->database_path,
                         writes ? DATABASE_WRITE : DATABASE_READ, fault) &&
           state_load(secrets->database, &secrets->arena, &secrets->rows, fault);
}

void secrets_close(struct secrets *secrets)
{
    if (secrets->vault)
        vault_close(secrets->vault);
    if (secrets->database)
        database_close(secrets->database);
    if (secrets->lock)
        lock_release(secrets->lock);
    project_close(&secrets->project);
    arena_clear(&secrets->arena);
}

bool secrets_open_vault(struct secrets *secrets, struct fault *fault)
{
    bool lost = false;
    if (!vault_is_lost(secrets->database, &lost, fault))
        return false;
    if (!lost || secrets->options->yes)
        return vault_renew(&secrets->vault, secrets->database, fault);
    fault_set(fault, FAULT_ERROR, "the key of this project's secrets is missing");
    fault_why(fault,
              "with --yes a new one is made: what was sealed with the old one stays, "
              "and opens with that one only");
    return fault_next(fault,
                      "restore the key from its backup, or say the same with --yes, "
                      "and rotate or set what is left; pipster doctor names it");
}

bool secrets_label(struct secrets *secrets, const char *name, const char **label,
                   struct fault *fault)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    const char *bare = strncmp(name, "secret/", 7) == 0 ? name + 7 : name;
    *label = arena_format(&secrets->arena, "secret/%s", bare);
    if (*bare && strspn(bare, allowed) == strlen(bare))
        return true;
    fault_set(fault, FAULT_USAGE, "\"%s\" cannot be the name of a secret", name);
    return fault_next(fault, "use letters, digits, _ and -; pipster secrets list");
}

const char *secrets_source(struct secrets *secrets, const char *label)
{
    const struct record *record = state_find(&secrets->rows, label);
    const char *source =
        record ? sealed_source(&secrets->arena, record->wanted) : "generated";
    return strcmp(source, "generated") == 0 ? NULL : source;
}
