// SPDX-License-Identifier: MIT
#include "store/place.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/statfs.h>

struct mark {
    const char *name;
    const char *program;
};

// Folders by which the programs' own roots are known. A name that ends with a blank or a
// dash begins a longer one: "OneDrive - Contoso".
static const struct mark folders[] = {
    {"Dropbox", "Dropbox"},
    {"Dropbox ", "Dropbox"},
    {"OneDrive", "OneDrive"},
    {"OneDrive -", "OneDrive"},
    {"OneDrive ", "OneDrive"},
    {"Google Drive", "Google Drive"},
    {"GoogleDrive", "Google Drive"},
    {"GoogleDrive-", "Google Drive"},
    {"My Drive", "Google Drive"},
    {"iCloud Drive", "iCloud"},
    {"iCloudDrive", "iCloud"},
    {"Mobile Documents", "iCloud"},
    {"com~apple~CloudDocs", "iCloud"},
    {"CloudStorage", "a cloud drive"},
    {"Syncthing", "Syncthing"},
    {"Nextcloud", "Nextcloud"},
    {"ownCloud", "ownCloud"},
    {"pCloud Drive", "pCloud"},
    {"pCloudDrive", "pCloud"},
    {"MEGAsync", "MEGA"},
};

// What they leave in the root of what they sync.
static const struct mark files[] = {
    {".dropbox", "Dropbox"},
    {".dropbox.cache", "Dropbox"},
    {".stfolder", "Syncthing"},
    {".stversions", "Syncthing"},
    {".owncloudsync.log", "ownCloud"},
    {".nextcloudsync.log", "Nextcloud"},
    {".tmp.drivedownload", "Google Drive"},
};

static const struct {
    long type;
    const char *name;
} networks[] = {
    {0x6969, "NFS"},
    {0x517B, "SMB"},
    {0xFE534D42, "SMB"},
    {0xFF534D42, "CIFS"},
    {0x65735546, "FUSE"},
    {0x01021997, "9P"},
    {0x5346414F, "AFS"},
    {0x00C36400, "Ceph"},
    {0x73757245, "Coda"},
    {0x0BD00BD0, "Lustre"},
    {0x786F4256, "a shared folder of VirtualBox"},
};

const char *place_find_network(long type)
{
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++)
        if (networks[i].type == (type & 0xFFFFFFFFL))
            return networks[i].name;
    return NULL;
}

static const char *program_of_folder(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        const char *known = folders[i].name;
        size_t known_length = strlen(known);
        char last = known[known_length - 1];
        bool begins = last == ' ' || last == '-';
        if ((begins ? length > known_length : length == known_length) &&
            strncasecmp(name, known, known_length) == 0)
            return folders[i].program;
    }
    return NULL;
}

static const char *program_of_files(const char *folder)
{
    char path[PATH_MAX];
    struct stat status;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        int length = snprintf(path, sizeof path, "%s/%s", folder, files[i].name);
        // Dropbox keeps its own settings as ~/.dropbox: there it marks nothing.
        const char *home = getenv("HOME");
        bool own =
            home && strcmp(home, folder) == 0 && strcmp(files[i].name, ".dropbox") == 0;
        if (!own && length < (int) sizeof path && lstat(path, &status) == 0)
            return files[i].program;
    }
    return NULL;
}

const char *place_find_sync(const char *folder)
{
    char path[PATH_MAX];
    const char *program = NULL;
    if (strlen(folder) >= sizeof path)
        return NULL;
    memcpy(path, folder, strlen(folder) + 1);
    for (char *slash; !program && (slash = strrchr(path, '/')); *slash = '\0') {
        program = program_of_folder(slash + 1, strlen(slash + 1));
        if (!program && slash != path)
            program = program_of_files(path);
    }
    return program;
}

static bool refuse(struct fault *fault, const char *folder, const char *what,
                   const char *why)
{
    fault_set(fault, FAULT_ERROR, "the database must not lie %s", what);
    fault_where(fault, "%s", folder);
    fault_why(fault, "%s", why);
    return fault_next(
        fault,
        "name a folder of this machine in pipster.lua: state_path = "
        "\"~/.local/state/pipster/NAME\"; who knows better sets " PLACE_OVERRIDE "=1");
}

// The nearest folder that is there, with links followed.
static bool find_folder(const char *path, char folder[PATH_MAX])
{
    char copy[PATH_MAX];
    if (strlen(path) >= sizeof copy)
        return false;
    memcpy(copy, path, strlen(path) + 1);
    for (char *slash; (slash = strrchr(copy, '/'));) {
        *slash = '\0';
        if (realpath(*copy ? copy : "/", folder))
            return true;
    }
    return realpath(".", folder) != NULL;
}

bool place_check(const char *path, struct fault *fault)
{
    char folder[PATH_MAX], what[160];
    struct statfs status;
    const char *override = getenv(PLACE_OVERRIDE);
    if ((override && strcmp(override, "1") == 0) || !find_folder(path, folder))
        return true;
    const char *program = place_find_sync(folder);
    if (program) {
        snprintf(what, sizeof what, "in a folder that %s syncs", program);
        return refuse(fault, folder, what,
                      "it would be copied while it is written, and an old copy could "
                      "come back in its place");
    }
    const char *network =
        statfs(folder, &status) == 0 ? place_find_network((long) status.f_type) : NULL;
    if (!network)
        return true;
    snprintf(what, sizeof what, "on a file system like this (%s)", network);
    return refuse(fault, folder, what,
                  "the locks that keep two runs apart do not hold there");
}
