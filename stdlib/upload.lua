-- SPDX-License-Identifier: MIT
--
-- A local file that is too large for a script, onto a host: staged in the project's
-- folder there under the name of its SHA-256, from where a step moves it to its place. A
-- part that arrived before a connection broke is gone on with; what arrived is checked as
-- a whole.
local digest = require "digest"
local fault = require "fault"
local settings = require "settings"
local shell = require "shell"

local upload = {}

-- Pipes that a cut-off run left are opened once, so that who waits there ends.
local prepare = [[
umask 077; u=@FOLDER/uploads; mkdir -p "$u" && cd "$u" || exit 1
find . -type f -mtime +7 -exec rm -f {} +
for l in pipe.*; do
  [ ! -p "$l/pipe" ] || : <>"$l/pipe"
  [ ! -L "$l" ] || rm -rf "$(readlink "$l")" "$l"
done
[ ! -f @SUM ] || { echo there; exit; }
d=$(mktemp -d /tmp/pipster.XXXXXX) && chmod 711 "$d" && mkfifo -m 600 "$d/pipe" &&
  chown @LOGIN "$d/pipe" && ln -s "$d" pipe.@NONCE || exit 1
size=0; [ ! -f @SUM.part ] || size=$(wc -c <@SUM.part)
echo "pipe $d/pipe $size"
]]

-- The pipe's both ends are open when the first line is done.
local receive = [[
exec 3<@PIPE
cd @FOLDER/uploads || exit 1
rm -rf @DIR pipe.@NONCE
umask 077
cat <&3 >>@SUM.part || exit 1
exec 3<&-
size=$(wc -c <@SUM.part); sum=$(sha256sum <@SUM.part); sum=${sum%% *}
if [ "$sum" = @SUM ]; then sync @SUM.part 2>/dev/null; mv -f @SUM.part @SUM; exit; fi
[ "$size" -lt @SIZE ] || rm -f @SUM.part
echo "$size of @SIZE bytes arrived, with the SHA-256 $sum" >&2; exit 1
]]

local function filled(text, words)
  words.FOLDER = shell.quote("/var/lib/pipster/" .. settings.project_id)
  return (text:gsub("@(%u+)", words))
end

local function failed(path, host, result)
  fault(path .. " did not arrive on host/" .. host, {
    why = (result.errors .. result.output):sub(-600),
    next = "see that the file does not change meanwhile and that there is room in"
      .. " /var/lib/pipster on the host, then run again: what arrived is kept",
  })
end

-- Where the file is on the host now.
function upload.path(sum)
  return "/var/lib/pipster/" .. settings.project_id .. "/uploads/" .. sum
end

-- session: of session.open; host: its name, for messages. Answers the path there, the
-- SHA-256 and the size. A file that is there already is not sent again.
function upload.stage(session, path, host)
  local sum, size = digest.file(path)
  local words = { SUM = sum, SIZE = tostring(size), LOGIN = shell.quote(session.login),
    NONCE = sum:sub(1, 16) }
  local ready = session:run(filled(prepare, words))
  local pipe, offset = ready.output:match("pipe (%S+) +(%d+)")
  if ready.output:find("^there") then return upload.path(sum), sum, size end
  if not pipe then failed(path, host, ready) end
  words.PIPE, words.DIR = pipe, pipe:match("^(.*)/pipe$")
  local result = session:upload { path = path, pipe = pipe, offset = tonumber(offset),
    receive = filled(receive, words), timeout = 600 + size // 1000000 }
  if result.status ~= 0 then failed(path, host, result) end
  return upload.path(sum), sum, size
end

return upload
