-- SPDX-License-Identifier: MIT
--
-- What restarts = and reloads = of a declaration owe: one handler a unit, which does
-- nothing to one that does not run. Handlers of one name run once in a batch.
local shell = require "shell"

local handler = {}

-- A unit that is not there yet is started by what makes it; one whose file was changed
-- is read first; one that fails says why.
local script = [[
u=@UNIT
if [ "$(systemctl show -p LoadState --value -- "$u")" = not-found ]; then
  echo "there is no $u yet"; exit 0
fi
[ "$(systemctl show -p NeedDaemonReload --value -- "$u")" != yes ] ||
  systemctl daemon-reload
systemctl @VERB -- "$u" || {
  echo "$u did not come back; what it said last:"
  journalctl -q --no-pager -o cat -n 15 -u "$u" 2>/dev/null; false; }]]

local function owed(unit, word, verb)
  local filled = { UNIT = shell.quote(unit), VERB = verb }
  return { name = word .. " " .. unit, script = (script:gsub("@(%u+)", filled)) }
end

-- Adds them to the list of { name, script }.
function handler.add(list, restarts, reloads)
  for _, unit in ipairs(reloads or {}) do
    list[#list + 1] = owed(unit, "reload", "try-reload-or-restart")
  end
  for _, unit in ipairs(restarts or {}) do
    list[#list + 1] = owed(unit, "restart", "try-restart")
  end
  return list
end

-- What handlers of these units are called, with and without the suffix that goes unsaid.
function handler.names(units)
  local names = {}
  for _, unit in ipairs(units) do
    for _, name in ipairs { unit, (unit:gsub("%.service$", "")) } do
      names[#names + 1] = "restart " .. name
      names[#names + 1] = "reload " .. name
    end
  end
  return names
end

return handler
