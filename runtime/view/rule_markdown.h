// SPDX-License-Identifier: MIT
//
// A rule for those who read it in a browser: as Markdown, and as an annotation at its
// line.
#pragma once

#include "view/rule_view.h"

void rule_markdown_print(const struct terminal *terminal, const struct rule_shown *shown);
// Of what is to be decided, or looked at; nothing of the others.
void rule_markdown_annotate(const struct terminal *terminal,
                            const struct rule_shown *shown);
