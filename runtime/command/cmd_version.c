// SPDX-License-Identifier: MIT
#include <stdio.h>

#include "command/command.h"

static int run(const struct options *options, struct fault *fault)
{
    (void) fault;
    if (options->json)
        printf("{\"version\":\"%s\"}\n", PIPSTER_VERSION);
    else
        printf("pipster %s\n", PIPSTER_VERSION);
    return 0;
}

const struct command cmd_version = {
    .name = "version",
    .summary = "print the version",
    .usage = "pipster version [--json]\n",
    .run = run,
};
