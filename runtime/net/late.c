// SPDX-License-Identifier: MIT
#include "net/late.h"

#include "base/redact.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_BROKEN = 70 }; // internal, as `pipster help` says

// It may come in the midst of a run: "nothing changed" would be a lie.
static void give_up(const char *library, const char *name)
{
    const char *why = dlerror();
    char said[1024];
    snprintf(said, sizeof said,
             "error: %s cannot be used\n"
             "  why   %s\n"
             "  next  install the package that holds it and run again: what was begun is "
             "settled then\n",
             library, why ? why : name);
    redact_write(stderr, said, strlen(said));
    exit(EXIT_BROKEN);
}

// What is loaded for all is found without remembering it.
void *late_symbol(const char *library, const char *name)
{
    void *symbol = dlsym(RTLD_DEFAULT, name);
    if (!symbol && dlopen(library, RTLD_LAZY | RTLD_GLOBAL))
        symbol = dlsym(RTLD_DEFAULT, name);
    if (!symbol)
        give_up(library, name);
    return symbol;
}
