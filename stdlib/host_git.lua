-- SPDX-License-Identifier: MIT
--
-- The shell of stdlib/host/git.lua. What was asked for stands in the checkout's own
-- configuration, what was fetched for it at refs/pipster/wanted.
local apt = require "apt"
local settings = require "settings"
local shell = require "shell"

local scripts = {}

-- A base instead of a public one (a lab's), without changing what the playbook says.
local function instead()
  if not settings.git_base then return "" end
  return " -c " .. shell.quote("url." .. settings.git_base
    .. ".insteadOf=https://github.com/")
end

function scripts.probe_function()
  return [[
probe_git() {
  [ -d "$2/.git" ] && cd "$2" || return 0
  g() { GIT_OPTIONAL_LOCKS=0 git -c "safe.directory=*" "$@" 2>/dev/null; }
  printf 'git %s\nhead %s\n' "$1" "$(g rev-parse -q --verify HEAD)"
  printf 'url %s\n' "$(g config remote.origin.url)"
  printf 'revision %s\n' "$(g config pipster.revision)"
  printf 'owner %s\n' "$(stat -c %U .)"
  printf 'edits %s\n' "$(g status --porcelain --untracked-files=no | wc -l | tr -d ' ')"
  printf 'wanted %s\ndone\n' "$(g rev-parse -q --verify refs/pipster/wanted^{commit})"
}]]
end

function scripts.ensure()
  return apt.ensure("git", { "git", "ca-certificates" })
end

-- Files are given over to the owner as far as git knows them: what others put there keeps
-- its owner. Locks of a git that was killed are cleared away: this host's lock is ours.
local prepare = [[
export GIT_TERMINAL_PROMPT=0
g() {
  HOME=$home XDG_CONFIG_HOME= runuser -u "$owner" -- git -c advice.detachedHead=false \
    -c "safe.directory=*" "$@"
}
home=$(getent passwd "$owner" | cut -d: -f6)
[ -n "$home" ] || { echo "there is no user $owner"; exit 1; }
if [ -d "$path" ] && [ ! -d "$path/.git" ] && [ -n "$(ls -A "$path")" ]; then
  echo "$path is not empty, and is no checkout"; exit 1
fi
install -d -o "$owner" -g "$(id -gn "$owner")" "$path" && cd "$path" || exit 1
if [ -d .git ]; then
  rm -f .git/index.lock .git/HEAD.lock .git/config.lock .git/shallow.lock
  [ "$(stat -c %U .git)" = "$owner" ] || chown -R "$owner:" .git || exit 1
fi
give_over() {
  for tree in HEAD refs/pipster/wanted; do
    { g ls-tree -rz --name-only $tree; g ls-tree -rdz --name-only $tree; } 2>/dev/null |
      xargs -0 -r chown -h "$owner:" 2>/dev/null
  done
  true
}
g init -q . || exit 1
]]

-- What cannot be fetched is told in one line: from where, as whom, and what git says. A
-- server that sends nothing any more, or asks for a password, is not waited for.
local fetch = [[
[ -n "$(g config core.sshCommand)" ] ||
  export GIT_SSH_COMMAND='ssh -o BatchMode=yes -o ConnectTimeout=20'
said=$(g@INSTEAD -c http.lowSpeedLimit=1 -c http.lowSpeedTime=60 fetch -q \
  --no-write-fetch-head "$url" "+$revision:refs/pipster/wanted" 2>&1) || {
  echo "$url at $revision cannot be fetched as $owner: $(printf %s "$said" |
    tr -s '\n' ' ' | tail -c 500)"
  exit 1
}
]]

function scripts.checkout(want)
  return "path=" .. shell.quote(want.path) .. " owner=" .. shell.quote(want.owner)
    .. " url=" .. shell.quote(want.repository) .. " revision="
    .. shell.quote(want.revision) .. "\n" .. prepare
    .. fetch:gsub("@INSTEAD", (instead():gsub("%%", "%%%%")))
    .. "g config remote.origin.url \"$url\" && g config remote.origin.fetch"
    .. " '+refs/heads/*:refs/remotes/origin/*' &&\n"
    .. "give_over &&\ng checkout -q -f --detach refs/pipster/wanted &&"
    .. " g config pipster.revision \"$revision\""
end

return scripts
