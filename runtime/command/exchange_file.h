// SPDX-License-Identifier: MIT
//
// The euro's reference rates as the European Central Bank publishes them: eurofxref.csv
// (one day) and eurofxref-hist.csv (every day, the newest first), fetched by hand or by
// a job of one's own.
#pragma once

#include "command/project.h"

// The newest day's rates, with its date, into the project. `path` is seen from its root.
bool exchange_file_read(struct project *project, struct arena *arena, const char *path,
                        struct fault *fault) FAULT_CHECKED;
// The same of the two lines, which are cut up.
bool exchange_file_take(struct project *project, struct arena *arena, char *head,
                        char *row, struct fault *fault) FAULT_CHECKED;
// "2026-09-29" of "29 September 2026" or "2026-09-29"; NULL for all else.
const char *exchange_file_date(struct arena *arena, const char *text);
