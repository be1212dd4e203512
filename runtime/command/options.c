// SPDX-License-Identifier: MIT
#include "command/options.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/schema.h"

extern char **environ;

enum flag_kind { FLAG_SWITCH, FLAG_TEXT, FLAG_NUMBER, FLAG_LIST };

struct flag {
    const char *name;
    const char *other; // a short form or another tool's spelling that means the same
    enum flag_kind kind;
    size_t offset;
    size_t count_offset; // of lists
};

#define AT(member) offsetof(struct options, member)

static const struct flag flags[] = {
    {"--accept-new", NULL, FLAG_SWITCH, AT(accept_new), 0},
    {"--accept-revenue", NULL, FLAG_SWITCH, AT(accept_revenue), 0},
    {"--allow-destroy", NULL, FLAG_LIST, AT(allow_destroy), AT(allow_destroy_count)},
    {"--assume", NULL, FLAG_LIST, AT(assume), AT(assume_count)},
    {"--at", NULL, FLAG_TEXT, AT(at), 0},
    {"--baseline", NULL, FLAG_SWITCH, AT(baseline), 0},
    {"--by", NULL, FLAG_TEXT, AT(by), 0},
    {"--chdir", "-C", FLAG_TEXT, AT(directory), 0},
    {"--currency", NULL, FLAG_TEXT, AT(currency), 0},
    {"--customers", NULL, FLAG_TEXT, AT(customers), 0},
    {"--detailed-exitcode", NULL, FLAG_SWITCH, AT(detailed_exitcode), 0},
    {"--diff", NULL, FLAG_SWITCH, AT(diff), 0},
    {"--dir", NULL, FLAG_TEXT, AT(lab_directory), 0},
    {"--driver", NULL, FLAG_TEXT, AT(lab_driver), 0},
    {"--except", "-exclude", FLAG_LIST, AT(except), AT(except_count)},
    {"--follow", "-f", FLAG_SWITCH, AT(follow), 0},
    {"--env", "-e", FLAG_TEXT, AT(environment), 0},
    {"--growth", NULL, FLAG_TEXT, AT(growth), 0},
    {"--format", NULL, FLAG_TEXT, AT(format), 0},
    {"--help", "-h", FLAG_SWITCH, AT(help), 0},
    {"--html", NULL, FLAG_TEXT, AT(html), 0},
    {"--json", NULL, FLAG_SWITCH, AT(json), 0},
    {"--key-backed-up", NULL, FLAG_SWITCH, AT(key_backed_up), 0},
    {"--lab", NULL, FLAG_SWITCH, AT(lab), 0},
    {"--months", NULL, FLAG_TEXT, AT(months), 0},
    {"--move-tip", NULL, FLAG_SWITCH, AT(move_tip), 0},
    {"--mrr", NULL, FLAG_TEXT, AT(mrr), 0},
    {"--no-color", NULL, FLAG_SWITCH, AT(no_color), 0},
    {"--lines", "-n", FLAG_TEXT, AT(lines), 0},
    {"--hours", NULL, FLAG_NUMBER, AT(hours), 0},
    {"--limit", NULL, FLAG_NUMBER, AT(limit), 0},
    {"--non-interactive", NULL, FLAG_SWITCH, AT(non_interactive), 0},
    {"--only", "-target", FLAG_LIST, AT(only), AT(only_count)},
    {"--only-new", NULL, FLAG_SWITCH, AT(only_new), 0},
    {"--out", "-out", FLAG_TEXT, AT(out), 0},
    {"--override", NULL, FLAG_TEXT, AT(override), 0},
    {"--parallelism", NULL, FLAG_NUMBER, AT(parallel), 0},
    {"--passphrase-file", NULL, FLAG_TEXT, AT(passphrase_file), 0},
    {"--port", NULL, FLAG_NUMBER, AT(lab_port), 0},
    {"--project-id", NULL, FLAG_TEXT, AT(project_id), 0},
    {"--quiet", "-q", FLAG_SWITCH, AT(quiet), 0},
    {"--refresh", NULL, FLAG_SWITCH, AT(refresh), 0},
    {"--revenue", NULL, FLAG_TEXT, AT(revenue), 0},
    {"--resume", NULL, FLAG_SWITCH, AT(resume), 0},
    {"--serial", NULL, FLAG_NUMBER, AT(serial), 0},
    {"--since", NULL, FLAG_TEXT, AT(since), 0},
    {"--state", NULL, FLAG_TEXT, AT(state), 0},
    {"--stdlib", NULL, FLAG_TEXT, AT(stdlib), 0},
    {"--stock", NULL, FLAG_TEXT, AT(lab_stock), 0},
    {"--svg", NULL, FLAG_TEXT, AT(svg), 0},
    {"--timeout", NULL, FLAG_TEXT, AT(timeout), 0},
    {"--timing", NULL, FLAG_SWITCH, AT(timing), 0},
    {"--var", NULL, FLAG_LIST, AT(variables), AT(variable_count)},
    {"--verbose", "-v", FLAG_SWITCH, AT(verbose), 0},
    {"--yes", "-y", FLAG_SWITCH, AT(yes), 0},
    {"--auto-approve", "-auto-approve", FLAG_SWITCH, AT(yes), 0},
};
#define FLAG_COUNT (sizeof flags / sizeof *flags)

