// SPDX-License-Identifier: MIT
//
// The few settings of the machine's kernel that hosts need; what they were is kept in
// DIRECTORY/kernel and put back.
#pragma once

#include <stdbool.h>

#include "base/fault.h"

bool kernel_prepare(const char *directory, struct fault *fault) FAULT_CHECKED;
void kernel_restore(const char *directory);
