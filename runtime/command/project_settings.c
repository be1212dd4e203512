// SPDX-License-Identifier: MIT
//
// What the stdlib sees as `settings`: endpoints and paths, each from an environment
// variable with the vendor's own name, else from pipster.lua, else the default. No token.
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command/cost_book.h"
#include "command/project.h"
#include "command/vendor.h"

static const char *from_environment(const char *name, const char *fallback)
{
    const char *value = getenv(name);
    return value && *value ? value : fallback;
}

static const struct value *text_or_null(struct arena *arena, const char *text)
{
    return text && *text ? value_text(arena, text) : NULL;
}

static const char *in_home(struct arena *arena, const char *path)
{
    const char *home = getenv("HOME");
    if (strncmp(path, "~/", 2) != 0 || !home)
        return path;
    return arena_format(arena, "%s/%s", home, path + 2);
}

// The identity that was named, or those that ssh itself would try and that are there.
static const struct value *identities_of(struct arena *arena, const struct value *ssh)
{
    const char *named =
        from_environment("PIPSTER_SSH_IDENTITY", value_find_text(ssh, "identity", NULL));
    if (named) {
        const struct value *one = value_text(arena, in_home(arena, named));
        return value_list(arena, &one, 1);
    }
    const char *usual[] = {"~/.ssh/id_ed25519", "~/.ssh/id_ecdsa"};
    const struct value *items[2];
    size_t count = 0;
    for (size_t i = 0; i < 2; i++) {
        const char *path = in_home(arena, usual[i]);
        if (access(path, R_OK) == 0)
            items[count++] = value_text(arena, path);
    }
    return value_list(arena, items, count);
}

// NULL: none is read.
static const struct value *ssh_config_of(struct arena *arena, const struct value *ssh)
{
    const char *path = from_environment("PIPSTER_SSH_CONFIG",
                                        value_find_text(ssh, "config", "~/.ssh/config"));
    return strcmp(path, "none") == 0 ? NULL : value_text(arena, in_home(arena, path));
}

static bool names_identity(const struct value *ssh)
{
    return from_environment("PIPSTER_SSH_IDENTITY",
                            value_find_text(ssh, "identity", NULL)) != NULL;
}

static const struct value *ssh_of(const struct project *project, struct arena *arena,
                                  bool accept_new)
{
    const struct value *ssh = value_find(project->settings, "ssh");
    struct value_entry entries[] = {
        {"identities", identities_of(arena, ssh)},
        {"identity_named", value_bool(names_identity(ssh))},
        {"config", ssh_config_of(arena, ssh)},
        {"agent",
         value_bool(value_find_bool(ssh, "agent", getenv("SSH_AUTH_SOCK") != NULL))},
        {"known_hosts",
         value_text(arena, in_home(arena, value_find_text(ssh, "known_hosts",
                                                          "~/.ssh/known_hosts")))},
        {"accept_new",
         value_bool(accept_new || value_find_bool(ssh, "accept_new", false))},
    };
    return value_map(arena, entries, sizeof entries / sizeof *entries);
}

static const struct value *acme_of(struct arena *arena)
{
    struct value_entry entries[] = {
        {"directory", text_or_null(arena, getenv("PIPSTER_ACME_DIRECTORY"))},
        {"root", text_or_null(arena, getenv("PIPSTER_ACME_ROOT_PEM"))},
    };
    return entries[0].value ? value_map(arena, entries, 2) : NULL;
}

// How long a call may still be executing after its answer was lost: sixty times the first
// pause of a retry, which tests shorten.
static int64_t watch_ms(void)
{
    const char *first = getenv("PIPSTER_RETRY_MS");
    int64_t first_ms = first != NULL ? strtoll(first, NULL, 10) : 0;
    return 60 * (first_ms > 0 ? first_ms : 1000);
}

// The vendor's own list, of whatever day, is no book.
static const struct value *book_of(struct arena *arena, const struct options *options)
{
    bool is_book = options->at != NULL && strcmp(options->at, COST_BOOK_CACHED) != 0;
    return is_book ? text_or_null(arena, options->at) : NULL;
}

const struct value *project_settings(const struct project *project, struct arena *arena,
                                     const char *project_id,
                                     const struct options *options)
{
    struct value_entry entries[] = {
        {"project", value_text(arena, project->name)},
        {"project_id", value_text(arena, project_id)},
        {"environment", value_text(arena, project->environment)},
        {"currency", value_text(arena, project->currency)},
        {"prices_at", book_of(arena, options)},
        {"hours", options->hours > 0 ? value_integer(arena, options->hours) : NULL},
        {"exchange", value_find(project->settings, "exchange")},
        {"endpoints", vendor_endpoints(arena)},
        {"key_kinds", vendor_key_kinds(arena)},
        {"ssh", ssh_of(project, arena, options->accept_new)},
        {"acme", acme_of(arena)},
        {"git_base", text_or_null(arena, getenv("PIPSTER_GIT_BASE"))},
        {"resolver", text_or_null(arena, getenv("PIPSTER_RESOLVER"))},
        {"host_driver",
         value_text(arena, from_environment("PIPSTER_HOST_DRIVER", "ssh"))},
        {"lab", value_bool(options->lab)},
        {"watch_ms", value_integer(arena, watch_ms())},
        {"revert_after", value_integer(arena, project->revert_after_ms / 1000)},
    };
    return value_map(arena, entries, sizeof entries / sizeof *entries);
}
