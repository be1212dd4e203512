// SPDX-License-Identifier: MIT
//
// What stands behind `pipster state`, one file each; options->words[0] is its name.
#pragma once

#include "base/text.h"
#include "command/options.h"
#include "store/database.h"

// mv OLD NEW
int state_move_run(const struct options *options, struct fault *fault);
// rm ADDRESS…
int state_forget_run(const struct options *options, struct fault *fault);
// export [FILE]
int state_export_run(const struct options *options, struct fault *fault);
// What export prints.
bool state_export_write(struct arena *arena, struct database *database, struct text *out,
                        struct fault *fault) FAULT_CHECKED;
// import FILE
int state_import_run(const struct options *options, struct fault *fault);
// recover PLAYBOOK
int state_recover_run(const struct options *options, struct fault *fault);
