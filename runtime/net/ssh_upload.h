// SPDX-License-Identifier: MIT
//
// A local file of any size onto a host, in constant memory. Its bytes go over a channel
// of their own, as the login, into a named pipe; a script in the kept shell, as root,
// takes them out of it, so that neither needs a password again nor room for a second
// copy.
#pragma once

#include "net/ssh_exec.h"

struct ssh_upload {
    const char *path; // here
    int64_t offset;   // what lies before it is there already
    const char *pipe; // there: made by a script before, the login's, without quotes
    // Started when the sender is there: reads the pipe to its end, and judges what came.
    struct ssh_script receive;
};

// Ends as its script does. A file that cannot be read to its end, or a sender that could
// not be started, is a fault; the script is ended then by the end of the pipe.
void ssh_upload(struct ssh *ssh, const struct ssh_upload *upload, ssh_exec_fn done,
                void *context);
