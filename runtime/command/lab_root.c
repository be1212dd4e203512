// SPDX-License-Identifier: MIT
#include "command/lab_root.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool explain(const char *verb, const char *why, struct fault *fault)
{
    fault_set(fault, FAULT_ERROR, "`pipster lab %s` needs root", verb);
    fault_why(fault, "%s", why);
    return fault_next(fault, "run it as root, or use `pipster lab up --driver none`");
}

bool lab_root_become(const struct project *project, const struct options *options,
                     const char *verb, struct fault *fault)
{
    char program[PATH_MAX], port[16];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0)
        return explain(verb, "its own program is not to be found", fault);
    program[length] = '\0';
    snprintf(port, sizeof port, "%d", options->lab_port);
    const char *argv[24] = {"sudo"};
    size_t count = 1;
    // Nobody could type a password.
    if (options->non_interactive)
        argv[count++] = "-n";
    const char *fixed[] = {"--", program, "-C", project->root, "lab", verb, "--dir",
                           project->lab_directory};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        argv[count++] = fixed[i];
    const char *flags[][2] = {{"--driver", options->lab_driver},
                              {"--stock", options->lab_stock},
                              {"--port", options->lab_port ? port : NULL}};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        if (!flags[i][1])
            continue;
        argv[count++] = flags[i][0];
        argv[count++] = flags[i][1];
    }
    if (options->no_color)
        argv[count++] = "--no-color";
    fprintf(stderr,
            "`pipster lab %s` becomes root (sudo): its hosts are namespaces, mounts and "
            "cgroups of this machine.\n",
            verb);
    execvp("sudo", (char *const *) argv);
    return explain(verb, errno == ENOENT ? "there is no sudo here" : strerror(errno),
                   fault);
}

bool lab_root_is_needed(const char *directory)
{
    char path[PATH_MAX];
    struct stat status;
    snprintf(path, sizeof path, "%s/daemon.lock", directory);
    return geteuid() != 0 && stat(path, &status) == 0 && status.st_uid != geteuid();
}

// Only what is root's: nothing is taken from anybody.
static void give(const char *path, uid_t user, gid_t group)
{
    struct stat status;
    if (lstat(path, &status) == 0 && status.st_uid == 0 && !S_ISLNK(status.st_mode) &&
        lchown(path, user, group) != 0)
        fprintf(stderr, "pipster: %s stays root's: %s\n", path, strerror(errno));
}

// lab.json, env, the logs: plain files beside the folders, which stay root's.
static void give_files(const char *directory, uid_t user, gid_t group)
{
    DIR *folder = opendir(directory);
    struct dirent *entry;
    while (folder && (entry = readdir(folder))) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        // Whose the lock is tells whose the lab is.
        if (entry->d_type == DT_REG && strcmp(entry->d_name, "daemon.lock") != 0)
            give(path, user, group);
    }
    if (folder)
        closedir(folder);
}

void lab_root_give(const struct project *project)
{
    const char *user = getenv("SUDO_UID"), *group = getenv("SUDO_GID");
    if (geteuid() != 0 || !user || !group)
        return;
    uid_t uid = (uid_t) strtoul(user, NULL, 10);
    gid_t gid = (gid_t) strtoul(group, NULL, 10);
    const char *const made[] = {".pipster", ".pipster/.gitignore", ".pipster/state"};
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", project->root, made[i]);
        give(path, uid, gid);
    }
    give(project->lab_directory, uid, gid);
    give_files(project->lab_directory, uid, gid);
}
