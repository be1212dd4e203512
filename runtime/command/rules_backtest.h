// SPDX-License-Identifier: MIT
//
// pipster rules backtest HISTORY [PLAYBOOK]: what would have been done when.
#pragma once

#include "command/options.h"

// The words behind "backtest". The fault that is set is the caller's to show.
int rules_backtest(const struct options *options, struct fault *fault);
