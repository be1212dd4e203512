// SPDX-License-Identifier: MIT
//
// Drives a lab from a script: reads one command a line, answers one line each.
//   lab_drive DIR KIND REPOSITORY
//   lab_drive sweep DIR
//   start ID IP NAME USERDATAFILE KEYFILE · on ID · off ID · cut ID · reset ID · reboot
//   ID resize ID CORES GB · remove ID · wall ID PORT… · open ID · status ID · wait ID
//   STATE init ID · names ZONE NAME TYPE VALUE · quit
#include "base/array.h"
#include "base/clock.h"
#include "lab/lab.h"
#include "lab/launch.h"
#include "lab/tool.h"
#include "lab/verbs.h"

#include <ftw.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 16 };

static void tell_notices(struct lab *lab)
{
    struct arena arena;
    struct fault fault = {0};
    const struct value *list = NULL;
    arena_init(&arena, 0);
    lab_watch(lab);
    if (verbs_call(lab, "notices", NULL, &arena, &list, &fault))
        for (size_t i = 0; i < list->list.count; i++)
            printf("notice %lld %s\n",
                   (long long) value_find_integer(list->list.items[i], "id", 0),
                   value_find_text(list->list.items[i], "what", "?"));
    arena_clear(&arena);
}

static bool start(struct driver *driver, char **word, struct fault *fault)
{
    struct arena arena;
    const char *user_data = NULL, *key = NULL;
    arena_init(&arena, 0);
    bool done = tool_slurp(&arena, word[4], &user_data, fault) &&
                tool_slurp(&arena, word[5], &key, fault);
    const char *keys[] = {key ? strtok((char *) key, "\n") : NULL, NULL};
    struct driver_host host = {
        .id = atoll(word[1]),
        .name = word[3],
        .hostname = word[3],
        .ip = word[2],
        .cores = 2,
        .memory_gb = 4,
        .image = "debian-12",
        .user_data = user_data,
        .ssh_keys = keys,
    };
    done = done && driver_start(driver, &host, fault);
    arena_clear(&arena);
    return done;
}

static bool wall(struct driver *driver, int64_t id, char **port, struct fault *fault)
{
    struct driver_rule rules[WORDS];
    static const char *const anywhere[] = {"0.0.0.0/0", "::/0", NULL};
    size_t count = 0;
    for (; port[count]; count++)
        rules[count] = (struct driver_rule){true, "tcp", port[count], anywhere};
    return driver_firewall(driver, id, rules, count, fault);
}

static bool name(struct lab *lab, char **word, struct fault *fault)
{
    const char *zones[] = {word[1], NULL};
    struct names_record record = {word[2], word[3], word[4]};
    return lab_set_names(lab, zones, &record, 1, fault);
}

static bool await(struct lab *lab, int64_t id, const char *state, struct fault *fault)
{
    for (int tries = 0; tries < 600; tries++) {
        tell_notices(lab);
        if (strcmp(driver_power_name(driver_status(lab_driver(lab), id)), state) == 0)
            return true;
        poll(NULL, 0, 50);
    }
    return fault_set(fault, FAULT_ERROR, "host %lld is not %s", (long long) id, state);
}

static bool obey(struct lab *lab, char **word, struct fault *fault)
{
    struct driver *driver = lab_driver(lab);
    int64_t id = word[1] ? atoll(word[1]) : 0;
    if (strcmp(word[0], "start") == 0)
        return start(driver, word, fault);
    if (strcmp(word[0], "on") == 0)
        return driver_power_on(driver, id, fault);
    if (strcmp(word[0], "off") == 0 || strcmp(word[0], "cut") == 0)
        return driver_stop(driver, id, word[0][0] == 'c', fault);
    if (strcmp(word[0], "reset") == 0)
        return driver_reset(driver, id, fault);
    if (strcmp(word[0], "reboot") == 0)
        return driver_reboot(driver, id, fault);
    if (strcmp(word[0], "resize") == 0)
        return driver_resize(driver, id, atoi(word[2]), atof(word[3]), fault);
    if (strcmp(word[0], "remove") == 0)
        return driver_remove(driver, id, fault);
    if (strcmp(word[0], "wall") == 0)
        return wall(driver, id, word + 2, fault);
    if (strcmp(word[0], "open") == 0)
        return driver_firewall(driver, id, NULL, 0, fault);
    if (strcmp(word[0], "names") == 0)
        return name(lab, word, fault);
    if (strcmp(word[0], "wait") == 0)
        return await(lab, id, word[2], fault);
    if (strcmp(word[0], "status") == 0)
        printf("%s ", driver_power_name(driver_status(driver, id)));
    if (strcmp(word[0], "init") == 0)
        printf("%d ", (int) driver_init(driver, id));
    return true;
}

