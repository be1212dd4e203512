// SPDX-License-Identifier: MIT
//
// The variables by which a lab is plugged in: endpoints, token, resolver, roots.
#pragma once

#include "base/fault.h"

// Reads DIRECTORY/env (KEY=value lines) into this process's environment, over what is
// there: with
// --lab nothing may reach the real world.
bool lab_environment_load(const char *directory, struct fault *fault) FAULT_CHECKED;
