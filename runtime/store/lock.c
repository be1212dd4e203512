// SPDX-License-Identifier: MIT
#include "store/lock.h"

#include "base/clock.h"
#include "store/file.h"
#include "store/heap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_TEXT_SIZE 256

struct lock {
    int descriptor;
};

struct holder {
    char pid[LOCK_TEXT_SIZE];
    char verb[LOCK_TEXT_SIZE];
    char since[LOCK_TEXT_SIZE];
};

// The file says "pid verb since"; a verb may have blanks in it.
static bool read_holder(int descriptor, struct holder *holder)
{
    char text[LOCK_TEXT_SIZE];
    ssize_t length = pread(descriptor, text, sizeof text - 1, 0);
    if (length <= 0)
        return false;
    text[length] = '\0';
    text[strcspn(text, "\n")] = '\0';
    char *verb = strchr(text, ' ');
    char *since = strrchr(text, ' ');
    if (!verb || since == verb)
        return false;
    *verb++ = *since++ = '\0';
    snprintf(holder->pid, sizeof holder->pid, "%s", text);
    snprintf(holder->verb, sizeof holder->verb, "%s", verb);
    snprintf(holder->since, sizeof holder->since, "%s", since);
    return true;
}

static bool refuse(int descriptor, const char *path, struct fault *fault)
{
    struct holder holder;
    fault_set(fault, FAULT_LOCKED, "another pipster is at work in this environment");
    fault_where(fault, "%s", path);
    // A holder that only just took the lock has not signed yet.
    if (!read_holder(descriptor, &holder))
        return fault_next(fault, "wait until it is done and run the command again");
    fault_why(fault, "process %s runs `pipster %s` since %s", holder.pid, holder.verb,
              holder.since);
    return fault_next(fault,
                      "wait until it is done; or end it with `kill %s`, after which the "
                      "next run takes up its work",
                      holder.pid);
}

// One write, then cut: at no time is the file empty once it was signed.
static bool sign(int descriptor, const char *path, const char *verb, struct fault *fault)
{
    char since[CLOCK_TEXT_SIZE], text[LOCK_TEXT_SIZE];
    int length = snprintf(text, sizeof text, "%d %.100s %s\n", (int) getpid(), verb,
                          clock_format(clock_now_ms(), since));
    if (pwrite(descriptor, text, (size_t) length, 0) != length ||
        ftruncate(descriptor, length) != 0)
        return file_fail(fault, "write", path);
    return true;
}

bool lock_take(struct lock **taken, const char *path, const char *verb,
               struct fault *fault)
{
    bool exists = false, done = false;
    if (!file_make_folder(path, fault) || !file_check_owner(path, &exists, fault))
        return false;
    int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0)
        return file_fail(fault, "open", path);
    if (flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        done = sign(descriptor, path, verb, fault);
    else if (errno == EWOULDBLOCK)
        refuse(descriptor, path, fault);
    else
        file_fail(fault, "lock", path);
    if (!done) {
        close(descriptor);
        return false;
    }
    *taken = heap_new(sizeof **taken);
    (*taken)->descriptor = descriptor;
    return true;
}

void lock_release(struct lock *lock)
{
    if (!lock)
        return;
    // The file stays: removing it would let two processes hold two files of one name.
    close(lock->descriptor);
    free(lock);
}

// The kernel's list says who holds which file: "1: FLOCK  ADVISORY  WRITE 77 fe:00:4711 0
// EOF". To try the lock would refuse it to a run that begins at that moment.
bool lock_is_held(const char *path)
{
    struct stat status;
    char line[LOCK_TEXT_SIZE];
    bool held = false;
    FILE *list = stat(path, &status) == 0 ? fopen("/proc/locks", "re") : NULL;
    while (list && !held && fgets(line, sizeof line, list)) {
        unsigned long inode = 0;
        int pid = 0;
        held = sscanf(line, "%*s FLOCK %*s WRITE %d %*x:%*x:%lu", &pid, &inode) == 2 &&
               inode == status.st_ino && pid != (int) getpid();
    }
    if (list)
        fclose(list);
    return held;
}