static const struct flag *find_flag(const char *name, size_t length)
{
    for (size_t i = 0; i < FLAG_COUNT; i++) {
        const char *names[] = {flags[i].name, flags[i].other};
        for (int j = 0; j < 2; j++)
            if (names[j] && strlen(names[j]) == length &&
                strncmp(names[j], name, length) == 0)
                return &flags[i];
    }
    return NULL;
}

static bool refuse_flag(const char *name, struct fault *fault)
{
    const char *known[FLAG_COUNT];
    for (size_t i = 0; i < FLAG_COUNT; i++)
        known[i] = flags[i].name;
    const char *nearest = schema_nearest(name, known, FLAG_COUNT);
    fault_set(fault, FAULT_USAGE, "there is no flag %s", name);
    if (strncmp(name, "--target", 8) == 0)
        return fault_next(fault, "it is --only here; pipster help plan");
    if (strncmp(name, "--exclude", 9) == 0)
        return fault_next(fault, "it is --except here; pipster help plan");
    return nearest ? fault_next(fault, "did you mean %s?", nearest)
                   : fault_next(fault, "pipster help");
}

static void add_to_list(struct options *options, const struct flag *flag,
                        struct arena *arena, const char *value)
{
    const char ***list = (const char ***) ((char *) options + flag->offset);
    size_t *count = (size_t *) ((char *) options + flag->count_offset);
    const char **longer = arena_alloc(arena, (*count + 1) * sizeof *longer);
    if (*count > 0)
        memcpy(longer, *list, *count * sizeof *longer);
    longer[(*count)++] = value;
    *list = longer;
}

// "--allow-destroy=a,b" gives two.
static void add_each(struct options *options, const struct flag *flag,
                     struct arena *arena, const char *value)
{
    bool splits = strcmp(flag->name, "--var") != 0; // a value may hold a comma
    const char *comma;
    while (splits && (comma = strchr(value, ','))) {
        add_to_list(options, flag, arena,
                    arena_copy(arena, value, (size_t) (comma - value)));
        value = comma + 1;
    }
    add_to_list(options, flag, arena, value);
}

static bool take_value(struct options *options, const struct flag *flag,
                       struct arena *arena, const char *value, struct fault *fault)
{
    char *member = (char *) options + flag->offset;
    char *end = NULL;
    long number = 0;
    switch (flag->kind) {
    case FLAG_SWITCH:
        *(bool *) member = true;
        return true;
    case FLAG_TEXT:
        *(const char **) member = value;
        return true;
    case FLAG_NUMBER:
        number = strtol(value, &end, 10);
        *(int *) member = (int) number;
        if (end == value || *end || number < 0 || number > INT_MAX)
            return fault_set(fault, FAULT_USAGE, "%s wants a number, not \"%s\"",
                             flag->name, value);
        return true;
    case FLAG_LIST:
        add_each(options, flag, arena, value);
        return true;
    }
    return true;
}

static bool take_flag(struct options *options, struct arena *arena, char **argv, int *at,
                      struct fault *fault)
{
    const char *word = argv[*at];
    const char *equals = strchr(word, '=');
    size_t length = equals ? (size_t) (equals - word) : strlen(word);
    const struct flag *flag = find_flag(word, length);
    if (!flag)
        return refuse_flag(arena_copy(arena, word, length), fault);
    if (flag->kind == FLAG_SWITCH && equals)
        return fault_set(fault, FAULT_USAGE, "%s takes no value", flag->name);
    const char *value = equals ? equals + 1 : NULL;
    if (flag->kind != FLAG_SWITCH && !value)
        value = argv[*at + 1] ? argv[++*at] : NULL;
    if (flag->kind != FLAG_SWITCH && !value)
        return fault_set(fault, FAULT_USAGE, "%s wants a value", flag->name);
    return take_value(options, flag, arena, value, fault);
}

static bool is_on(const char *name)
{
    const char *value = getenv(name);
    return value && *value && strcmp(value, "0") != 0 && strcmp(value, "false") != 0;
}

// What flags did not say, the environment may.
static void take_environment(struct options *options)
{
    options->lab = options->lab || is_on("PIPSTER_LAB");
    options->yes = options->yes || is_on("PIPSTER_YES");
    if (!options->environment)
        options->environment = getenv("PIPSTER_ENV");
    if (options->lab)
        options->environment = "lab";
    if (!options->environment || !*options->environment)
        options->environment = "default";
    if (is_on("CI") || isatty(STDIN_FILENO) != 1)
        options->non_interactive = true;
    if (options->parallel == 0)
        options->parallel = 10;
}

bool options_parse(struct options *options, struct arena *arena, int argc, char **argv,
                   struct fault *fault)
{
    *options = (struct options){0};
    options->words = arena_alloc(arena, (size_t) (argc + 1) * sizeof *options->words);
    bool only_words = false;
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        if (!only_words && strcmp(word, "--") == 0) {
            only_words = true;
            options->own_count = options->word_count;
        } else if (!only_words && strcmp(word, "--version") == 0) {
            options->verb = "version";
        } else if (!only_words && word[0] == '-' && word[1]) {
            if (!take_flag(options, arena, argv, &i, fault))
                return false;
        } else if (!options->verb) {
            options->verb = word;
        } else {
            options->words[options->word_count++] = word;
        }
    }
    if (!only_words)
        options->own_count = options->word_count;
    take_environment(options);
    return true;
}
