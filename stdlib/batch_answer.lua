-- SPDX-License-Identifier: MIT
--
-- What a change script said, line by line as it comes: who began and ended is told at
-- once, and what was heard until a connection broke counts.
local crash = require "crash"
local fault = require "fault"
local script = require "batch_script"
local kind_of = type

local answer = {}

local tail_lines = 20

local function remember(tail, line)
  tail[#tail + 1] = line
  if #tail > tail_lines then table.remove(tail, 1) end
end

-- steps as batch.apply has them. Answers { line = function, text = function }.
function answer.listen(nonce, steps)
  local heard = { lines = {}, tails = {} }
  local current
  for index in ipairs(steps) do heard.tails[index] = {} end
  function heard.line(line)
    heard.lines[#heard.lines + 1] = line
    local words = line:sub(1, #nonce) == nonce and line:sub(#nonce + 2)
    if not words then
      if current and line ~= "" then
        remember(heard.tails[current], line)
        steps[current].line(line)
      end
      return
    end
    local verb, index = words:match("^(%l+) (%d+)")
    if verb == "begin" and steps[tonumber(index)] then
      current = tonumber(index)
      steps[current].begin()
      crash("host-begin")
    elseif verb == "end" then
      if current then steps[current].ended() end
      current = nil
      crash("host-step")
    end
  end
  function heard.text() return table.concat(heard.lines, "\n") .. "\n" end
  return heard
end

local function over_time(step, tail)
  local what = ("%s took longer than %d seconds"):format(step.address, step.timeout)
  return fault.new(what, {
    why = table.concat(tail, "\n"), where = step.where, code = "timeout",
    next = "what it ran was ended on the host; give it a longer timeout, or mend what "
      .. "keeps it, and run again",
  })
end

local function failure(step, status, tail)
  return fault.new(step.address .. " failed on the host", {
    why = table.concat(tail, "\n"), where = step.where, code = "status " .. status,
    next = "its commands ended with " .. status .. "; mend the cause and run again",
  })
end

-- What the probe found after the step decides.
function answer.judge(result, step, found)
  result.found = found
  local creates = step.want and step.want.creates
  if result.outcome == "done" and step.want and found == nil then
    result.outcome = "failed"
    result.fault = fault.new(step.address .. " was carried out, and is not there", {
      why = "every command succeeded, and still nothing like it was found"
        .. (kind_of(creates) == "string" and ": " .. creates or ""), where = step.where,
      next = "see on the host what its commands made of it, mend them, and run again" })
  end
end

local function read_handler(handlers, words, text)
  local index = tonumber(words[2]:match("^h(%d+)$"))
  if index and words[1] == "end" then
    local done = words[3] == "0"
    handlers[index] = { done = done, fault = not done
      and fault.new("a handler failed on the host", { why = text }) or nil }
  end
  return index ~= nil
end

-- ready[i].item is what step i's probe was made for. Answers the results of the steps
-- (nil: nothing was heard) and of the handlers.
function answer.read(nonce, heard, steps, ready, host)
  local results, handlers, handler_text = {}, {}, ""
  for _, part in ipairs(script.split(nonce, heard.text())) do
    local verb, status = part.words[1], part.words[3] or "no status"
    local index = tonumber((part.words[2] or ""):match("^%d+$"))
    -- A number that we never gave away is no answer of ours.
    if not steps[index] then index = nil end
    if verb == "begin" and not index then
      handler_text = part.text
    elseif part.words[2] and read_handler(handlers, part.words, handler_text) then
      handler_text = ""
    elseif verb == "skip" and index then
      results[index] = { outcome = "skipped" }
    elseif verb == "begin" and index then
      results[index] = { outcome = "uncertain" }
    elseif verb == "over" and index and results[index] then
      results[index].over = true
    elseif verb == "needless" and index and results[index] then
      results[index].needless = true
    elseif verb == "end" and index then
      local begun = results[index] or {}
      local fails = begun.over and over_time(steps[index], heard.tails[index])
        or failure(steps[index], status, heard.tails[index])
      results[index] = status == "0"
        and { outcome = "ended", changed = not begun.needless }
        or { outcome = "failed", fault = fails }
    elseif verb == "probe" and index and results[index] then
      results[index].text = part.text
    elseif verb == "probed" and index and results[index] and results[index].text then
      local result = results[index]
      if result.outcome == "ended" then result.outcome = "done" end
      answer.judge(result, steps[index], steps[index].type.read({ ready[index].item },
        result.text, host)[1])
      result.text = nil
    end
  end
  return results, handlers
end

return answer
