-- SPDX-License-Identifier: MIT
--
-- Pieces of shell for types that keep a part of a file that is somebody else's: its mode,
-- owner and all other lines stay, and it is never half written.
local shell = require "shell"

local text = {}

-- `edit`, shell text, writes the new file to fd 1 from the old one, $f; what it has to
-- say goes to fd 2. A link is followed; a file that is not there is begun (0644, root)
-- where `create` says so.
function text.rewrite(path, edit, create)
  return shell.join({
    "(",
    "f=$(readlink -f -- " .. shell.quote(path) .. ") && [ -n \"$f\" ] || f="
      .. shell.quote(path),
    't="$f.pipster-new.$$"; trap \'rm -f "$t"\' EXIT',
    create and '[ -e "$f" ] || ( umask 022; : > "$f" ) || exit 1'
      or '[ -e "$f" ] || { echo "$f is not there: create = true begins it"; exit 1; }',
    '[ -f "$f" ] || { echo "$f is no plain file"; exit 1; }',
    'cp --preserve=all -- "$f" "$t" || exit 1',
    -- It is cat that writes: a printf of the shell's does not say that the disk is full.
    'is=$({ { (',
    edit,
    '); echo $? >&3; } | cat > "$t" || echo 1 >&3; } 3>&1)',
    '[ "$is" = 0 ] && mv -fT "$t" "$f"',
    ")",
  }, "\n") .. "\n"
end

-- A pattern that grep does not understand ends the script with what it says of it.
function text.check(pattern)
  if not pattern then return ":" end
  return "grep -qE -e " .. shell.quote(pattern) .. " </dev/null; [ $? -lt 2 ] || exit 1"
end

-- Sets $n to the line that `text` goes behind, for a $f that has neither: after the last
-- line that matches want.after, before the first that matches want.before, else the end.
function text.place(want)
  local lines = { "n=" }
  if want.after then
    lines[#lines + 1] = "n=$(grep -anE -e " .. shell.quote(want.after)
      .. " \"$f\" | tail -n 1 | cut -d: -f1)"
  elseif want.before then
    lines[#lines + 1] = "n=$(grep -anE -e " .. shell.quote(want.before)
      .. " \"$f\" | head -n 1 | cut -d: -f1); [ -z \"$n\" ] || n=$((n - 1))"
  end
  lines[#lines + 1] = "[ -n \"$n\" ] || n=$(grep -ac '' \"$f\")"
  return table.concat(lines, "\n")
end

-- The first lines of $f up to $1, each with its line break; the rest from behind $1.
text.functions = [[
upto() {
  [ "$1" -gt 0 ] || return 0
  head -n "$1" "$f" || return 1
  [ "$1" -lt "$(grep -ac '' "$f")" ] || [ -z "$(tail -c 1 "$f")" ] || echo
}
behind() { tail -n "+$(($1 + 1))" "$f"; }
]]

return text
