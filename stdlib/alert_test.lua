-- SPDX-License-Identifier: MIT
--
-- A test message to contacts of one host, for `pipster test alerts`: by the script that
-- alerts go by, so that what arrives shows that they do.
local remote = require "remote"
local sender = require "alert_sender"
local shell = require "shell"

local test = {}

local LONGEST = 75 -- seconds: what the sender takes at most, and some

local send = [[
mark() { printf '\n@CONTACT %s %s\n' "$1" "$2"; }
for contact do
  said=$(echo 'This message shows that alerts of this host arrive here.' |
    @SENDER "$contact" "pipster: test of the contact $contact on $(uname -n)" 2>&1)
  mark "$contact" $?
  printf '%s\n' "$said"
done]]

function test.script(names)
  return "set -- " .. shell.words(names) .. "\n" .. send:gsub("@SENDER", sender.path)
end

-- What came back, as a list of { contact, accepted, said }.
function test.read(output)
  local told = {}
  for line in shell.lines(output) do
    local contact, status = line:match("^@CONTACT (%S+) (%d+)$")
    local last = told[#told]
    if contact then
      told[#told + 1] = { contact = contact, accepted = status == "0", said = "" }
    elseif last and line ~= "" then
      last.said = last.said .. (last.said == "" and "" or " ") .. line
    end
  end
  return told
end

-- asked: { host, contacts = list of { host, contact } }
function test.run(asked)
  local names = {}
  for _, one in ipairs(asked.contacts) do
    if one.host == asked.host.name then names[#names + 1] = one.contact end
  end
  local result = remote.open(asked.host):run(test.script(names),
    { timeout = LONGEST * #names })
  require("session").close(asked.host)
  return { contacts = test.read(result.output) }
end

return test
