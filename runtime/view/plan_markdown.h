// SPDX-License-Identifier: MIT
//
// A plan for those who read it in a browser: as Markdown, and as annotations at the lines
// of what it changes.
#pragma once

#include "engine/plan.h"
#include "view/terminal.h"

void plan_markdown_print(const struct terminal *terminal, const struct plan *plan);
void plan_markdown_annotate(const struct terminal *terminal, const struct plan *plan);
