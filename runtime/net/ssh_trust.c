// SPDX-License-Identifier: MIT
//
// Whether a host is who it should be. Pins decide where there are any; else known_hosts
// does. A key that known_hosts revokes is good for nobody, pinned or not.
#include "net/ssh_private.h"

#include "net/ssh_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define KNOWN_HOSTS_LIMIT ((size_t) 16 << 20)

// A file that is not there knows no host; one that cannot be read is an error.
static bool read_file(struct ssh *ssh, struct text *text, struct fault *fault)
{
    const char *path = ssh->target.known_hosts_path;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return true;
    char buffer[16384];
    ssize_t got = -1;
    while (fd >= 0 && (got = read(fd, buffer, sizeof buffer)) > 0)
        text_add_bytes(text, buffer, (size_t) got);
    int cause = errno;
    if (fd >= 0)
        close(fd);
    if (got == 0 && !text->overflow)
        return true;
    fault_set(fault, FAULT_ERROR, "%s cannot be read", path);
    return fault_why(fault, "%s", got == 0 ? "it is too large" : strerror(cause));
}

void ssh_trust_read(struct ssh *ssh)
{
    const struct ssh_target *target = &ssh->target;
    struct fault *fault = &ssh->prepare_fault;
    struct known_hosts known = {0};
    struct text text;
    if (!target->known_hosts_path)
        return;
    text_init(&text, KNOWN_HOSTS_LIMIT);
    bool read = read_file(ssh, &text, fault);
    bool matters = target->pin_count == 0 || strstr(text.bytes, "@revoked") != NULL;
    if (read && matters &&
        !known_hosts_read(&ssh->arena, text.bytes, target->address, target->port, &known,
                          fault))
        fault_where(fault, "%s", target->known_hosts_path);
    text_clear(&text);
    if (target->pin_count > 0) {
        known.keys = ssh->known.keys;
        known.count = ssh->known.count;
    }
    ssh->known = known;
}

static void list_fingerprints(struct ssh *ssh, const char *type, struct text *text)
{
    for (size_t i = 0; i < ssh->known.count; i++) {
        const struct known_hosts_key *key = &ssh->known.keys[i];
        if (type && strcmp(key->type, type) != 0)
            continue;
        text_format(text, "%s%s %s", text->length > 0 ? ", " : "", key->type,
                    known_hosts_fingerprint(&ssh->arena, key->base64));
    }
}

static void explain_revoked(struct ssh *ssh, const struct known_hosts_key *offered,
                            const char *print, struct fault *fault)
{
    fault_set(fault, FAULT_BLOCKED, "%s answers with a revoked key", ssh_place(ssh));
    fault_why(fault, "%s revokes %s %s", ssh->target.known_hosts_path, offered->type,
              print);
    fault_next(fault, "someone may hold this key: do not connect until the host has new "
                      "ones (ssh-keygen -A on its console)");
}

static void explain_new(struct ssh *ssh, const struct known_hosts_key *offered,
                        const char *print, struct fault *fault)
{
    fault_set(fault, FAULT_BLOCKED, "the host key of %s is not known", ssh_place(ssh));
    fault_why(fault, "it answers with %s %s%s", offered->type, print,
              ssh->known.has_authority
                  ? ", and the @cert-authority that known_hosts names for it counts for "
                    "nothing here: host certificates are not supported"
                  : "");
    fault_next(fault,
               "compare it with what the host's console shows (ssh-keygen -lf "
               "/etc/ssh/ssh_host_ed25519_key.pub), then add it to known_hosts, pin it "
               "(host_key = \"%s %s\"), or take it this once with --accept-new",
               offered->type, offered->base64);
}

