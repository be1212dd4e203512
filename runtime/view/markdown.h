// SPDX-License-Identifier: MIT
//
// Text as Markdown that GitHub, GitLab and the like show: what the world says stands in
// it as it is, and is never a heading, a link, a mention or markup.
#pragma once

#include "base/arena.h"

// One line: what ends one is a blank.
const char *markdown_plain(struct arena *arena, const char *text);
// The same between backticks.
const char *markdown_code(struct arena *arena, const char *text);
