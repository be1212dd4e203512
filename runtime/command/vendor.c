// SPDX-License-Identifier: MIT
#include "command/vendor.h"

#include <stdlib.h>
#include <string.h>

#include "base/redact.h"

static const struct vendor vendors[] = {
    {"hetzner", "HCLOUD_ENDPOINT", "https://api.hetzner.cloud/v1", "HCLOUD_TOKEN", false},
    {"storage", "HETZNER_ENDPOINT", "https://api.hetzner.com/v1", "HCLOUD_TOKEN", false},
    {"uptimerobot", "UPTIMEROBOT_ENDPOINT", "https://api.uptimerobot.com/v3",
     "UPTIMEROBOT_API_KEY", true},
    {"betterstack", "BETTERSTACK_ENDPOINT", "https://uptime.betterstack.com/api/v2",
     "BETTERSTACK_API_TOKEN", true},
    {"sendgrid", "SENDGRID_ENDPOINT", "https://api.sendgrid.com/v3", "SENDGRID_API_KEY",
     true},
    {"stripe", "STRIPE_ENDPOINT", "https://api.stripe.com/v1", "STRIPE_API_KEY", false},
    // Addresses of Slack, Discord and webhooks are their users': only labs have one.
    {"hooks", "PIPSTER_LAB_HOOKS", NULL, "PIPSTER_LAB_HOOKS_TOKEN", true},
    {"s3", "S3_ENDPOINT", NULL, "AWS_SECRET_ACCESS_KEY", true},
};

enum { VENDOR_COUNT = sizeof vendors / sizeof *vendors };

const struct vendor *vendor_list(size_t *count)
{
    *count = VENDOR_COUNT;
    return vendors;
}

const struct vendor *vendor_find(const char *name)
{
    for (size_t i = 0; i < VENDOR_COUNT; i++)
        if (strcmp(vendors[i].name, name) == 0)
            return &vendors[i];
    return NULL;
}

const char *vendor_key_variable(const struct vendor *vendor)
{
    return strcmp(vendor->name, "s3") == 0 ? "AWS_ACCESS_KEY_ID" : NULL;
}

static const char *from_environment(const char *name)
{
    const char *value = name ? getenv(name) : NULL;
    return value && *value ? value : NULL;
}

const char *vendor_endpoint(const struct vendor *vendor)
{
    const char *given = from_environment(vendor->endpoint_variable);
    return given ? given : vendor->endpoint;
}

static const char *path_of(const char *url)
{
    const char *host = strstr(url, "://");
    const char *path = host ? strchr(host + 3, '/') : NULL;
    return path ? path : url + strlen(url);
}

const char *vendor_path(const struct vendor *vendor)
{
    return vendor->endpoint ? path_of(vendor->endpoint) : "";
}

const char *vendor_stand_in(const struct vendor *vendor)
{
    // One account, one token, one world behind both APIs.
    return strcmp(vendor->name, "storage") == 0 ? "hetzner" : vendor->name;
}

const struct value *vendor_endpoints(struct arena *arena)
{
    struct value_entry entries[VENDOR_COUNT + 1];
    for (size_t i = 0; i < VENDOR_COUNT; i++) {
        const char *endpoint = vendor_endpoint(&vendors[i]);
        entries[i].key = vendors[i].name;
        entries[i].value = endpoint ? value_text(arena, endpoint) : NULL;
    }
    const char *lab = from_environment("PIPSTER_LAB_URL");
    entries[VENDOR_COUNT].key = "lab";
    entries[VENDOR_COUNT].value = lab ? value_text(arena, lab) : NULL;
    return value_map(arena, entries, VENDOR_COUNT + 1);
}

// Stripe's keys begin with what they are.
static const char *kind_of(const char *token)
{
    static const char *const kinds[] = {"sk_live", "sk_test", "rk_live", "rk_test"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t length = strlen(kinds[i]);
        if (strncmp(token, kinds[i], length) == 0 && token[length] == '_')
            return kinds[i];
    }
    return NULL;
}

const struct value *vendor_key_kinds(struct arena *arena)
{
    struct value_entry entries[VENDOR_COUNT];
    for (size_t i = 0; i < VENDOR_COUNT; i++) {
        const char *token = from_environment(vendors[i].token_variable);
        const char *kind = token ? kind_of(token) : NULL;
        entries[i].key = vendors[i].name;
        entries[i].value = kind ? value_text(arena, kind) : NULL;
    }
    return value_map(arena, entries, VENDOR_COUNT);
}

static const char *origin_of(struct arena *arena, const struct vendor *vendor)
{
    const char *endpoint = vendor_endpoint(vendor);
    if (!endpoint)
        return NULL;
    return arena_copy(arena, endpoint, (size_t) (path_of(endpoint) - endpoint));
}

// Two vendors at one origin, as in a lab, send one header.
static bool is_lent(struct arena *arena, size_t count, const char *origin)
{
    for (size_t i = 0; i < count; i++) {
        const char *other = origin_of(arena, &vendors[i]);
        if (from_environment(vendors[i].token_variable) && other &&
            !vendor_key_variable(&vendors[i]) && strcmp(other, origin) == 0)
            return true;
    }
    return false;
}

void vendor_lend_tokens(struct http *http, struct arena *arena)
{
    for (size_t i = 0; i < VENDOR_COUNT; i++) {
        const char *token = from_environment(vendors[i].token_variable);
        const char *origin = origin_of(arena, &vendors[i]);
        if (token)
            redact_add(token, strlen(token));
        if (!token || !origin || vendor_key_variable(&vendors[i]) ||
            is_lent(arena, i, origin))
            continue;
        http_credential(http, origin, "Authorization",
                        arena_format(arena, "Bearer %s", token));
    }
}
