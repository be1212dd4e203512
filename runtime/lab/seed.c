// SPDX-License-Identifier: MIT
#include "lab/seed.h"

#include "base/text.h"
#include "lab/link.h"
#include "lab/tool.h"
#include "net/ssh_wire.h"
#include "value/json.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct seed {
    const char *upper;
    const struct driver_host *host;
    const struct driver_settings *settings;
    struct arena arena;
};

static bool put(struct seed *seed, const char *path, mode_t mode, const char *content,
                struct fault *fault)
{
    char *whole = arena_format(&seed->arena, "%s%s", seed->upper, path);
    char *slash = strrchr(whole, '/');
    *slash = '\0';
    if (!tool_make_folder(whole, 0755, fault))
        return false;
    *slash = '/';
    return tool_write(whole, mode, content, fault);
}

static bool put_names(struct seed *seed, struct fault *fault)
{
    const char *name = seed->host->hostname;
    const char *dot = strchr(name, '.');
    const char *hosts = arena_format(
        &seed->arena,
        "127.0.0.1 localhost\n127.0.1.1 %s%s%.*s\n::1 localhost ip6-localhost\n", name,
        dot ? " " : "", dot ? (int) (dot - name) : 0, name);
    return put(seed, "/etc/hostname", 0644, arena_format(&seed->arena, "%s\n", name),
               fault) &&
           put(seed, "/etc/hosts", 0644, hosts, fault) &&
           put(seed, "/etc/resolv.conf", 0644, "nameserver " LINK_GATEWAY "\n", fault);
}

// The bundle is what update-ca-certificates would make of it; the files under /usr/local
// keep it so when a package runs that.
static bool put_authorities(struct seed *seed, struct fault *fault)
{
    const char *const *paths = seed->settings->authorities;
    const char *pem, *bundle;
    struct arena *arena = &seed->arena;
    if (!paths || !paths[0])
        return true;
    if (!tool_slurp(arena,
                    arena_format(arena, "%s/etc/ssl/certs/ca-certificates.crt",
                                 seed->settings->root),
                    &bundle, fault))
        return false;
    for (size_t i = 0; paths[i]; i++) {
        if (!tool_slurp(arena, paths[i], &pem, fault) ||
            !put(seed,
                 arena_format(arena, "/usr/local/share/ca-certificates/lab-%zu.crt", i),
                 0644, pem, fault))
            return false;
        if (i == 0 && seed->settings->registry &&
            !put(seed,
                 arena_format(arena, "/etc/docker/certs.d/%s/ca.crt",
                              seed->settings->registry),
                 0644, pem, fault))
            return false;
        bundle = arena_format(arena, "%s\n%s", bundle, pem);
    }
    return put(seed, "/etc/ssl/certs/ca-certificates.crt", 0644, bundle, fault);
}

static const char *quote(struct arena *arena, const char *text)
{
    return json_text(arena, value_text(arena, text));
}

static bool put_cloud(struct seed *seed, struct fault *fault)
{
    const struct driver_host *host = seed->host;
    const char *folder = "/var/lib/cloud/seed/nocloud";
    struct text meta;
    text_init(&meta, 0);
    text_format(
        &meta, "instance-id: %s\nlocal-hostname: %s\npublic-keys:",
        quote(&seed->arena, arena_format(&seed->arena, "%lld", (long long) host->id)),
        quote(&seed->arena, host->hostname));
    for (size_t i = 0; host->ssh_keys && host->ssh_keys[i]; i++)
        text_format(&meta, "\n  - %s", quote(&seed->arena, host->ssh_keys[i]));
    text_add(&meta, host->ssh_keys && host->ssh_keys[0] ? "\n" : " []\n");
    bool done = put(seed, arena_format(&seed->arena, "%s/meta-data", folder), 0600,
                    meta.bytes, fault) &&
                put(seed, arena_format(&seed->arena, "%s/user-data", folder), 0600,
                    host->user_data && host->user_data[0] ? host->user_data
                                                          : "#cloud-config\n{}\n",
                    fault);
    text_clear(&meta);
    return done;
}

static size_t indent_of(const char *line)
{
    return strspn(line, " ");
}

// As pipster writes it: base64 in quotes.
static const char *find_binary_key(struct arena *arena, const char *body)
{
    static const char mark[] = "ed25519_private: !!binary \"";
    const char *start = strstr(body, mark);
    const char *end = start ? strchr(start + strlen(mark), '"') : NULL;
    size_t length = 0;
    if (!end)
        return NULL;
    start += strlen(mark);
    const unsigned char *key =
        ssh_wire_unbase64(arena, start, (size_t) (end - start), &length);
    return key ? arena_copy(arena, (const char *) key, length) : NULL;
}

