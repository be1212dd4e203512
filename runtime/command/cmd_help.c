// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <string.h>

#include "command/command.h"

static void print_overview(void)
{
    printf("pipster: infrastructure as code for people who run a small SaaS\n\n"
           "usage: pipster COMMAND [flags]\n\n");
    for (size_t i = 0; command_table[i]; i++)
        if (!command_table[i]->hidden)
            printf("  %-10s %s\n", command_table[i]->name, command_table[i]->summary);
    printf(
        "\nflags everywhere:\n"
        "  -C, --chdir DIR      the project's folder\n"
        "  -e, --env NAME       an environment with a state of its own\n"
        "      --lab            the local lab instead of the real world (PIPSTER_LAB=1)\n"
        "      --json           JSON lines on stdout\n"
        "  -v, --verbose        more, and the hosts' output as it comes\n"
        "  -y, --yes            do not ask\n"
        "      --no-color       plain text (NO_COLOR=1)\n"
        "\npipster help COMMAND tells more. Exit codes: 0 done · 1 error, nothing "
        "changed ·\n"
        "2 changes pending · 3 stopped part-way · 4 unreachable · 5 blocked · 6 locked "
        "·\n"
        "7 stale plan · 8 rolled back · 64 usage · 70 internal · 130, 143 interrupted\n");
}

static int run(const struct options *options, struct fault *fault)
{
    const char *topic = options->word_count > 0 ? options->words[0] : options->verb;
    if (!topic || strcmp(topic, "help") == 0) {
        print_overview();
        return 0;
    }
    const struct command *command = command_find(topic);
    if (!command) {
        fault_set(fault, FAULT_USAGE, "there is no command \"%s\"", topic);
        fault_next(fault, "pipster help");
        return 64;
    }
    printf("%s: %s\n\n%s", command->name, command->summary, command->usage);
    return 0;
}

const struct command cmd_help = {
    .name = "help",
    .summary = "what there is, and how a command is used",
    .usage = "pipster help [COMMAND]\n",
    .run = run,
};
