// SPDX-License-Identifier: MIT
#include "command/project.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "command/exchange.h"
#include "command/exported.h"
#include "command/lab_environment.h"
#include "engine/share.h"
#include "script/settings.h"
#include "store/file.h"

#define SWITCH_MS       INT64_C(60000)
#define SWITCH_LEAST_MS INT64_C(3000)
#define SWITCH_MOST_MS  INT64_C(3600000)

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

// The nearest folder upwards that holds pipster.lua, or the starting one.
static const char *find_root(struct arena *arena, const char *from)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", from);
    while (strcmp(folder, "/") != 0) {
        if (exists(arena_format(arena, "%s/pipster.lua", folder)))
            return arena_text(arena, folder);
        char copy[PATH_MAX];
        snprintf(copy, sizeof copy, "%s", folder);
        snprintf(folder, sizeof folder, "%s", dirname(copy));
    }
    return arena_text(arena, from);
}

static bool check_writers(const char *root, struct fault *fault)
{
    struct stat status;
    if (stat(root, &status) != 0)
        return fault_set(fault, FAULT_USAGE, "there is no folder %s", root);
    if ((status.st_mode & S_IWOTH) && !(status.st_mode & S_ISVTX)) {
        fault_set(fault, FAULT_ERROR, "%s can be written by everybody", root);
        fault_why(fault, "anyone on this machine could put a playbook there");
        return fault_next(fault, "chmod o-w %s", root);
    }
    return true;
}

static bool read_settings(struct project *project, struct arena *arena,
                          struct fault *fault)
{
    const char *path = arena_format(arena, "%s/pipster.lua", project->root);
    if (!exists(path)) {
        project->settings = value_map(arena, NULL, 0);
        return true;
    }
    return settings_read(path, arena, &project->settings, fault);
}

// parallelism = { hetzner = 5, hosts = 20 }
static bool read_limits(struct project *project, struct arena *arena, struct fault *fault)
{
    const struct value *limits = value_find(project->settings, "parallelism");
    if (!limits)
        return true;
    size_t count = limits->kind == VALUE_MAP ? limits->map.count : 0;
    project->limits = arena_alloc(arena, (count + 1) * sizeof *project->limits);
    for (size_t i = 0; i < count; i++) {
        const struct value_entry *entry = &limits->map.entries[i];
        bool fits = entry->value->kind == VALUE_INTEGER && entry->value->integer > 0 &&
                    entry->value->integer <= INT_MAX;
        if (!fits)
            return fault_set(fault, FAULT_ERROR,
                             "parallelism.%s of pipster.lua must be a number above zero",
                             entry->key);
        project->limits[project->limit_count++] =
            (struct engine_limit){entry->key, (int) entry->value->integer};
    }
    if (limits->kind != VALUE_MAP)
        return fault_set(fault, FAULT_ERROR,
                         "parallelism of pipster.lua is a table: "
                         "{ hetzner = 5, hosts = 20 }");
    return true;
}

// revert_after = "60s": not so short that nobody can come back in time.
static bool read_switch(struct project *project, struct fault *fault)
{
    const struct value *said = value_find(project->settings, "revert_after");
    int64_t ms = SWITCH_MS;
    if (said && said->kind != VALUE_STRING)
        return fault_set(fault, FAULT_ERROR,
                         "revert_after of pipster.lua is a span of time: \"60s\"");
    if (said && !duration_parse(said->string.bytes, &ms, fault))
        return fault_while(fault, "reading revert_after of pipster.lua");
    if (ms < SWITCH_LEAST_MS || ms > SWITCH_MOST_MS)
        return fault_set(fault, FAULT_ERROR,
                         "revert_after of pipster.lua is from 3s to 1h, not %s",
                         said->string.bytes);
    project->revert_after_ms = ms;
    return true;
}

static bool read_budget(struct project *project, struct arena *arena, struct fault *fault)
{
    const char *text = value_find_text(project->settings, "budget", NULL);
    if (!text)
        return true;
    project->budget = arena_alloc(arena, sizeof *project->budget);
    project->budget->where = "pipster.lua";
    project->budget->text = text;
    if (!money_parse_budget(text, &project->budget->max, fault))
        return fault_while(fault, "reading the budget of pipster.lua");
    return true;
}

// vat = "19%": what is added to a net sum where gross is told beside it.
static bool read_vat(struct project *project, struct fault *fault)
{
    const struct value *said = value_find(project->settings, "vat");
    struct money ignored;
    if (!said)
        return true;
    project->vat = said->kind == VALUE_STRING ? said->string.bytes : NULL;
    if (project->vat != NULL && share_of(project->vat, money_zero("EUR"), &ignored))
        return true;
    fault_set(fault, FAULT_ERROR, "vat of pipster.lua is a share");
    return fault_next(fault, "vat = \"19%%\"");
}

static const char *text_of(struct arena *arena, const struct value *value)
{
    switch (value->kind) {
    case VALUE_STRING:
        return value->string.bytes;
    case VALUE_INTEGER:
        return arena_format(arena, "%lld", (long long) value->integer);
    case VALUE_BOOL:
        return value->boolean ? "true" : "false";
    default:
        return NULL;
    }
}

static void put_pair(struct project *project, struct arena *arena, const char *pair)
{
    const char *equals = strchr(pair, '=');
    if (equals && equals != pair)
        map_put(&project->inputs, arena_copy(arena, pair, (size_t) (equals - pair)),
                arena_text(arena, equals + 1));
}

