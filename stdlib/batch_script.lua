-- SPDX-License-Identifier: MIT
--
-- The shell text of a batch. Marker lines tell the parts of its answer apart:
--   NONCE section K          what follows belongs to part K of a probe
--   NONCE begin|end|skip I [STATUS]   step I, or handler hI
--   NONCE needless I         step I found that nothing was to be done
--   NONCE probe I, probed I  between them is what the probe of step I found
--   NONCE over I             step I took too long, and is being ended
--   NONCE locked …           the host is being changed by another
local lock = require "batch_lock"
local settings = require "settings"
local shell = require "shell"
local timeout = require "batch_timeout"

local script = {}

function script.folder()
  return "/var/lib/pipster/" .. settings.project_id
end

-- A marker line begins on a line of its own, whatever was printed before it.
local function head(nonce)
  return "mark() { printf '\\n%s %s\\n' " .. nonce .. " \"$*\"; }\nfolder="
    .. shell.quote(script.folder()) .. "\n"
end

-- parts: list of shell texts that only read.
function script.probe(nonce, parts)
  local lines = { head(nonce), lock.await() }
  for index, part in ipairs(parts) do
    lines[#lines + 1] = "mark section " .. index .. "\n( " .. part
      .. "\n:\n) 2>/dev/null\n"
  end
  lines[#lines + 1] = "mark section end\n"
  return shell.join(lines, "")
end

-- What is put on the host is listed there, and what became of each step.
local notes = [[
note() { printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*" >> "$folder/steps.log"; }
keep() {
  [ "$1" != update ] || return 0
  { [ ! -e "$folder/manifest" ] || grep -vxF -e "$2" "$folder/manifest"
    [ "$1" = delete ] || printf '%s\n' "$2"; } > "$folder/.manifest"
  mv -f "$folder/.manifest" "$folder/manifest"
}
needless() { mark needless "$step"; }
umask 022
stopped=
]]

-- Every command in braces, the next only after the last succeeded.
local function commands_text(commands)
  local lines = {}
  for _, command in ipairs(commands) do
    lines[#lines + 1] = "{ " .. command[2] .. "\n} || exit\n"
  end
  return shell.join(lines, "")
end

local function step_text(index, step)
  local name, label = shell.quote(step.address), tostring(step.label)
  local status = "$status_" .. index
  -- What was there before us is changed, and still none of ours.
  local verb = step.action == "create" and "add" or step.action
  local commands = shell.join(timeout.wrap(commands_text(step.commands), step, index), "")
  return shell.join({
    "if [ -z \"$stopped\" ]; then\n",
    "note begin ", label, " ", name, "; mark begin ", index, "\n",
    "step=", index, "; ", commands,
    "note end ", label, " ", name, " ", status, "\n",
    "if [ ", status, " = 0 ]; then keep ", verb, " ", name,
    step.keep_going and "; fi\n" or "; else stopped=1; fi\n",
    "mark end ", index, " ", status, "\n",
    "mark probe ", index, "\n( ", step.probe, "\n:\n) 2>/dev/null\nmark probed ", index,
      "\n",
    "else status_", index, "=skipped; mark skip ", index, "; fi\n",
  }, "")
end

-- A handler runs once, when at least one of its causes was carried out (or it is owed
-- from an earlier run and has no cause here).
local function handler_text(index, handler)
  local conditions = {}
  for _, cause in ipairs(handler.causes) do
    conditions[#conditions + 1] = "[ \"$status_" .. cause .. "\" = 0 ]"
  end
  local condition = #conditions == 0 and "true" or table.concat(conditions, " || ")
  return shell.join({
    "if ", condition, "; then mark begin h", index, "\n",
    "( ", handler.script, "\n) 2>&1; mark end h", index, " $?\n",
    "else mark skip h", index, "; fi\n",
  }, "")
end

local function last_cause(handler)
  local last = 0
  for _, cause in ipairs(handler.causes) do last = math.max(last, cause) end
  return last
end

-- steps: {address, label, action, commands, probe, keep_going}; handlers: {script, causes
-- (indexes of steps)}, each run right after the last of its causes.
function script.change(nonce, steps, handlers)
  local lines = { head(nonce), lock.take(), notes, timeout.functions }
  local function due(after)
    for index, handler in ipairs(handlers) do
      if last_cause(handler) == after then lines[#lines + 1] = handler_text(index,
        handler) end
    end
  end
  due(0)
  for index, step in ipairs(steps) do
    lines[#lines + 1] = step_text(index, step)
    due(index)
  end
  lines[#lines + 1] = "mark section end\n"
  return shell.join(lines, "")
end

-- The answer split at its markers: a list of {words, text}, text being what stood between
-- this marker and the next, without the line break that each marker brings along.
function script.split(nonce, output)
  local parts = {}
  local first, last = ("\n" .. output):find("\n" .. nonce .. " ", 1, true)
  last = last and last - 1
  while first do
    local line_end = output:find("\n", last, true) or #output + 1
    local words = {}
    for word in output:sub(last + 1,
      line_end - 1):gmatch("%S+") do words[#words + 1] = word end
    local position = line_end + 1
    first, last = output:find("\n" .. nonce .. " ", line_end, true)
    parts[#parts + 1] = { words = words, text = output:sub(position, (first
      or #output + 1) - 1) }
  end
  return parts
end

return script