// The host key in a cloud-config, which may be JSON, YAML's base64 or a YAML block; NULL
// when none.
static const char *find_host_key(struct arena *arena, const char *user_data)
{
    const struct value *config = NULL;
    struct fault ignored = {0};
    const char *body = user_data ? strchr(user_data, '\n') : NULL;
    if (!body)
        return NULL;
    if (json_read(arena, body + 1, strlen(body + 1), &config, &ignored))
        return value_find_text(value_find(config, "ssh_keys"), "ed25519_private", NULL);
    const char *start = strstr(body, "ed25519_private: |");
    if (!start || !strchr(start, '\n'))
        return find_binary_key(arena, body);
    const char *line = strchr(start, '\n') + 1;
    size_t indent = indent_of(line);
    struct text key;
    text_init(&key, 0);
    while (*line && indent > 0 && indent_of(line) >= indent) {
        size_t length = strcspn(line + indent, "\n");
        text_add_bytes(&key, line + indent, length);
        text_add_char(&key, '\n');
        line += indent + length;
        line += *line == '\n';
    }
    const char *found = arena_copy(arena, key.bytes, key.length);
    text_clear(&key);
    return found;
}

static bool put_keys(struct seed *seed, struct fault *fault)
{
    struct text keys;
    text_init(&keys, 0);
    for (size_t i = 0; seed->host->ssh_keys && seed->host->ssh_keys[i]; i++)
        text_format(&keys, "%s\n", seed->host->ssh_keys[i]);
    bool done = put(seed, "/root/.ssh/authorized_keys", 0600, keys.bytes, fault);
    text_clear(&keys);
    const char *key = find_host_key(&seed->arena, seed->host->user_data);
    if (!done || (key && !put(seed, "/etc/ssh/ssh_host_ed25519_key", 0600, key, fault)))
        return false;
    const char *make[] = {
        "ssh-keygen",
        "-q",
        "-t",
        "ed25519",
        "-N",
        "",
        "-f",
        arena_format(&seed->arena, "%s/etc/ssh/ssh_host_ed25519_key", seed->upper),
        NULL};
    if (key)
        return true;
    return tool_make_folder(arena_format(&seed->arena, "%s/etc/ssh", seed->upper), 0755,
                            fault) &&
           tool_run(make, NULL, fault);
}

// Without systemd nobody gives the host its id, and cloud-init never comes up: who waits
// for its end would wait for ever.
static bool put_in_place_of_boot(struct seed *seed, struct fault *fault)
{
    const char *id =
        arena_format(&seed->arena, "%032llx\n", (unsigned long long) seed->host->id);
    return put(seed, "/etc/machine-id", 0444, id, fault) &&
           put(seed, "/usr/bin/cloud-init", 0755, "#!/bin/sh\necho 'status: disabled'\n",
               fault);
}

static bool put_tools(struct seed *seed, struct fault *fault)
{
    const char *tools =
        arena_format(&seed->arena, "%s/tools/.", seed->settings->directory);
    const char *argv[] = {"cp", "-a", "--reflink=auto", tools, seed->upper, NULL};
    return access(tools, F_OK) != 0 || tool_run(argv, NULL, fault);
}

static bool put_files(struct seed *seed, struct fault *fault)
{
    const struct driver_host *host = seed->host;
    if (host->is_appliance && !put_tools(seed, fault))
        return false;
    for (size_t i = 0; i < host->file_count; i++)
        if (!put(seed, host->files[i].path, host->files[i].mode, host->files[i].content,
                 fault))
            return false;
    return true;
}

bool seed_write(const char *folder, const struct driver_host *host,
                const struct driver_settings *settings, struct fault *fault)
{
    bool light = settings->kind == DRIVER_LIGHT || host->is_appliance;
    struct seed seed = {.host = host, .settings = settings};
    arena_init(&seed.arena, 0);
    seed.upper = arena_format(&seed.arena, "%s/upper", folder);
    bool done = put_names(&seed, fault) && put_authorities(&seed, fault) &&
                (light ? put_keys(&seed, fault) && put_in_place_of_boot(&seed, fault)
                       : put_cloud(&seed, fault)) &&
                put_files(&seed, fault);
    // A folder of the upper layer stands for the lower one's: root's home stays closed.
    if (done && light) {
        const char *close_up[] = {
            "chmod", "700", arena_format(&seed.arena, "%s/root", seed.upper),
            arena_format(&seed.arena, "%s/root/.ssh", seed.upper), NULL};
        done = tool_run(close_up, NULL, fault);
    }
    arena_clear(&seed.arena);
    return done;
}