extern char **environ;

static bool read_inputs(struct project *project, struct arena *arena,
                        const struct options *options, struct fault *fault)
{
    const struct value *inputs = value_find(project->settings, "inputs");
    for (size_t i = 0; inputs && inputs->kind == VALUE_MAP && i < inputs->map.count;
         i++) {
        const char *text = text_of(arena, inputs->map.entries[i].value);
        if (text)
            map_put(&project->inputs, inputs->map.entries[i].key, (char *) text);
    }
    for (char **entry = environ; *entry; entry++)
        if (strncmp(*entry, "PIPSTER_VAR_", 12) == 0)
            put_pair(project, arena, *entry + 12);
    for (size_t i = 0; i < options->variable_count; i++) {
        if (!strchr(options->variables[i], '='))
            return fault_set(fault, FAULT_USAGE, "--var wants NAME=VALUE, not \"%s\"",
                             options->variables[i]);
        put_pair(project, arena, options->variables[i]);
    }
    return true;
}

// state_path of pipster.lua: absolute, under ~/, or seen from the root.
static void place_state(struct project *project, struct arena *arena)
{
    const char *said = value_find_text(project->settings, "state_path", NULL);
    const char *home = getenv("HOME");
    const char *folder = arena_format(arena, "%s/.pipster/state", project->root);
    if (said && strncmp(said, "~/", 2) == 0 && home)
        folder = arena_format(arena, "%s/%s", home, said + 2);
    else if (said)
        folder =
            said[0] == '/' ? said : arena_format(arena, "%s/%s", project->root, said);
    project->state_path = folder;
    project->database_path =
        arena_format(arena, "%s/%s.db", folder, project->environment);
    project->lock_path = arena_format(arena, "%s/%s.lock", folder, project->environment);
    project->cache_path =
        arena_format(arena, "%s/%s.cache", folder, project->environment);
}

bool project_open(struct project *project, struct arena *arena,
                  const struct options *options, struct fault *fault)
{
    *project = (struct project){0};
    map_init(&project->inputs);
    char folder[PATH_MAX];
    if (!realpath(options->directory ? options->directory : ".", folder))
        return fault_set(fault, FAULT_USAGE, "there is no folder %s", options->directory);
    project->root = find_root(arena, folder);
    project->environment = options->environment;
    const char *lab =
        options->lab_directory ? options->lab_directory : getenv("PIPSTER_LAB_DIR");
    project->lab_directory = lab ? arena_text(arena, lab)
                                 : arena_format(arena, "%s/.pipster/lab", project->root);
    if (!check_writers(project->root, fault) || !read_settings(project, arena, fault) ||
        !exchange_read(project, arena, clock_now_ms(), fault) ||
        !read_budget(project, arena, fault) || !read_limits(project, arena, fault) ||
        !read_vat(project, fault) || !read_switch(project, fault))
        return false;
    place_state(project, arena);
    if (options->state && !exported_unpack(arena, options->state, &project->unpacked,
                                           &project->database_path, fault))
        return false;
    char *copy = arena_text(arena, project->root);
    project->name = value_find_text(project->settings, "project", basename(copy));
    project->currency = value_find_text(project->settings, "currency", "EUR");
    if (options->lab && !lab_environment_load(project->lab_directory, fault))
        return false;
    return read_inputs(project, arena, options, fault);
}

void project_close(struct project *project)
{
    map_clear(&project->inputs);
    exported_remove(project->unpacked);
    project->unpacked = NULL;
}

static bool make_folder(const char *path, struct fault *fault)
{
    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        return true;
    fault_set(fault, FAULT_ERROR, "cannot make the folder %s", path);
    return fault_why(fault, "%s", strerror(errno));
}

bool project_make_folders(const struct project *project, struct fault *fault)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/.pipster", project->root);
    if (!make_folder(path, fault))
        return false;
    snprintf(path, sizeof path, "%s/.pipster/.gitignore", project->root);
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file >= 0) {
        ssize_t written = write(file, "*\n", 2);
        close(file);
        if (written != 2)
            return fault_set(fault, FAULT_ERROR, "cannot write %s", path);
    }
    return file_make_folder(project->database_path, fault);
}

bool project_playbook(const struct project *project, struct arena *arena,
                      const char *word, const char **path, struct fault *fault)
{
    const char *tries[] = {
        word,
        arena_format(arena, "%s/%s", project->root, word),
        arena_format(arena, "%s/playbooks/%s.lua", project->root, word),
    };
    size_t root_length = strlen(project->root);
    bool outside = false;
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        char full[PATH_MAX];
        struct stat status;
        if (stat(tries[i], &status) != 0 || !S_ISREG(status.st_mode) ||
            !realpath(tries[i], full))
            continue;
        if (strncmp(full, project->root, root_length) == 0 && full[root_length] == '/') {
            *path = arena_text(arena, full + root_length + 1);
            return true;
        }
        outside = true; // with -C a file of this name may lie here too
    }
    if (outside) {
        fault_set(fault, FAULT_USAGE, "%s lies outside of the project %s", word,
                  project->root);
        return fault_next(fault, "go to its own project, or pipster -C DIR …");
    }
    fault_set(fault, FAULT_USAGE, "there is no playbook %s", word);
    fault_why(fault, "looked here, in %s and in its playbooks/", project->root);
    return fault_next(fault, "ls playbooks/");
}
