-- SPDX-License-Identifier: MIT
--
-- Cases of things whose files are in /etc: made, then /etc is spoilt (harness/disks.lua);
-- to change them, to remove them and to make them anew fails, and /etc is as it was. A
-- thing is type, name, first, second (what is wanted of it); why: what is told instead of
-- what the kernel says; stays: it is there from the beginning to the end.
local fakes, wanted, disks = ...
local etc = {}

local function must(bed, text)
  local result = bed.run(text)
  assert(result.status == 0, text .. ": " .. result.output .. result.errors)
end

-- have, want: which of the two, or nil. Calls `judge` with each thing, outcome and fault.
local function apply(bed, list, have, want, judge)
  local steps, taken = {}, {}
  for _, thing in ipairs(list) do
    if have and want or not thing.stays or want == 3 and not have then
      taken[#taken + 1] = thing
      steps[#taken] = { thing[1], thing[2], want = want and thing[want], keep_going = true,
        have = have and wanted.declare(fakes.type(thing[1]), thing[have], thing[2]) }
    end
  end
  local words, results = bed.apply(steps)
  local index = 0
  for word in words:gmatch "%S+" do
    index = index + 1
    judge(taken[index][1], word, tostring(results[index].fault), taken[index])
  end
end

local function done(name, word, why) assert(word == "done", name .. ": " .. why) end

-- None of it comes about, and nothing in /etc is another.
local function fails(bed, list, have, want, state)
  local before = disks.snapshot(bed, "/etc")
  apply(bed, list, have, want, function(name, word, why, thing)
    assert(word == "failed", name .. ": it was " .. word)
    assert(why:find(state.why) or thing.why and why:find(thing.why), name
      .. " failed otherwise: " .. why)
  end)
  disks.assert_same(before, disks.snapshot(bed, "/etc"))
end

-- What happens to /etc meanwhile is undone, whatever comes of it.
local function while_spoilt(bed, state, run)
  must(bed, state.spoil)
  local held, problem = pcall(run)
  must(bed, disks.etc_mended)
  assert(held, problem)
end

-- At the end /etc can be written again.
etc.while_spoilt = while_spoilt

local function life(bed, list, state)
  apply(bed, list, nil, 3, done)
  while_spoilt(bed, state, function()
    fails(bed, list, 3, 4, state)
    if state == disks.etc_read_only then fails(bed, list, 3, nil, state) end
  end)
  for _, thing in ipairs(list) do
    disks.seen_as(bed, { type = thing[1], name = thing[2] }, thing[3])
  end
  apply(bed, list, 3, nil, done)
  while_spoilt(bed, state, function() fails(bed, list, nil, 4, state) end)
end

-- name: of the case. The things are one batch.
function etc.case(name, things, state)
  return { type = name, what = state.what, run = function(bed)
    life(bed, things, state)
  end }
end

return etc
