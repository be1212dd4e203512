// SPDX-License-Identifier: MIT
//
// The redactor: knows every secret that this process has resolved or made, and puts
// "(secret)" in the place of each, in whatever shape it stands (redact_form.h). Faults
// and log lines pass it as they are made, everything that is printed as it is printed.
// One for the process, as the log is: what knows nothing of a secret may still print it.
//
// It may be used from any thread.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/fault.h"
#include "base/text.h"

#define REDACT_SHOWN "(secret)"

// False, and a fault with the length, where a secret is too short to be told from other
// words. `name` is whose it is: "secret/db".
bool redact_check(const char *name, const char *secret, size_t length,
                  struct fault *fault) FAULT_CHECKED;
// From now on it is shown nowhere. One that redact_check refuses is not taken.
void redact_add(const char *secret, size_t length);
// Forgets all of them, wiped.
void redact_clear(void);
bool redact_is_empty(void);

// In place; whether there was one.
bool redact_text(struct text *text);
// Writes what is left of them.
void redact_write(FILE *stream, const char *bytes, size_t length);

// GitHub Actions: from now on a secret is first told to the runner, a mask a line, on
// this stream, which is the one place where it stands in clear. NULL: no more.
void redact_mask_on(FILE *stream);
