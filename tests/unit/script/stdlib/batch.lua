-- SPDX-License-Identifier: MIT
-- Hosts for tests: what is put on one is there.
local batch, kept = {}, {}

function batch.observe(host, items)
  local results = {}
  for index, item in ipairs(items) do
    assert(item.type.name == "package" and host.name == "app")
    assert(host.address == "192.0.2.1")
    results[index] = kept[item.name]
  end
  return results
end

function batch.apply(_, steps, handlers)
  local results, ran = {}, {}
  for index, step in ipairs(steps) do
    step.begin()
    step.line("doing " .. step.name)
    kept[step.name] = step.want
    results[index] = { outcome = "done", found = step.want, changed = true }
    step.ended(results[index])
  end
  for index, handler in ipairs(handlers) do
    ran[index] = { done = #handler.causes == 1 }
  end
  return results, ran
end

return batch
