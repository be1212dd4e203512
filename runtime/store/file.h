// SPDX-License-Identifier: MIT
//
// Private files: 0600 in folders of 0700, owned by who runs us, never half-written.
#pragma once

#include <stdbool.h>

#include "base/fault.h"

// Makes the missing folders above `path`, each 0700.
bool file_make_folder(const char *path, struct fault *fault) FAULT_CHECKED;
// An empty file of mode 0600; one that is there already is left alone, or is an error
// where `fresh`.
bool file_create(const char *path, bool fresh, struct fault *fault) FAULT_CHECKED;
// *exists tells whether it is there. A file of another user's, and anything that is no
// plain file, is refused.
bool file_check_owner(const char *path, bool *exists, struct fault *fault) FAULT_CHECKED;

// Makes the bytes of `from` durable and names it `to`, in place of the file of that name;
// a device or a pipe of that name is refused, and `from` is removed;
// with `kept` given, what has that name stays, *kept says so, and `from` is removed.
bool file_publish(const char *from, const char *to, bool *kept,
                  struct fault *fault) FAULT_CHECKED;

// Sets the fault from errno: "cannot VERB the file", where and why.
bool file_fail(struct fault *fault, const char *verb, const char *path);