// Nothing is known that it could have answered with: neither a sign of somebody else, nor
// of the host.
static void explain_unasked(struct ssh *ssh, const struct known_hosts_key *offered,
                            const char *print, struct fault *fault)
{
    const struct ssh_target *target = &ssh->target;
    struct text known;
    text_init(&known, 0);
    list_fingerprints(ssh, NULL, &known);
    fault_set(fault, FAULT_BLOCKED, "the host key of %s cannot be checked",
              ssh_place(ssh));
    fault_why(fault,
              "known is only %s (%s), a type that is not asked for here%s; it answers "
              "with %s %s",
              known.bytes,
              target->pin_count > 0 ? "the pinned key" : target->known_hosts_path,
              strstr(known.bytes, "ssh-rsa") ? " (RSA needs libssh2 1.11)" : "",
              offered->type, print);
    fault_next(
        fault,
        "let ssh, which checks the known key, show the other one (ssh -p %d %s cat "
        "/etc/ssh/ssh_host_ed25519_key.pub), and %s",
        target->port, target->address,
        target->pin_count > 0 ? "give it as host_key"
                              : "add it to known_hosts, or give it as host_key");
    text_clear(&known);
}

static void explain_other(struct ssh *ssh, const struct known_hosts_key *offered,
                          const char *print, bool same_type, struct fault *fault)
{
    const struct ssh_target *target = &ssh->target;
    struct text expected;
    text_init(&expected, 0);
    list_fingerprints(ssh, same_type ? offered->type : NULL, &expected);
    fault_set(fault, FAULT_BLOCKED, "the host key of %s is not the one expected",
              ssh_place(ssh));
    fault_why(fault, "expected %s (%s), got %s %s", expected.bytes,
              target->pin_count > 0 ? "the pinned key" : target->known_hosts_path,
              offered->type, print);
    const char *place = target->port == 22 ? target->address
                                           : arena_format(&ssh->arena, "[%s]:%d",
                                                          target->address, target->port);
    const char *mend =
        target->pin_count > 0
            ? arena_format(&ssh->arena,
                           "correct the host_key of its declaration, or forget the "
                           "pinned one (pipster state rm %s) and run once with "
                           "--accept-new",
                           target->name)
            : arena_format(&ssh->arena,
                           "remove the old key (ssh-keygen -f %s -R '%s') and add the "
                           "new one",
                           target->known_hosts_path, place);
    fault_next(fault,
               "someone may stand between; if you reinstalled the host, compare the new "
               "fingerprint with its console (ssh-keygen -lf "
               "/etc/ssh/ssh_host_ed25519_key.pub), then %s",
               mend);
    text_clear(&expected);
}

bool ssh_trust_judge(struct ssh *ssh, struct fault *fault)
{
    size_t length = 0;
    int unused = 0;
    const char *blob = libssh2_session_hostkey(ssh->link->session, &length, &unused);
    if (!blob)
        return fault_set(fault, FAULT_UNREACHABLE, "%s gave no host key", ssh_place(ssh));
    struct known_hosts_key offered = {
        .type = ssh_wire_key_type(&ssh->arena, blob, length),
        .base64 = ssh_wire_base64(&ssh->arena, blob, length),
    };
    enum known_hosts_verdict verdict =
        known_hosts_judge(&ssh->known, offered.type, offered.base64);
    const char *print = known_hosts_fingerprint(&ssh->arena, offered.base64);
    ssh->host_key = arena_format(&ssh->arena, "%s %s", offered.type, offered.base64);
    if (verdict == KNOWN_HOSTS_MATCH ||
        (verdict == KNOWN_HOSTS_NEW && ssh->target.accept_new))
        return true;
    if (verdict == KNOWN_HOSTS_REVOKED)
        explain_revoked(ssh, &offered, print, fault);
    else if (verdict == KNOWN_HOSTS_NEW)
        explain_new(ssh, &offered, print, fault);
    else if (!known_hosts_can_be_asked(&ssh->known))
        explain_unasked(ssh, &offered, print, fault);
    else
        explain_other(ssh, &offered, print, verdict == KNOWN_HOSTS_CHANGED, fault);
    return false;
}