static void serve(struct lab *lab)
{
    struct pollfd input = {.fd = 0, .events = POLLIN};
    char line[4096];
    setvbuf(stdin, NULL, _IONBF, 0);
    for (;;) {
        tell_notices(lab);
        fflush(stdout);
        if (poll(&input, 1, 100) == 0)
            continue;
        char *word[WORDS + 1] = {NULL};
        struct fault fault = {0};
        if (!fgets(line, sizeof line, stdin) || strncmp(line, "quit", 4) == 0)
            return;
        int count = 0;
        for (char *part = strtok(line, " \n"); part && count < WORDS;
             part = strtok(NULL, " \n"))
            word[count++] = part;
        if (count > 0 && obey(lab, word, &fault))
            printf("ok\n");
        else
            printf("failed %s: %s\n", fault.what, fault.why);
    }
}

static struct array files; // nftw has no context
static size_t skip;

static int take_file(const char *path, const struct stat *state, int kind,
                     struct FTW *walk)
{
    (void) state;
    (void) walk;
    struct arena arena;
    struct fault fault = {0};
    const char *content;
    if (kind != FTW_F)
        return 0;
    arena_init(&arena, 0);
    if (!tool_slurp(&arena, path, &content, &fault))
        return 1;
    struct lab_file *file = calloc(1, sizeof *file);
    *file = (struct lab_file){strdup(path + skip), strdup(content), strlen(content)};
    arena_clear(&arena);
    array_add(&files, file);
    return 0;
}

static struct lab_file *read_repository(const char *repository)
{
    char path[4096];
    array_init(&files);
    skip = strlen(repository) + 1;
    snprintf(path, sizeof path, "%s/stdlib/lab", repository);
    nftw(path, take_file, 16, FTW_PHYS);
    snprintf(path, sizeof path, "%s/examples/pipster-app", repository);
    nftw(path, take_file, 16, FTW_PHYS);
    struct lab_file *table = calloc(files.count + 1, sizeof *table);
    for (size_t i = 0; i < files.count; i++)
        table[i] = *(struct lab_file *) files.items[i];
    return table;
}

static void say(void *context, const char *line)
{
    (void) context;
    fprintf(stderr, "%s\n", line);
}

static int fail(const struct fault *fault)
{
    printf("failed %s: %s\n", fault->what, fault->why);
    return 1;
}

int main(int argc, char **argv)
{
    struct fault fault = {0};
    struct lab *lab;
    if (argc == 3 && strcmp(argv[1], "launch") == 0)
        return launch_host(argv[2]);
    if (argc == 3 && strcmp(argv[1], "sweep") == 0)
        return lab_sweep(argv[2], &fault) ? 0 : fail(&fault);
    if (argc != 4)
        return 64;
    const char *launcher[] = {"/proc/self/exe", "launch", NULL};
    struct lab_settings settings = {.directory = argv[1], .launcher = launcher};
    if (!driver_kind_parse(argv[2], &settings.driver, &fault))
        return fail(&fault);
    settings.files = read_repository(argv[3]);
    settings.file_count = files.count;
    int64_t begun = clock_monotonic_ms();
    if (!lab_prepare(&settings, say, NULL, &fault) || !lab_open(&lab, &settings, &fault))
        return fail(&fault);
    printf("up in %lld ms\n", (long long) (clock_monotonic_ms() - begun));
    serve(lab);
    begun = clock_monotonic_ms();
    lab_close(lab);
    printf("down in %lld ms\n", (long long) (clock_monotonic_ms() - begun));
    return 0;
}
