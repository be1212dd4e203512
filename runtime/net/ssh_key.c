// SPDX-License-Identifier: MIT
#include "net/ssh_key.h"

#include "net/late_ssh2.h"
#include "net/ssh_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define FILE_LIMIT ((size_t) 64 << 10)

#if LIBSSH2_VERSION_NUM < 0x010b00
static const char rsa_why[] =
    "is an RSA key, and libssh2 " LIBSSH2_VERSION
    " cannot do RSA with SHA-2 (1.11 can), which is all that servers accept since "
    "OpenSSH 8.8: use an ed25519 key";
#endif

static const char encrypted_why[] =
    "is encrypted with a passphrase, and there is none to open it: add it to the agent "
    "with ssh-add";

// Why a key of this type cannot be used, or NULL.
static const char *type_unusable(const char *type, bool from_agent)
{
    if (strncmp(type, "sk-", 3) == 0)
        return "lives on a security key, which libssh2 cannot use";
    if (strstr(type, "-cert-v01@"))
        return "is a certificate, which libssh2 cannot use";
    if (strcmp(type, "ssh-rsa") == 0) {
#if LIBSSH2_VERSION_NUM < 0x010b00
        return rsa_why;
#else
        return from_agent ? "is an RSA key in the agent: give its file" : NULL;
#endif
    }
    (void) from_agent;
    if (strcmp(type, "ssh-dss") == 0)
        return "is a DSA key, which servers no longer accept: use an ed25519 key";
    return NULL;
}

static void set_encrypted(struct ssh_key *key)
{
    key->is_encrypted = true;
    key->unusable = encrypted_why;
}

// PROTOCOL.key: "openssh-key-v1", cipher, kdf, its options, how many, the public half.
static void parse_openssh(struct arena *arena, const char *body, size_t length,
                          struct ssh_key *key)
{
    static const char magic[] = "openssh-key-v1";
    size_t size = 0;
    unsigned char *bytes = ssh_wire_unbase64(arena, body, length, &size);
    if (!bytes || size < sizeof magic || memcmp(bytes, magic, sizeof magic) != 0) {
        key->unusable = "is damaged: it cannot be decoded";
        return;
    }
    struct ssh_wire wire = ssh_wire_over(bytes + sizeof magic, size - sizeof magic);
    size_t cipher_length = 0, skipped = 0;
    const unsigned char *cipher = ssh_wire_string(&wire, &cipher_length);
    bool encrypted = cipher_length != 4 || memcmp(cipher, "none", 4) != 0;
    ssh_wire_string(&wire, &skipped);
    ssh_wire_string(&wire, &skipped);
    ssh_wire_number(&wire);
    key->blob = ssh_wire_string(&wire, &key->blob_length);
    if (wire.bad) {
        key->blob = NULL;
        key->unusable = "is damaged: it ends too early";
        return;
    }
    key->type = ssh_wire_key_type(arena, key->blob, key->blob_length);
    key->unusable = type_unusable(key->type, false);
    if (!key->unusable && encrypted)
        set_encrypted(key);
}

struct ssh_key ssh_key_parse(struct arena *arena, const char *pem, size_t length,
                             const char *origin)
{
    static const char begin[] = "-----BEGIN OPENSSH PRIVATE KEY-----";
    static const char end[] = "-----END OPENSSH PRIVATE KEY-----";
    struct ssh_key key = {.origin = arena_text(arena, origin), .type = ""};
    // libssh2 wants a line end after the last line, which pasted keys lack.
    char *text = arena_alloc(arena, length + 2);
    memcpy(text, pem, length);
    if (length > 0 && text[length - 1] != '\n')
        text[length++] = '\n';
    key.pem = text;
    key.pem_length = length;
    const char *start = strstr(text, begin);
    const char *stop = start ? strstr(start, end) : NULL;
    if (stop)
        parse_openssh(arena, start + strlen(begin),
                      (size_t) (stop - start) - strlen(begin), &key);
    else if (strstr(text, "-----BEGIN RSA PRIVATE KEY-----"))
        key.unusable = type_unusable("ssh-rsa", false);
    else if (strstr(text, "ENCRYPTED"))
        set_encrypted(&key);
    else if (!strstr(text, "PRIVATE KEY-----"))
        key.unusable = "is not a private key";
    return key;
}

struct ssh_key ssh_key_load(struct arena *arena, const char *path)
{
    struct ssh_key key = {.origin = arena_text(arena, path), .type = ""};
    char *bytes = arena_alloc(arena, FILE_LIMIT);
    size_t used = 0;
    ssize_t got = -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && (got = read(fd, bytes + used, FILE_LIMIT - used)) > 0)
        used += (size_t) got;
    if (got < 0)
        key.unusable = arena_format(arena, "cannot be read: %s", strerror(errno));
    else if (used == FILE_LIMIT)
        key.unusable = "is too large for a key";
    else
        key = ssh_key_parse(arena, bytes, used, path);
    if (fd >= 0)
        close(fd);
    return key;
}

struct ssh_key ssh_key_of_agent(struct arena *arena, const unsigned char *blob,
                                size_t length, const char *comment)
{
    struct ssh_key key = {.blob = blob, .blob_length = length};
    key.origin = arena_format(arena, "agent key %s", *comment ? comment : "(no comment)");
    key.type = ssh_wire_key_type(arena, blob, length);
    key.unusable = type_unusable(key.type, true);
    return key;
}

bool ssh_key_same(const struct ssh_key *one, const struct ssh_key *other)
{
    return one->blob && other->blob && one->blob_length == other->blob_length &&
           memcmp(one->blob, other->blob, one->blob_length) == 0;
}
