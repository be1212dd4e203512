// SPDX-License-Identifier: MIT
//
// What stands behind `pipster state`, one file each; options->words[0] is its name.
#pragma once

#include "command/options.h"

// mv OLD NEW
int state_move_run(const struct options *options, struct fault *fault);
// rm ADDRESS…
int state_forget_run(const struct options *options, struct fault *fault);
// export [FILE]
int state_export_run(const struct options *options, struct fault *fault);
// import FILE
int state_import_run(const struct options *options, struct fault *fault);
// recover PLAYBOOK
int state_recover_run(const struct options *options, struct fault *fault);
