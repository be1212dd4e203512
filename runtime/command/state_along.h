// SPDX-License-Identifier: MIT
//
// The state's export goes along with the backups that ask for it: after a run it is put
// beside their dumps, and so to where their copies go.
#pragma once

#include "command/workbench.h"

// Sends it to each backup that has not got this very state. What cannot be sent is told
// as a warning and fails nothing: the next run makes up for it.
void state_along_send(struct workbench *bench);
