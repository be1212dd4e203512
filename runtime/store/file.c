// SPDX-License-Identifier: MIT
#include "store/file.h"

#include "store/heap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool file_fail(struct fault *fault, const char *verb, const char *path)
{
    int code = errno;
    fault_set(fault, FAULT_ERROR, "cannot %s the file", verb);
    fault_where(fault, "%s", path);
    if (code == ENOSPC || code == EDQUOT)
        fault_next(fault, "free some space and run the command again");
    else if (code == EACCES || code == EPERM || code == EROFS)
        fault_next(fault, "check the owner and the mode of the file and of its folder");
    return fault_why(fault, "%s", strerror(code));
}

bool file_make_folder(const char *path, struct fault *fault)
{
    char *folder = heap_join(path, "");
    bool made = true;
    for (char *slash = strchr(folder + 1, '/'); made && slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(folder, 0700) != 0 && errno != EEXIST)
            made = file_fail(fault, "make the folder of", path);
        *slash = '/';
    }
    free(folder);
    return made;
}

static bool sync_path(const char *path, int flags, struct fault *fault)
{
    int descriptor = open(path, flags | O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return file_fail(fault, "open", path);
    bool synced = fsync(descriptor) == 0 || file_fail(fault, "sync", path);
    close(descriptor);
    return synced;
}

static bool sync_folder(const char *path, struct fault *fault)
{
    char *folder = heap_join(path, "");
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = '\0';
    bool synced = sync_path(slash ? folder : ".", O_DIRECTORY, fault);
    free(folder);
    return synced;
}

bool file_create(const char *path, bool fresh, struct fault *fault)
{
    int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (fresh ? O_EXCL : 0);
    int descriptor = open(path, flags, 0600);
    if (descriptor < 0)
        return file_fail(fault, "create", path);
    // An older file may be open to others, from a time of another umask.
    bool made =
        fchmod(descriptor, 0600) == 0 || file_fail(fault, "set the mode of", path);
    close(descriptor);
    return made && sync_folder(path, fault);
}

bool file_check_owner(const char *path, bool *exists, struct fault *fault)
{
    struct stat status;
    *exists = false;
    if (lstat(path, &status) != 0)
        return errno == ENOENT || errno == ENOTDIR || file_fail(fault, "look at", path);
    if (!S_ISREG(status.st_mode)) {
        fault_set(fault, FAULT_ERROR, "this is no plain file");
        fault_next(fault, "move it away");
        return fault_where(fault, "%s", path);
    }
    if (status.st_uid != geteuid()) {
        fault_set(fault, FAULT_ERROR, "the file belongs to another user");
        fault_where(fault, "%s", path);
        fault_why(fault, "its owner is uid %u, this process runs as uid %u",
                  (unsigned) status.st_uid, (unsigned) geteuid());
        return fault_next(fault, "run pipster as that user, or give yourself the file "
                                 "with chown");
    }
    *exists = true;
    return true;
}

// A device or a pipe is not a place for a file, nor is a link that leads to another
// filesystem, as /dev/stdout does.
static bool is_replaceable(const char *from, const char *to)
{
    struct stat fresh, there, led_to;
    if (lstat(to, &there) != 0 || S_ISDIR(there.st_mode))
        return true; // whatever is wrong with it is told by the renaming
    if (!S_ISLNK(there.st_mode))
        return S_ISREG(there.st_mode);
    return stat(to, &led_to) != 0 ||
           (S_ISREG(led_to.st_mode) && stat(from, &fresh) == 0 &&
            led_to.st_dev == fresh.st_dev);
}

static bool refuse_place(const char *to, struct fault *fault)
{
    fault_set(fault, FAULT_ERROR, "this is no plain file, and stays as it is");
    fault_where(fault, "%s", to);
    return fault_next(fault, "name a file that is there, or is not there yet");
}

bool file_publish(const char *from, const char *to, bool *kept, struct fault *fault)
{
    if (kept == NULL && !is_replaceable(from, to)) {
        unlink(from);
        return refuse_place(to, fault);
    }
    if (!sync_path(from, 0, fault))
        return false;
    // `kept` given means: never replace what is there.
    int moved = kept ? renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE)
                     : rename(from, to);
    if (kept)
        *kept = moved != 0 && errno == EEXIST;
    if (moved != 0) {
        bool stays = kept && *kept;
        if (!stays)
            file_fail(fault, "create", to);
        unlink(from);
        return stays;
    }
    return sync_folder(to, fault);
}
