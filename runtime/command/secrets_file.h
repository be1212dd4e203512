// SPDX-License-Identifier: MIT
//
// The secrets in a file of their own, and back: a backup that does not hang on the key,
// and the way to another machine.
#pragma once

#include "command/secrets.h"

// pipster secrets export FILE, import FILE [NAME …].
bool secrets_file_export(struct secrets *secrets, const char *path,
                         struct fault *fault) FAULT_CHECKED;
bool secrets_file_import(struct secrets *secrets, const char *path,
                         const char *const *names, size_t count,
                         struct fault *fault) FAULT_CHECKED;
