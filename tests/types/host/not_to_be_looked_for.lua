-- SPDX-License-Identifier: MIT
-- Of all things of a type on a host, the one that cannot be looked for is named.
return {
  { what = "a path that is known later", run = function(_, steps)
    local fakes = require "tests.types.harness.host_fakes"
    fakes.install {
      settings = { project_id = "p", ssh = {}, endpoints = {}, host_driver = "own" },
      run = function() error("the host is not asked", 0) end,
    }
    local kind, items = fakes.type("archive"), {}
    for index, creates in ipairs { "bin", fakes.box("reference"), "lib" } do
      items[index] = { type = kind, address = "app:archive/" .. index, name = "x",
        want = { path = "/opt/x", creates = creates } }
    end
    local ok, problem = pcall(require("batch").observe,
      { name = "app", address = "192.0.2.1" }, items)
    steps.same("refused", false, ok)
    steps.same("which one", "app:archive/2 cannot be looked for",
      tostring(problem.what):match("^(.-):%s"))
  end },
}
