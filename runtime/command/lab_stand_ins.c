// SPDX-License-Identifier: MIT
#include "command/lab_stand_ins.h"

#include "command/vendor.h"
#include "lab/link.h"
#include "store/secret.h"

#include <string.h>

// A stand-in that hosts ask is where they and we can reach it.
static const char *address_of(const struct vendor *vendor, enum driver_kind driver)
{
    return vendor->for_hosts && driver != DRIVER_NONE ? LINK_GATEWAY : "127.0.0.1";
}

static const struct value *one(struct arena *arena, const struct vendor *vendor,
                               enum driver_kind driver)
{
    char token[65], key[21];
    secret_random_hex(token, 32);
    secret_random_hex(key, 10);
    struct value_entry entries[] = {
        {"name", value_text(arena, vendor->name)},
        {"address", value_text(arena, address_of(vendor, driver))},
        {"path", value_text(arena, vendor_path(vendor))},
        {"token", value_text(arena, token)},
        {"key_id", vendor_key_variable(vendor) ? value_text(arena, key) : NULL},
    };
    return value_map(arena, entries, sizeof entries / sizeof *entries);
}

const struct value *lab_stand_ins_wanted(struct arena *arena, enum driver_kind driver)
{
    size_t count;
    const struct vendor *vendors = vendor_list(&count);
    const struct value **items = arena_alloc(arena, count * sizeof *items);
    size_t own = 0;
    for (size_t i = 0; i < count; i++)
        if (strcmp(vendor_stand_in(&vendors[i]), vendors[i].name) == 0)
            items[own++] = one(arena, &vendors[i], driver);
    return value_list(arena, items, own);
}

static void add_guests(const char *host, const char *address, long long port,
                       struct text *out)
{
    size_t count;
    const struct vendor *vendors = vendor_list(&count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(vendors[i].name, host) != 0 &&
            strcmp(vendor_stand_in(&vendors[i]), host) == 0)
            text_format(out, "%s=http://%s:%lld/%s%s\n", vendors[i].endpoint_variable,
                        address, port, vendors[i].name, vendor_path(&vendors[i]));
}

void lab_stand_ins_add_environment(const struct value *wanted, const struct value *ports,
                                   struct text *out)
{
    for (size_t i = 0; i < wanted->list.count; i++) {
        const struct value *stand_in = wanted->list.items[i];
        const char *name = value_find_text(stand_in, "name", "");
        const char *address = value_find_text(stand_in, "address", "");
        const struct vendor *vendor = vendor_find(name);
        long long port = value_find_integer(ports, name, 0);
        text_format(out, "%s=http://%s:%lld%s\n", vendor->endpoint_variable, address,
                    port, vendor_path(vendor));
        if (vendor_key_variable(vendor))
            text_format(out, "%s=%s\n", vendor_key_variable(vendor),
                        value_find_text(stand_in, "key_id", ""));
        if (vendor->token_variable)
            text_format(out, "%s=%s\n", vendor->token_variable,
                        value_find_text(stand_in, "token", ""));
        add_guests(name, address, port, out);
    }
}
