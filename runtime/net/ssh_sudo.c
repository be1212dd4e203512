// SPDX-License-Identifier: MIT
//
// How a login that is not root becomes root: by sudo, which either needs no password or
// is given the host's. Its prompt is a word that only we know: nothing is sent before
// sudo asks for it, and no script before root's shell said that it is there, so that
// neither can end where the other belongs. Neither word stands in the command as it is
// printed, since a shell or sudo may repeat that. The password is on stdin alone.
#include "net/ssh_sudo.h"

#include "net/ssh_frame.h"

#include <stdio.h>
#include <string.h>

// What is worth telling of what was said.
#define TOLD 500

bool ssh_sudo_is_needed(const struct ssh *ssh)
{
    return strcmp(ssh->login, "root") != 0;
}

void ssh_sudo_init(struct ssh_sudo *sudo)
{
    memset(sudo, 0, sizeof *sudo);
    ssh_frame_nonce(sudo->nonce);
    text_init(&sudo->said, 64 << 10);
    text_init(&sudo->answer, 64 << 10);
}

void ssh_sudo_clear(struct ssh_sudo *sudo)
{
    text_clear(&sudo->said);
    text_clear(&sudo->answer);
}

// What it says is read, so it says it in no language but one, whatever the login's is.
const char *ssh_sudo_command(const struct ssh *ssh, const struct ssh_sudo *sudo,
                             struct arena *arena, const char *script)
{
    const char *inner =
        script ? arena_format(arena, "/bin/sh -c '%s'", script) : "/bin/sh";
    if (!ssh_sudo_is_needed(ssh))
        return arena_format(arena, "exec %s", inner);
    if (!ssh->sudo_password)
        return arena_format(arena, "exec /usr/bin/env LC_ALL=C sudo -n -H %s", inner);
    if (!script)
        inner = arena_format(arena, "/bin/sh -c 'printf root-%%s %s >&2; exec /bin/sh'",
                             sudo->nonce);
    return arena_format(arena,
                        "exec /usr/bin/env LC_ALL=C sudo -S -H -p 'password-%%%%%s ' %s",
                        sudo->nonce, inner);
}

// Looks for WORD and the nonce and takes it out of what was said.
static bool take_word(struct ssh_sudo *sudo, const char *word)
{
    char marker[16 + SSH_FRAME_NONCE_SIZE];
    struct text *said = &sudo->said;
    int length = snprintf(marker, sizeof marker, "%s%s", word, sudo->nonce);
    char *found = strstr(said->bytes, marker);
    if (!found)
        return false;
    size_t start = (size_t) (found - said->bytes);
    size_t rest = said->length - start - (size_t) length;
    memmove(found, found + length, rest + 1);
    said->length -= (size_t) length;
    return true;
}

void ssh_sudo_hear(struct ssh *ssh, struct ssh_sudo *sudo, const char *bytes,
                   size_t length)
{
    text_add_bytes(&sudo->said, bytes, length);
    while (take_word(sudo, "password-%")) {
        sudo->is_refused = sudo->was_asked;
        if (!sudo->was_asked)
            text_format(&sudo->answer, "%s\n", ssh->sudo_password);
        sudo->was_asked = true;
    }
    sudo->is_root = sudo->is_root || take_word(sudo, "root-");
}

// Without what stands around it, and no more than is worth telling of its end, where the
// reason is: what the login's own files print comes before it.
static const char *told(struct ssh *ssh, const struct text *said)
{
    size_t from = said->length > TOLD ? said->length - TOLD : 0;
    const char *at = said->bytes + from;
    at += strspn(at, " \r\n");
    size_t length = strlen(at);
    while (length > 0 && strchr(" \r\n", at[length - 1]))
        length--;
    return arena_copy(&ssh->arena, at, length);
}

static void advise(struct ssh *ssh, const struct ssh_sudo *sudo, const char *said,
                   struct fault *fault)
{
    const char *login = ssh->login, *name = ssh->target.name;
    if (sudo->is_refused) {
        fault_next(fault,
                   "correct the sudo_password of %s: it is not %s's, or sudo asks "
                   "for another's (rootpw, targetpw)",
                   name, login);
    } else if (strstr(said, "a password is required")) {
        fault_next(fault,
                   "give %s a sudo_password = secret(…), or let %s run sudo without one: "
                   "echo '%s ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/%s",
                   name, login, login, login);
    } else if (strstr(said, "must have a tty")) {
        fault_next(fault,
                   "lift requiretty for this login on the host: "
                   "echo 'Defaults:%s !requiretty' >/etc/sudoers.d/tty-%s",
                   login, login);
    } else if (strstr(said, "not in the sudoers file") ||
               strstr(said, "not allowed to") || strstr(said, "may not run sudo")) {
        fault_next(fault,
                   "let %s run all by sudo on the host (echo '%s ALL=(ALL) ALL' "
                   ">/etc/sudoers.d/%s), or name another login",
                   login, login, login);
    } else if (strstr(said, "sudo") && strstr(said, "No such file")) {
        fault_next(fault, "install sudo there (apt-get install sudo), or log in as root");
    } else {
        fault_next(fault,
                   "see that the login shell of %s on the host runs commands "
                   "(chsh -s /bin/sh %s), and that sudo does",
                   login, login);
    }
}

void ssh_sudo_explain(struct ssh *ssh, const struct ssh_sudo *sudo,
                      const struct text *said, struct fault *fault)
{
    const char *why = told(ssh, said);
    bool by_sudo = ssh_sudo_is_needed(ssh);
    if (sudo->is_refused)
        fault_set(fault, FAULT_UNREACHABLE, "sudo refuses the password of %s on %s",
                  ssh->login, ssh_place(ssh));
    else
        fault_set(fault, FAULT_UNREACHABLE, "no root shell on %s%s%s", ssh_place(ssh),
                  by_sudo ? " by way of " : "", by_sudo ? ssh->login : "");
    fault_why(fault, "%s", *why ? why : "the shell ended at once and said nothing");
    if (by_sudo)
        advise(ssh, sudo, why, fault);
    else
        fault_next(fault, "see that root's login shell on the host runs commands");
}
