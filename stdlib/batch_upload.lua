-- SPDX-License-Identifier: MIT
--
-- What steps of a batch need of the project's files goes up before its script, each file
-- once. One that did not arrive fails the steps that need it, and no others.
local fault = require "fault"
local project = require "project"
local shell = require "shell"
local upload = require "upload"

local uploads = {}

local function stage(session, path, host)
  local ok, there, sum = pcall(function()
    return upload.stage(session, project.path(path), host.name)
  end)
  if ok then return { path = there, sum = sum } end
  if fault.is(there) and there.kind == "unreachable" then error(there, 0) end
  return { fault = there }
end

-- steps as batch.apply has them. Answers, by the path in the
-- project, { path (on the host), sum } or { fault }.
function uploads.stage(steps, host, session)
  local staged = {}
  for _, step in ipairs(steps) do
    local file = step.want and step.type.uploads and step.type.uploads(step.want)
    if file and not staged[file.path] then
      staged[file.path] = stage(session, file.path, host)
    end
  end
  return staged
end

-- Shell text that takes away what is in its place by now; nil where nothing was sent.
function uploads.tidy(staged)
  local words = { "rm", "-f", "--" }
  for _, file in pairs(staged) do words[#words + 1] = file.path end
  return #words > 3 and shell.words(words) or nil
end

return uploads
