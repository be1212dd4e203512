-- SPDX-License-Identifier: MIT
-- What stdlib/batch.lua promises, on a real host.
local folder = "/var/lib/pipster/feedc0de"

local function same(what, expected, found)
  if expected ~= found then
    error(("%s: expected '%s', got '%s'"):format(what, expected, tostring(found)), 0)
  end
end

local function touch(name, more)
  local thing = { "command", name, want = { run = "echo " .. name .. " >> /run/order",
    creates = "/run/never-" .. name, } }
  thing.want.run = thing.want.run .. "; touch /run/never-" .. name
  for key, value in pairs(more or {}) do thing[key] = value end
  return thing
end

local function fails(name, more)
  local thing = touch(name, more)
  thing.want.run = "echo because of that >&2; exit 3"
  return thing
end

local function clean(bed)
  bed.run("rm -rf /run/never-* /run/order " .. folder)
end

local function order_of(bed)
  return (bed.run("cat /run/order 2>/dev/null").output:gsub("\n", " "))
end

return {
  { type = "batch",
    what = "a failed step stops the later ones, and is told with its words",
    run = function(bed)
      clean(bed)
      local outcomes, results, _, begun = bed.apply { touch "a", fails "b", touch "c" }
      same("outcomes", "done failed skipped", outcomes)
      same("why", "because of that", results[2].fault.why)
      same("what ran", "a ", order_of(bed))
      same("what was told to begin", "1 2", begun)
      same("manifest", "bed:command/a\n", bed.run("cat " .. folder .. "/manifest").output)
    end },
  { type = "batch", what = "keep_going lets the later ones go on",
    run = function(bed)
      clean(bed)
      same("outcomes", "failed done", (bed.apply { fails("b", { keep_going = true }),
        touch "c" }))
    end },
  { type = "batch",
    what = "a handler runs once, after its last cause, and only when one was done",
    run = function(bed)
      clean(bed)
      local handlers = {
        { name = "both", script = "echo both >> /run/order", causes = { 1, 2 } },
        { name = "none", script = "echo none >> /run/order", causes = { 4 } },
        { name = "owed", script = "echo owed >> /run/order", causes = {} },
        { name = "bad", script = "echo sorry; false", causes = { 1 } },
      }
      local outcomes, _, ran = bed.apply({ touch "a", touch "b", fails "c", touch "d" },
        handlers)
      same("outcomes", "done done failed skipped", outcomes)
      same("order", "owed a b both ", order_of(bed))
      same("ran", "true false true false", ("%s %s %s %s"):format(ran[1].done,
        ran[2].done,
        ran[3].done, ran[4].done))
      same("why the bad one failed", "sorry\n", ran[4].fault.why)
    end },
  { type = "batch",
    what = "a handler behind removals waits for the last; one whose cause did nothing rests",
    run = function(bed)
      clean(bed)
      bed.run("mkdir -p " .. folder .. "; touch " .. folder .. "/.needless")
      local handlers = {
        { name = "after", script = "echo after >> /run/order", causes = { 1 }, after = 2 },
        { name = "idle", script = "echo idle >> /run/order", causes = { 3 } },
        { name = "some", script = "echo some >> /run/order", causes = { 1, 3 } },
      }
      local outcomes, results, ran = bed.apply({ touch "a", touch "b", touch "a" }, handlers)
      same("outcomes", "done done done", outcomes)
      same("changed", "true true false", ("%s %s %s"):format(results[1].changed,
        results[2].changed, results[3].changed))
      same("order", "a b after some ", order_of(bed))
      same("ran", "true false true", ("%s %s %s"):format(ran[1].done, ran[2].done,
        ran[3].done))
      same("left", "", bed.run("ls -A " .. folder .. " | grep needless").output)
    end },
  { type = "batch",
    what = "a file that is edited right before its removal stays, and its handler rests",
    run = function(bed)
      clean(bed)
      local path = "/etc/pipster-edited.conf"
      local _, made = bed.apply { { "file", path, want = { content = "ours\n" } } }
      bed.run("echo mine >> " .. path)
      local gone = { "file", path, have = made[1].found }
      local handlers = { { name = "h", script = "echo h >> /run/order", causes = { 1 } } }
      local outcomes, results, ran = bed.apply({ gone }, handlers)
      same("what came of it", "done false false", ("%s %s %s"):format(outcomes,
        results[1].changed, ran[1].done))
      same("the file", "ours\nmine\n", bed.run("cat " .. path .. "; rm " .. path).output)
      bed.apply { { "file", path, want = { content = "ours\n" } } }
      outcomes, results, ran = bed.apply({ gone }, handlers)
      same("as it was written", "done true true", ("%s %s %s"):format(outcomes,
        results[1].changed, ran[1].done))
      same("order", "h ", order_of(bed))
    end },
  { type = "batch", what = "packages that follow each other are one call of apt",
    run = function(bed)
      bed.run("dpkg --purge tree sl jq; rm -f /var/log/apt/history.log")
      local things = {}
      for _, name in ipairs { "tree", "no-such-package", "sl", "jq" } do
        things[#things + 1] = { "package", name, want = {}, keep_going = true }
      end
      same("one is unknown", "done failed done done", (bed.apply(things)))
      bed.run("dpkg --purge tree sl jq; rm -f /var/log/apt/history.log")
      table.remove(things, 2)
      same("outcomes", "done done done", (bed.apply(things)))
      same("calls", "1\n",
        bed.run("grep -c ^Commandline: /var/log/apt/history.log").output)
    end },
  { type = "batch",
    what = "the lock of a process that is gone is passed over, and none is left",
    run = function(bed)
      clean(bed)
      bed.run("mkdir -p " .. folder
        .. "; echo 1 1 $(cat /proc/sys/kernel/random/boot_id) run 7 > "
        .. folder .. "/lock")
      same("outcome", "done", (bed.apply { touch "a" }))
      bed.run("echo 1 $(sed 's/.*) //' /proc/1/stat | cut -d' ' -f20) an-earlier-boot"
        .. " run 7 > "
        .. folder .. "/lock; rm -f /run/never-*")
      same("outcome", "done", (bed.apply { touch "a" }))
      same("locks", "", bed.run("ls -A " .. folder .. " | grep lock").output)
    end },
  { type = "batch", what = "the lock of one that runs is waited for",
    run = function(bed)
      clean(bed)
      bed.run("mkdir -p " .. folder
        .. "; setsid sh -c 'echo $$ $(sed \"s/.*) //\" /proc/$$/stat |"
        .. " cut -d\" \" -f20) $(cat /proc/sys/kernel/random/boot_id) run 7 > " .. folder
        .. "/lock; sleep 3; echo other >> /run/order' >/dev/null 2>&1 &\n"
        .. "until [ -s " .. folder .. "/lock ]; do sleep 0.05; done")
      same("outcome", "done", (bed.apply { touch "a" }))
      same("order", "other a ", order_of(bed))
    end },
}
