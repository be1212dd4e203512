// SPDX-License-Identifier: MIT
#include "lab/names.h"

#include "base/text.h"
#include "lab/link.h"
#include "lab/rdata.h"
#include "lab/service.h"
#include "lab/tool.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char name_of_service[] = "dnsmasq";

static bool start(const char *directory, struct fault *fault)
{
    char file[4096];
    snprintf(file, sizeof file, "--conf-file=%s/dns/dnsmasq.conf", directory);
    const char *argv[] = {name_of_service, "--keep-in-foreground", file, NULL};
    struct service_call call = {
        .name = name_of_service,
        .argv = argv,
        .address = LINK_GATEWAY,
        .port = 53,
    };
    return service_start(directory, &call, fault);
}

static bool write_in(const char *directory, const char *name, const char *content,
                     struct fault *fault)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/dns/%s", directory, name);
    return tool_write(path, 0644, content, fault);
}

static bool write_if_missing(const char *directory, const char *name, struct fault *fault)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/dns/%s", directory, name);
    return access(path, F_OK) == 0 || tool_write(path, 0644, "", fault);
}

static bool write_settings(const char *directory, const char *registry,
                           struct fault *fault)
{
    struct text file, fixed;
    text_init(&file, 0);
    text_init(&fixed, 0);
    // The user stays root: the lab's folder may lie in somebody's closed home.
    text_format(&file,
                "port=53\nlisten-address=" LINK_GATEWAY "\nbind-interfaces\nno-resolv\n"
                "no-hosts\nno-poll\nno-negcache\nlocal-ttl=5\nuser=root\ngroup=root\n"
                "log-facility=-\npid-file=\nconf-file=%s/dns/forward.conf\n"
                "conf-file=%s/dns/records.conf\naddn-hosts=%s/dns/fixed\n"
                "addn-hosts=%s/dns/hosts\n",
                directory, directory, directory, directory);
    text_format(&fixed, LINK_GATEWAY " %.*s\n", (int) strcspn(registry, ":"), registry);
    bool done = write_in(directory, "dnsmasq.conf", file.bytes, fault) &&
                write_in(directory, "fixed", fixed.bytes, fault);
    text_clear(&file);
    text_clear(&fixed);
    return done;
}

bool names_open(const char *directory, const char *registry, struct fault *fault)
{
    return write_settings(directory, registry, fault) &&
           write_if_missing(directory, "forward.conf", fault) &&
           write_if_missing(directory, "records.conf", fault) &&
           write_if_missing(directory, "hosts", fault) && start(directory, fault);
}

static size_t bare_length(const char *name)
{
    size_t length = strlen(name);
    return length > 0 && name[length - 1] == '.' ? length - 1 : length;
}

// The zone that a name lies in, or NULL.
static const char *find_zone(const char *name, const char *const *zones)
{
    size_t length = bare_length(name);
    for (size_t i = 0; zones[i]; i++) {
        size_t zone = bare_length(zones[i]);
        if (length >= zone && strncasecmp(name + length - zone, zones[i], zone) == 0 &&
            (length == zone || name[length - zone - 1] == '.'))
            return zones[i];
    }
    return NULL;
}

// In a zone file a name without a dot at its end is one of the zone's own.
static void complete(struct text *value, const struct names_record *record,
                     const char *const *zones)
{
    static const char *const types[] = {"CNAME", "MX", "NS", "SRV"};
    const char *zone = find_zone(record->name, zones);
    text_add(value, record->value);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(record->type, types[i]) == 0 && zone && value->length > 0 &&
            value->bytes[value->length - 1] != '.')
            text_format(value, ".%.*s.", (int) bare_length(zone), zone);
}

static void add_other(struct text *records, const struct names_record *record,
                      const char *value, const char *const *zones)
{
    int name = (int) bare_length(record->name);
    // dnsmasq follows a CNAME only to what it knows itself.
    if (strcmp(record->type, "CNAME") == 0 && find_zone(value, zones)) {
        text_format(records, "cname=%.*s,%.*s\n", name, record->name,
                    (int) bare_length(value), value);
        return;
    }
    struct text hex;
    text_init(&hex, 0);
    int type = rdata_type(record->type);
    if (rdata_write(&hex, type, value))
        text_format(records, "dns-rr=%.*s,%d,%s\n", name, record->name, type, hex.bytes);
    text_clear(&hex);
}

static void add_record(struct text *hosts, struct text *records,
                       const struct names_record *record, const char *const *zones)
{
    int name = (int) bare_length(record->name);
    bool address = strcmp(record->type, "A") == 0 || strcmp(record->type, "AAAA") == 0;
    if (strchr(record->value, '\n') || strpbrk(record->name, ",\n "))
        return;
    if (address && record->name[0] == '*') {
        text_format(records, "address=/%.*s/%s\n", name, record->name, record->value);
        return;
    }
    if (address) {
        text_format(hosts, "%s %.*s\n", record->value, name, record->name);
        return;
    }
    struct text value;
    text_init(&value, 0);
    complete(&value, record, zones);
    add_other(records, record, value.bytes, zones);
    text_clear(&value);
}

static bool is_new(const char *directory, const char *name, const char *content)
{
    char path[4096];
    struct arena arena;
    struct fault ignored = {0};
    const char *old = "";
    snprintf(path, sizeof path, "%s/dns/%s", directory, name);
    arena_init(&arena, 0);
    bool changed = !tool_slurp(&arena, path, &old, &ignored) || strcmp(old, content) != 0;
    arena_clear(&arena);
    return changed;
}

// A changed hosts file is read again at a signal, all else only at a start.
static bool put(const char *directory, const char *hosts, const char *records,
                struct fault *fault)
{
    bool again = is_new(directory, "records.conf", records);
    if (!again && !is_new(directory, "hosts", hosts))
        return true;
    if (!write_in(directory, "hosts", hosts, fault) ||
        !write_in(directory, "records.conf", records, fault))
        return false;
    if (!again && service_is_alive(directory, name_of_service)) {
        service_signal(directory, name_of_service, SIGHUP);
        return true;
    }
    service_end(directory, name_of_service);
    return start(directory, fault);
}

bool names_set(const char *directory, const char *const *zones,
               const struct names_record *records, size_t count, struct fault *fault)
{
    struct text hosts, lines;
    text_init(&hosts, 0);
    text_init(&lines, 0);
    for (size_t i = 0; zones[i]; i++)
        text_format(&lines, "local=/%.*s/\n", (int) bare_length(zones[i]), zones[i]);
    for (size_t i = 0; i < count; i++)
        add_record(&hosts, &lines, &records[i], zones);
    bool done = put(directory, hosts.bytes, lines.bytes, fault);
    text_clear(&hosts);
    text_clear(&lines);
    return done;
}
