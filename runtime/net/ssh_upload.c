// SPDX-License-Identifier: MIT
#include "net/ssh_upload.h"

#include "net/ssh_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_SIZE      ((size_t) 32000)
#define CHUNKS_PER_PUMP 16
#define READY_LIMIT     ((size_t) 4 << 10)

static const char ready_word[] = "pipster-sends";

enum sender_state {
    SENDER_STARTING,
    SENDER_WAITING, // for its word that it runs
    SENDER_SENDING,
    SENDER_ENDING, // the end of the file is being told
    SENDER_DONE,   // nothing more is sent
};

struct sender {
    struct ssh_user user;
    struct arena arena;
    struct ssh *ssh;
    const char *path;
    const char *command;
    int file;
    LIBSSH2_CHANNEL *channel;
    enum sender_state state;
    struct text said; // until the word came; then what may be an error
    int stream;       // a read that is half done goes on with the same one
    char chunk[CHUNK_SIZE];
    size_t length, sent;
    struct ssh_script receive;
    bool listed;  // among the session's users
    bool writing; // a write is half done
    bool running; // the script
    bool told;    // `done` was called: only a half-done call is still to be ended
    struct fault fault;
    ssh_exec_fn done;
    void *context;
};

static void sender_free(struct sender *sender)
{
    if (sender->file >= 0)
        close(sender->file);
    text_clear(&sender->said);
    arena_clear(&sender->arena);
    free(sender);
}

// Leaves the session; the channel drains by itself.
static void leave(struct sender *sender)
{
    if (!sender->listed)
        return;
    sender->listed = false;
    ssh_queue_remove(sender->ssh, &sender->user);
    if (sender->channel)
        ssh_channel_discard(sender->ssh, sender->channel);
    sender->channel = NULL;
}

static void tell_failed(void *context)
{
    struct sender *sender = context;
    static const struct ssh_result none = {.status = -1, .output = "", .errors = ""};
    sender->done(sender->context, &none, &sender->fault);
    sender_free(sender);
}

static void fail(struct sender *sender)
{
    sender->state = SENDER_DONE;
    leave(sender);
    if (!sender->running)
        loop_defer(sender->ssh->loop, tell_failed, sender);
}

static void received(void *context, const struct ssh_result *result,
                     const struct fault *fault)
{
    struct sender *sender = context;
    struct ssh *ssh = sender->ssh;
    bool own = fault_is_set(&sender->fault) && !fault;
    sender->done(sender->context, result, own ? &sender->fault : fault);
    sender->told = true;
    if (sender->listed && ssh->sender == &sender->user)
        return;
    leave(sender);
    sender_free(sender);
}

static void sender_lost(struct ssh *ssh, struct ssh_user *user, const struct fault *fault)
{
    struct sender *sender = (struct sender *) user;
    (void) ssh;
    sender->listed = false;
    sender->channel = NULL; // freed with the session
    if (sender->told) {
        sender_free(sender);
        return;
    }
    if (!fault_is_set(&sender->fault))
        sender->fault = *fault;
    fail(sender);
}

static void set_unsent(struct sender *sender, const char *why)
{
    fault_set(&sender->fault, FAULT_ERROR, "%s could not be sent to %s", sender->path,
              sender->ssh->target.name);
    fault_why(&sender->fault, "%s", why);
}

static bool start(struct sender *sender)
{
    struct ssh *ssh = sender->ssh;
    int code = ssh_channel_start(ssh, &sender->user, &sender->channel, sender->command);
    if (code == LIBSSH2_ERROR_EAGAIN)
        return false;
    if (ssh_queue_is_fatal(code)) {
        ssh_queue_lose_by(ssh, code);
        return false;
    }
    if (code == 0) {
        sender->state = SENDER_WAITING;
        return true;
    }
    set_unsent(sender, ssh_link_error(ssh->link));
    fault_next(&sender->fault, "see that MaxSessions in its sshd_config is at least 2");
    fail(sender);
    return true;
}

static void hear(struct sender *sender, const char *bytes, size_t length)
{
    if (sender->said.length < READY_LIMIT)
        text_add_bytes(&sender->said, bytes, length);
    if (sender->state != SENDER_WAITING || !strstr(sender->said.bytes, ready_word))
        return;
    sender->state = SENDER_SENDING;
    sender->running = true;
    ssh_exec(sender->ssh, &sender->receive, received, sender);
}

// True when something came. The connection may be lost afterwards.
static bool listen_once(struct sender *sender)
{
    struct ssh *ssh = sender->ssh;
    char buffer[1024];
    ssize_t got =
        libssh2_channel_read_ex(sender->channel, sender->stream, buffer, sizeof buffer);
    bool again = ssh_queue_settle(ssh, &sender->user, got);
    if (ssh->sender == &sender->user)
        return false;
    if (got < 0 && !again) {
        ssh_queue_lose_by(ssh, got);
        return false;
    }
    if (got > 0) {
        hear(sender, buffer, (size_t) got);
        return true;
    }
    sender->stream = sender->stream == 0 ? SSH_EXTENDED_DATA_STDERR : 0;
    return false;
}

