// SPDX-License-Identifier: MIT
//
// `pipster cost --at BOOK`: which book it is, and the exchange rate that it brings.
#pragma once

#include "command/workbench.h"

// *told: "the roadmap's own figures in euro, of 2025-01-05". From now on the engine
// converts at the book's own rate, where it has one.
bool cost_book_open(struct workbench *bench, const char **told,
                    struct fault *fault) FAULT_CHECKED;

// `--at cached` is no book: the vendor's list as it was last read. Without one: a fault.
#define COST_BOOK_CACHED "cached"
bool cost_book_cached(struct workbench *bench, const char **told,
                      struct fault *fault) FAULT_CHECKED;
