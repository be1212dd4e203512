// SPDX-License-Identifier: MIT
//
// A real sshd on 127.0.0.1 with its own keys in a folder of its own, for the tests of a
// session: who logs in is whoever runs the tests.
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "net/port.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SSHD_PATH "/usr/sbin/sshd"
// For a step of a session: no machine is so slow, and a test that hangs still says where.
#define SSHD_PATIENCE_MS 250000

struct sshd {
    char folder[64];
    int port; // held before and after it listens
    struct port held;
    pid_t pid;
    char host_key[512]; // "ssh-ed25519 AAAA…"
    char user_key[128]; // the path of the private key that is let in
    char login[64];
};

static inline void sshd_run(char *const arguments[])
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, 0);
        dup2(null, 1);
        execvp(arguments[0], arguments);
        _exit(127);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static inline void sshd_keygen(const char *type, const char *passphrase, const char *path)
{
    sshd_run((char *[]){"ssh-keygen", "-q", "-t", (char *) type, "-N",
                        (char *) passphrase, "-C", "test", "-f", (char *) path, NULL});
}

static inline void sshd_read(const char *path, char *buffer, size_t size)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t length = fread(buffer, 1, size - 1, file);
    buffer[length] = '\0';
    fclose(file);
}

static inline void sshd_write(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static inline const char *sshd_path(const struct sshd *sshd, const char *name,
                                    char buffer[128])
{
    snprintf(buffer, 128, "%s/%s", sshd->folder, name);
    return buffer;
}

static inline bool sshd_is_installed(void)
{
    return access(SSHD_PATH, X_OK) == 0;
}

// Keys and folder; no process yet.
static inline void sshd_prepare(struct sshd *sshd)
{
    char path[128], text[512];
    memset(sshd, 0, sizeof *sshd);
    strcpy(sshd->folder, "/tmp/pipster-sshd-XXXXXX");
    assert_non_null(mkdtemp(sshd->folder));
    snprintf(sshd->login, sizeof sshd->login, "%s", getpwuid(geteuid())->pw_name);
    port_hold(&sshd->held);
    sshd->port = sshd->held.number;
    sshd_keygen("ed25519", "", sshd_path(sshd, "host", path));
    sshd_path(sshd, "user", sshd->user_key);
    sshd_keygen("ed25519", "", sshd->user_key);
    sshd_read(sshd_path(sshd, "host.pub", path), sshd->host_key, sizeof sshd->host_key);
    sshd->host_key[strcspn(sshd->host_key, "\n")] = '\0';
    sshd_read(sshd_path(sshd, "user.pub", path), text, sizeof text);
    sshd_write(sshd_path(sshd, "authorized", path), text);
}

static inline void sshd_spawn(struct sshd *sshd, const char *host_key, const char *extra)
{
    char config[128], log[128], text[2048];
    snprintf(text, sizeof text,
             "Port %d\nListenAddress 127.0.0.1\nHostKey %s/%s\n"
             "AuthorizedKeysFile %s/authorized\nStrictModes no\nUsePAM no\nPidFile none\n"
             "PermitRootLogin yes\nPasswordAuthentication no\n%s",
             sshd->port, sshd->folder, host_key, sshd->folder, extra ? extra : "");
    sshd_write(sshd_path(sshd, "config", config), text);
    sshd_path(sshd, "log", log);
    mkdir("/run/sshd", 0755);
    sshd->pid = fork();
    assert_true(sshd->pid >= 0);
    if (sshd->pid == 0) {
        dup2(open(log, O_WRONLY | O_CREAT | O_APPEND, 0600), 2);
        execl(SSHD_PATH, SSHD_PATH, "-D", "-e", "-f", config, NULL);
        _exit(127);
    }
}

static inline void sshd_end(struct sshd *sshd)
{
    if (sshd->pid <= 0)
        return;
    kill(sshd->pid, SIGTERM);
    waitpid(sshd->pid, NULL, 0);
    sshd->pid = 0;
}

static inline void sshd_remove(struct sshd *sshd)
{
    sshd_end(sshd);
    port_let_go(&sshd->held);
    sshd_run((char *[]){"rm", "-rf", sshd->folder, NULL});
}
