// SPDX-License-Identifier: MIT
//
// Libraries that most commands never call are not linked: libcurl alone brings thirty
// others, which is most of the time that a short command takes. late_curl.h, late_ssh2.h
// and late_microhttpd.h give their functions the same names in a form that loads the
// library at the first call, with the types of its own header.
#pragma once

// The function of that name, as a pointer of its type.
#define LATE(library, name) ((__typeof__(&(name))) late_symbol(library, #name))

// Ends the process when it is not there: the installation is broken.
void *late_symbol(const char *library, const char *name);
