-- SPDX-License-Identifier: MIT
--
-- A checkout of a git repository. Local edits are seen, and never thrown away without
-- being said: files that git does not track stay. Git runs as the owner of the files.
local attribute = require "attribute"
local scripts = require "host_git"
local shell = require "shell"
local type = require "type"

local function found_of(item, commit, words)
  local want = item.want or item.recorded
  return {
    path = want.path, repository = words.url, owner = words.owner,
    clean = words.edits == "0", commit = commit,
    revision = words.wanted == commit and words.revision or commit,
  }
end

return type {
  name = "git",
  doc = "A checkout of a git repository at a branch, tag or commit. Fetched when it is"
    .. " made or "
    .. "when `revision` changes; a branch is not followed behind your back.",
  on_host = true,
  attributes = {
    path = attribute.string { fixed = true,
      doc = "where; the resource's name when left out" },
    repository = attribute.string { required = true, doc = "URL" },
    revision = attribute.string { default = "main", doc = "branch, tag or commit" },
    owner = attribute.string { default = "root", doc = "who owns the files" },
    clean = attribute.bool { default = true, doc = "no tracked file was edited" },
    commit = attribute.string { computed = true, doc = "what is checked out" },
  },
  example = [[
host:git "/opt/pipster/identity" {
  repository = "https://github.com/pipster/identity.git",
}]],
  shorthand = function(declared, name)
    if name and declared.path == nil then declared.path = name end
    shell.check_path(declared.path)
    return declared
  end,

  probe = function(items)
    local lines = { scripts.probe_function() }
    for index, item in ipairs(items) do
      lines[index + 1] = "probe_git " .. index .. " "
        .. shell.quote((item.want or item.recorded).path)
    end
    return table.concat(lines, "\n")
  end,
  -- An empty repository, and a checkout that was cut off, are none.
  read = function(items, output)
    local results, index, words = {}, nil, nil
    for line in shell.lines(output) do
      local word, rest = line:match("^(%l+) ?(.*)$")
      if word == "git" then
        index, words = tonumber(rest), {}
      elseif word == "done" and words and items[index] then
        local commit = words.head:match("^%x+$")
        if commit then results[index] = found_of(items[index], commit, words) end
        words = nil
      elseif word and words then
        words[word] = rest
      end
    end
    return results
  end,
  commands = function(have, want)
    if not want then
      return { { "nothing: " .. have.path .. " stays, it may hold data", "true" } }
    end
    return {
      { "apt-get install git", scripts.ensure() },
      { "git fetch " .. want.repository .. " " .. want.revision, scripts.checkout(want) },
    }
  end,
  preview = function(change)
    local have = change.have
    if change.action ~= "update" or not have then return {} end
    return {
      unsettled = { "commit" },
      data = have.clean == false and "edits made by hand in " .. have.path
        .. " are overwritten"
        or nil,
    }
  end,
}
