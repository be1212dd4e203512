// SPDX-License-Identifier: MIT
//
// Which versions of the libraries of this layer the process runs with.
#pragma once

#include "base/text.h"

// "libcurl 7.88.1, libssh2 1.10.0, …"
void linked_list_versions(struct text *out);
