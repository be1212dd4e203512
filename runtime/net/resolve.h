// SPDX-License-Identifier: MIT
//
// DNS questions on the loop: one name, one type, asked of a named server or of the
// system's. No hosts file and no search list: this is what the DNS says.
#pragma once

#include <stddef.h>

#include "net/loop.h"

struct resolve;

// The records as text, in the order of the answer: "192.0.2.1", "2001:db8::1",
// "www.example.com" (CNAME, NS; no dot at the end), "10 mail.example.com" (MX), the
// joined strings (TXT), "0 issue \"letsencrypt.org\"" (CAA). Names on the way through
// CNAMEs are left out of the answer to another type. A name that does not exist, or has
// no such record, is no fault: count is 0. FAULT_UNREACHABLE: no server answered.
typedef void (*resolve_done_fn)(void *context, char *const *records, size_t count,
                                const struct fault *fault);

// `type`: A, AAAA, CNAME, TXT, NS, MX or CAA. `server`: "10.91.0.1:53", or NULL.
struct resolve *resolve_start(struct loop *loop, const char *name, const char *type,
                              const char *server, resolve_done_fn done, void *context);
// `done` is not called any more. Not from inside `done`.
void resolve_cancel(struct resolve *resolve);
