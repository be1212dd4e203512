// SPDX-License-Identifier: MIT
#include "command/key_passphrase.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/redact.h"
#include "command/typed.h"

struct key_passphrase_entry {
    struct key_passphrase_entry *next;
    const char *key;
    const char *passphrase;
};

void key_passphrase_init(struct key_passphrase *passphrases,
                         const struct options *options)
{
    *passphrases = (struct key_passphrase){.options = options};
    arena_init(&passphrases->arena, 0);
}

void key_passphrase_clear(struct key_passphrase *passphrases)
{
    arena_clear(&passphrases->arena);
    passphrases->first = NULL;
}

static struct key_passphrase_entry *find(const struct key_passphrase *passphrases,
                                         const char *key)
{
    struct key_passphrase_entry *entry = passphrases->first;
    while (entry && strcmp(entry->key, key) != 0)
        entry = entry->next;
    return entry;
}

static const char *keep(struct key_passphrase *passphrases, const char *key,
                        const char *passphrase)
{
    struct arena *arena = &passphrases->arena;
    struct key_passphrase_entry *entry = find(passphrases, key);
    if (!entry) {
        entry = arena_alloc(arena, sizeof *entry);
        entry->key = arena_text(arena, key);
        entry->next = passphrases->first;
        passphrases->first = entry;
    }
    redact_add(passphrase, strlen(passphrase));
    entry->passphrase = arena_text(arena, passphrase);
    return entry->passphrase;
}

// Whoever types Ctrl-C means the run, as always.
static const char *ask(struct key_passphrase *passphrases, const char *key, bool again)
{
    struct fault fault = {0};
    struct text typed;
    char *question = arena_format(&passphrases->arena, "%sPassphrase of %s",
                                  again ? "That does not open it. " : "", key);
    const char *kept = NULL;
    if (!typed_value(passphrases->options, question, &typed, &fault))
        raise(SIGINT);
    else if (typed.length > 0)
        kept = keep(passphrases, key, typed.bytes);
    passphrases->gave_up = kept == NULL;
    text_clear(&typed);
    return kept;
}

const char *key_passphrase_find(void *context, const char *key, bool again)
{
    struct key_passphrase *passphrases = context;
    const char *given = getenv("PIPSTER_SSH_PASSPHRASE");
    const struct key_passphrase_entry *entry = find(passphrases, key);
    if (given && *given)
        return again ? NULL : keep(passphrases, key, given);
    if (entry && !again)
        return entry->passphrase;
    if (passphrases->options->non_interactive || passphrases->gave_up)
        return NULL;
    return ask(passphrases, key, again);
}
