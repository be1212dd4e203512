-- SPDX-License-Identifier: MIT
--
-- One line of /etc/fstab, known by its mount point (swap: by its file). All other lines
-- are copied as they are, and the file is renamed into place.
local shell = require "shell"

local fstab = {}

-- As fstab writes blanks.
function fstab.word(text)
  return (text:gsub("\\", "\\134"):gsub(" ", "\\040"):gsub("\t", "\\011"))
end

-- fstab_line COLUMN WORD prints the line; fstab_put COLUMN WORD [LINE] puts LINE in its
-- place (without LINE it goes), and keeps what stood there in $fstab_old.
fstab.functions = [[
export column word line
fstab_line() {
  column=$1 word=$2; [ -e /etc/fstab ] || return 0
  awk '!/^[ \t]*#/ && $ENVIRON["column"] == ENVIRON["word"] { print; exit }' /etc/fstab
}
fstab_put() {
  fstab_old=$(fstab_line "$1" "$2"); column=$1 word=$2 line=$3
  new=/etc/fstab.pipster-new; [ -e /etc/fstab ] || : > /etc/fstab
  awk 'BEGIN { line = ENVIRON["line"] }
    !/^[ \t]*#/ && $ENVIRON["column"] == ENVIRON["word"] {
      if (line != "" && !told) print line; told = 1; next }
    { print } END { if (line != "" && !told) print line }' /etc/fstab > "$new" &&
    chmod 644 "$new" && mv -fT "$new" /etc/fstab || { rm -f "$new"; return 1; }
  [ ! -d /run/systemd/system ] || systemctl daemon-reload
}
]]

-- The fields of a line, with blanks as they were meant.
function fstab.fields(line)
  local fields = {}
  for word in line:gmatch("%S+") do
    fields[#fields + 1] = word:gsub("\\(%d%d%d)", function(digits)
      return string.char(tonumber(digits, 8))
    end) .. ""
  end
  return fields
end

function fstab.line(fields)
  local words = {}
  for index, field in ipairs(fields) do words[index] = fstab.word(tostring(field)) end
  return table.concat(words, " ")
end

-- Shell text: puts the line of `fields` in place, `column` being what it is known by.
function fstab.put(column, word, fields)
  return shell.words { "fstab_put", column, fstab.word(word),
    fields and fstab.line(fields) or "" }
end

return fstab