// A file that has shrunk or cannot be read ends early: the script will see that.
static bool fill(struct sender *sender)
{
    ssize_t got;
    do
        got = read(sender->file, sender->chunk, sizeof sender->chunk);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        set_unsent(sender, strerror(errno));
    sender->length = got > 0 ? (size_t) got : 0;
    sender->sent = 0;
    if (got <= 0)
        sender->state = SENDER_ENDING;
    return got > 0;
}

static bool send_chunk(struct sender *sender)
{
    if (sender->sent == sender->length && !fill(sender))
        return false;
    ssize_t sent = libssh2_channel_write(sender->channel, sender->chunk + sender->sent,
                                         sender->length - sender->sent);
    bool again = ssh_queue_settle(sender->ssh, &sender->user, sent);
    sender->writing = sender->ssh->sender == &sender->user;
    if (again)
        return false;
    if (sent < 0 && ssh_queue_is_fatal(sent))
        ssh_queue_lose_by(sender->ssh, sent);
    else if (sent < 0)
        sender->state = SENDER_DONE; // nobody reads any more: the script says why
    else
        sender->sent += (size_t) sent;
    return sent > 0;
}

static bool tell_end(struct sender *sender)
{
    int code = libssh2_channel_send_eof(sender->channel);
    bool again = ssh_queue_settle(sender->ssh, &sender->user, code);
    sender->writing = sender->ssh->sender == &sender->user;
    if (again)
        return false;
    sender->state = SENDER_DONE;
    return true;
}

static void explain_end(struct sender *sender)
{
    if (sender->state != SENDER_WAITING)
        return;
    set_unsent(sender, sender->said.length > 0
                           ? sender->said.bytes
                           : "the sender there ended before it said that it began");
    fail(sender);
}

// Both streams, or what is left unread of one holds up the other.
static bool listen_both(struct sender *sender)
{
    bool progress = false;
    for (int i = 0; i < 2 && sender->ssh->link; i++) {
        progress |= listen_once(sender);
        if (sender->ssh->sender == &sender->user)
            break;
    }
    return progress;
}

static bool send_some(struct sender *sender)
{
    bool progress = false;
    for (int i = 0; sender->state == SENDER_SENDING && i < CHUNKS_PER_PUMP; i++) {
        if (!send_chunk(sender))
            break;
        progress = true;
    }
    if (sender->ssh->link && sender->state == SENDER_ENDING)
        progress |= tell_end(sender);
    return progress;
}

static bool sender_pump(struct ssh *ssh, struct ssh_user *user)
{
    struct sender *sender = (struct sender *) user;
    if (sender->state == SENDER_STARTING)
        return start(sender);
    bool progress = false;
    if (!sender->writing)
        progress = listen_both(sender);
    if (ssh->link && (sender->writing || ssh->sender != user))
        progress |= send_some(sender);
    if (!ssh->link || ssh->sender == user)
        return progress;
    if (sender->told) {
        leave(sender);
        sender_free(sender);
        return true;
    }
    if (libssh2_channel_eof(sender->channel) == 1)
        explain_end(sender);
    return progress;
}

static void take_script(struct sender *sender, const struct ssh_script *script)
{
    sender->receive = *script;
    sender->receive.text = arena_copy(&sender->arena, script->text, script->length);
}

void ssh_upload(struct ssh *ssh, const struct ssh_upload *upload, ssh_exec_fn done,
                void *context)
{
    struct sender *sender = calloc(1, sizeof *sender);
    if (!sender)
        abort();
    arena_init(&sender->arena, 0);
    text_init(&sender->said, 4 * READY_LIMIT);
    sender->user.pump = sender_pump;
    sender->user.lost = sender_lost;
    sender->user.waits = true;
    sender->ssh = ssh;
    sender->path = arena_text(&sender->arena, upload->path);
    sender->command =
        arena_format(&sender->arena, "exec /bin/sh -c 'echo %s; exec cat >%s'",
                     ready_word, upload->pipe);
    sender->done = done;
    sender->context = context;
    take_script(sender, &upload->receive);
    sender->file = open(upload->path, O_RDONLY | O_CLOEXEC);
    if (sender->file < 0 ||
        lseek(sender->file, (off_t) upload->offset, SEEK_SET) != (off_t) upload->offset)
        set_unsent(sender, strerror(errno));
    else if (!ssh->link)
        sender->fault = ssh->lost;
    if (fault_is_set(&sender->fault)) {
        fail(sender);
        return;
    }
    sender->listed = true;
    ssh_queue_add(ssh, &sender->user);
    ssh_queue_wake(ssh);
}
