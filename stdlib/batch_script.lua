-- SPDX-License-Identifier: MIT
--
-- The shell text of a batch. Marker lines tell the parts of its answer apart:
--   NONCE section K          what follows belongs to part K of a probe
--   NONCE begin|end|skip I [STATUS]   step I, or handler hI
--   NONCE needless I         step I found that nothing was to be done
--   NONCE probe I, probed I  between them is what the probe of step I found
--   NONCE over I             step I took too long, and is being ended
--   NONCE armed              the dead man's switch is armed
--   NONCE undone [TOKEN …]   the change was turned back
--   NONCE confirmed          it was not, and will not be
--   NONCE locked …           the host is being changed by another
--   NONCE unwritable …       nothing can be kept there: no lock, so nothing was begun
local lock = require "batch_lock"
local shell = require "shell"
local switch = require "batch_switch"
local timeout = require "batch_timeout"

local script = {}

script.folder = switch.folder

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

-- What is put on the host is listed there, and what became of each step. A list that
-- cannot be written whole stays as it was, and fails the step.
local notes = [[
note() { printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*" >> "$folder/steps.log"; }
keep() {
  [ "$1" != update ] || return 0
  { { [ ! -e "$folder/manifest" ] || grep -vxF -e "$2" "$folder/manifest" ||
      [ $? = 1 ]; } && { [ "$1" = delete ] || printf '%s\n' "$2"; }
  } 2>&1 > "$folder/.manifest" && mv -f "$folder/.manifest" "$folder/manifest" && return
  rm -f "$folder/.manifest"
  echo "it was done, and cannot be listed in $folder/manifest"; return 1
}
needless() { mark needless "$step"; true > "$folder/.needless" || true; }
idle() {
  [ -e "$folder/.needless" ] || return 0
  rm -f "$folder/.needless"; eval "idle_$1=idle"
}
umask 022
stopped=
idle of_a_run_that_was_killed
]]

-- Every command in braces, the next only after the last succeeded. Those of a risky step
-- that change nothing yet (`unarmed`) come before the switch is armed.
local function commands_text(commands, arms)
  local lines = {}
  for _, command in ipairs(commands) do
    if arms and not command.unarmed then
      lines[#lines + 1] = "arm_switch || exit\n"
      arms = false
    end
    lines[#lines + 1] = "{ " .. command[2] .. "\n} || exit\n"
  end
  return shell.join(lines, "")
end

-- What the probe of step I finds.
function script.probed(index, probe)
  return "mark probe " .. index .. "\n( " .. probe .. "\n:\n) 2>/dev/null\nmark probed "
    .. index .. "\n"
end

local function step_text(index, step)
  local name, label = shell.quote(step.address), tostring(step.label)
  local status = "$status_" .. index
  -- What was there before us is changed, and still none of ours.
  local verb = step.action == "create" and "add" or step.action
  local commands = shell.join(timeout.wrap(commands_text(step.commands, step.arms),
    step, index), "")
  return shell.join({
    "if [ -z \"$stopped\" ]; then\n",
    "note begin ", label, " ", name, "; mark begin ", index, "\n",
    "step=", index, "; ", commands,
    "idle ", index, "\n",
    "note end ", label, " ", name, " ", status, "\n",
    "[ ", status, " != 0 ] || keep ", verb, " ", name, " || status_", index, "=1\n",
    step.keep_going and "" or "[ " .. status .. " = 0 ] || stopped=1\n",
    "mark end ", index, " ", status, "\n",
    script.probed(index, step.probe),
    "else status_", index, "=skipped; mark skip ", index, "; fi\n",
  }, "")
end

-- A handler runs once, when at least one of its causes changed something (or it is owed
-- from before and has no cause here).
local function handler_text(index, handler)
  local conditions = {}
  for _, cause in ipairs(handler.causes) do
    conditions[#conditions + 1] = ("[ \"$status_%d$idle_%d\" = 0 ]"):format(cause, cause)
  end
  local condition = #conditions == 0 and "true" or table.concat(conditions, " || ")
  return shell.join({
    "if ", condition, "; then mark begin h", index, "\n",
    "( ", handler.script, "\n) 2>&1; mark end h", index, " $?\n",
    "else mark skip h", index, "; fi\n",
  }, "")
end

local function last_cause(handler)
  local last = handler.after or 0
  for _, cause in ipairs(handler.causes) do last = math.max(last, cause) end
  return last
end

local function all_probed(steps)
  local lines = {}
  for index, step in ipairs(steps) do lines[index] = script.probed(index, step.probe) end
  return shell.join(lines, "")
end

-- steps: {address, label, action, commands, probe, keep_going, arms}; handlers: {script,
-- causes (indexes of steps), after (a step that it waits for too, or nil)}, each run
-- right after the last of these; also.armed: what switch.functions takes, or nil;
-- also.last: shell text or nil, which runs at the end unless a step failed.
function script.change(nonce, steps, handlers, also)
  local armed, last = also.armed, also.last
  local lines = { head(nonce), lock.take(), switch.clear_stale(), notes,
    timeout.functions, armed and switch.functions(armed) or "" }
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
  if last then lines[#lines + 1] = "[ -n \"$stopped\" ] || { " .. last .. "; }\n" end
  if armed then
    lines[#lines + 1] = switch.settle(armed.token, #steps, all_probed(steps))
  end
  lines[#lines + 1] = "mark section end\n"
  return shell.join(lines, "")
end

-- Over a fresh connection: the change of this token is kept, or was turned back, and what
-- is there now.
function script.confirm(nonce, steps, token)
  return head(nonce) .. switch.confirm(token) .. all_probed(steps) .. "mark section end\n"
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
