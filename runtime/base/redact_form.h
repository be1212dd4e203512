// SPDX-License-Identifier: MIT
//
// The shapes in which a secret may stand in an output: as it is, line by line, in base64
// wherever in a text it began, percent-encoded, as JSON and a shell would write it.
#pragma once

#include <stddef.h>

// Shorter ones would be found in what is no secret.
#define REDACT_SHORTEST ((size_t) 8)

typedef void (*redact_form_fn)(void *context, const char *bytes, size_t length);

// Calls `visit` with every shape of at least REDACT_SHORTEST bytes; the same may come
// twice.
void redact_form_each(const char *secret, size_t length, redact_form_fn visit,
                      void *context);

// The lines that are secret: of at least REDACT_SHORTEST characters, and no BEGIN or END
// of a PEM. A secret of one line is its own line.
void redact_form_lines(const char *secret, size_t length, redact_form_fn visit,
                       void *context);
