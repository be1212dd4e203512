-- SPDX-License-Identifier: MIT
-- luacheck stdlib tests playbooks

std = "lua54"
max_line_length = 90
codes = true

-- The stdlib runs in an environment of its own: no io, os, load; `declare` in methods.
files["stdlib"] = {
  read_globals = { "declare" },
  not_globals = {
    "io", "os", "load", "loadfile", "dofile", "debug", "package", "collectgarbage",
    "coroutine",
  },
}

-- A playbook has these words and nothing else.
local playbook = {
  read_globals = {
    "phase", "input", "output", "text", "value", "secret", "include", "guard", "stage",
    "tip", "append", "clock", "host", "manual", "review", "rule",
  },
  not_globals = {
    "io", "os", "load", "loadfile", "dofile", "debug", "package", "collectgarbage",
    "coroutine",
  },
}
files["playbooks"] = playbook
files["examples"] = playbook
files["**/pipster.lua"] = playbook

-- The harness puts the modules of a case behind require.
files["tests/types"] = { globals = { "declare" } }
