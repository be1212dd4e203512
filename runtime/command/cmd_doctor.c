// SPDX-License-Identifier: MIT
#include <stdio.h>

#include "command/command.h"
#include "command/doctor.h"
#include "store/secret.h"
#include "view/json_view.h"

static bool examine(struct doctor *doctor, struct fault *fault)
{
    if (!project_open(&doctor->project, &doctor->arena, doctor->options, fault))
        return false;
    if (doctor->options->key_backed_up)
        return doctor_state_confirm(doctor, fault);
    doctor_state_check(doctor);
    doctor_machine_check(doctor);
    doctor_revenue_check(doctor);
    return true;
}

static int run(const struct options *options, struct fault *fault)
{
    struct doctor doctor = {.options = options};
    if (options->word_count > 0) {
        fault_set(fault, FAULT_USAGE, "pipster doctor takes no words");
        return 64;
    }
    arena_init(&doctor.arena, 0);
    terminal_init(&doctor.out, stdout, !options->no_color);
    if (options->json)
        json_view_version(stdout);
    bool done = examine(&doctor, fault);
    if (doctor.vault)
        vault_close(doctor.vault);
    if (doctor.database)
        database_close(doctor.database);
    project_close(&doctor.project);
    arena_clear(&doctor.arena);
    return done && doctor.fail_count == 0 ? 0 : 1;
}

const struct command cmd_doctor = {
    .name = "doctor",
    .summary = "whether state, key, backup, clock, tokens and keys are as they should be",
    .usage =
        "pipster doctor [--json]\n"
        "pipster doctor --key-backed-up\n"
        "\n"
        "Each line is ok, warn or fail, with what to type; 1 when one fails. Nothing is\n"
        "changed. The key of the secrets is a file that no pipster can make again: copy "
        "it\n"
        "away, and say so with --key-backed-up; it is asked for until then, and again "
        "when\n"
        "there is another key.\n",
    .run = run,
};
