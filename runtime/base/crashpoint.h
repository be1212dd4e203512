// SPDX-License-Identifier: MIT
//
// Named points at which a test may kill this process for real: PIPSTER_CRASH_AT=NAME
// or NAME:K (the K-th time it is reached, from 1) ends it by SIGKILL there. The name is
// first appended to the file in PIPSTER_CRASH_LOG, so that a test knows the point was
// reached. PIPSTER_CRASH_LOG alone kills nothing and lists every point as it is reached.
// Without the variables a point costs two look-ups.
#pragma once

void crashpoint(const char *name);
