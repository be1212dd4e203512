-- SPDX-License-Identifier: MIT
-- Where the content of a file comes from: said, a file of the project, a template there.
local function load(files)
  local fakes = require "tests.types.harness.host_fakes"
  fakes.install { files = files,
    settings = { project_id = "p", ssh = {}, endpoints = {} } }
  local wanted = require "tests.types.harness.host_wanted"
  local kind = fakes.type "file"
  return kind, fakes, function(declared) return wanted.declare(kind, declared, "/f") end
end

local function refused(files, declared, what, where)
  return { what = what, run = function(_, steps)
    local _, _, declare = load(files)
    local ok, problem = pcall(declare, declared)
    assert(not ok and tostring(problem):find(what, 1, true), tostring(problem))
    steps.same("where", where, problem.where)
  end }
end

-- What a plan makes of a template: the content that is wanted.
local function content(files, declared)
  local kind, fakes, declare = load(files)
  local refined = kind.preview({ want = declare(declared) }).want.content
  return fakes.plain(refined), fakes.kind(refined), fakes
end

local nasty = "it's <\"x\">\n$y"

local templates = {
  { "none", "[it's <\"x\">\n$y]" }, { "shell", "['it'\\''s <\"x\">\n$y']" },
  { "json", "[\"it's <\\\"x\\\">\\n$y\"]" }, { "html", "[it's &lt;\"x\">\n$y]" },
}

local all = {
  refused({}, {}, "one of content, source and template"),
  refused({ a = "x" }, { content = "x", source = "a" }, "needs one of"),
  refused({ t = "a\nb {{who}}" }, { template = "t", escape = "none" },
    "{{who}} has no value", "t:2"),
  refused({ t = "\n\n{{who}}" }, { template = "t", values = { who = "x" } },
    "nothing says how {{who}}", "t:3"),
  refused({ t = "{{who|sql}}" }, { template = "t", values = { who = "x" } },
    "no escaping for \"sql\"", "t:1"),
  refused({ t = "x {{who" }, { template = "t", values = { who = "x" }, escape = "none" },
    "never closed", "t:1"),
  refused({ t = "{{.Name}}" }, { template = "t", escape = "none" }, "is no name", "t:1"),
  refused({ t = "x" }, { template = "t", values = { who = "x" }, escape = "none" },
    "is not used"),
  { what = "what is small and text is content", run = function(_, steps)
    local kind, _, declare = load { a = "text\n", b = "bin\0", c = ("x"):rep(70000) }
    steps.same("a", "text\n", declare({ source = "a" }).content)
    for _, name in ipairs { "b", "c" } do
      local want = declare { source = name }
      assert(want.content:find("^sha256:%x+$"), want.content)
      steps.same("sent", name, kind.uploads(want).path)
    end
    steps.same("not sent", nil, kind.uploads(declare({ source = "a" })))
    local said = declare { content = "sha256:" .. ("a"):rep(64) }
    steps.same("not sent", nil, kind.uploads(said))
  end },
  { what = "a file that is another by now is not written", run = function(_, steps)
    local kind, _, declare = load { b = "bin\0" }
    local want = declare { source = "b" }
    local function commands(there)
      return kind.commands(nil, want, { staged = { b = there } })[1][2]
    end
    local ok, problem = pcall(commands, { path = "/up", sum = "other" })
    assert(not ok and tostring(problem):find("another than"), tostring(problem))
    assert(commands({ fault = "no room there" }):find("no room there"))
    local sum = want.content:sub(8)
    assert(commands({ path = "/up", sum = sum }):find("cp -- /up", 1, true))
    steps.same("seen", want.content, kind.read({ { want = want } },
      "files 1:-\nstat 644:root:root:4\nsum " .. sum .. " ")[1].content)
  end },
  { what = "literal braces, numbers, and each hole its own way", run = function(_, steps)
    local text = content({ t = "{{'{{x}}'}} {{ n | json }} {{s|json}}{{n}}" },
      { template = "t", values = { n = 7, s = "7" }, escape = "shell" })
    steps.same("text", "{{x}} 7 \"7\"'7'", text)
  end },
  { what = "a secret makes it secret, what is unknown unknown", run = function(_, steps)
    local fakes = require "tests.types.harness.host_fakes"
    local text, kind = content({ t = "k={{k}}\n" }, { template = "t", escape = "shell",
      values = { k = fakes.box("secret", "a'b") } })
    steps.same("text", "k='a'\\''b'\n", text)
    steps.same("kind", "secret", kind)
    _, kind = content({ t = "{{k}}{{l}}" }, { template = "t", escape = "none",
      values = { k = fakes.box "unknown", l = "x" } })
    steps.same("kind", "unknown", kind)
  end },
  { what = "a templated file that was edited is seen", run = function(_, steps)
    local bytes = require "tests.types.harness.host_bytes"
    local kind, _, declare = load { t = "v={{v|none}}" }
    local want = declare { template = "t", values = { v = 1 } }
    local function read(text)
      return kind.read({ { want = want } }, "files 1:\nstat 644:root:root:9\nsum "
        .. bytes.sha256(text) .. " " .. bytes.base64(text))[1]
    end
    steps.same("as written", true, read("v=1").as_written)
    steps.same("edited", false, read("v=2").as_written)
    steps.same("content", "v=2", read("v=2").content)
    local ok, problem = pcall(kind.read, { { want = want } }, "files 1:\n")
    assert(not ok and tostring(problem):find("went away"), tostring(problem))
  end },
}
for _, case in ipairs(templates) do
  all[#all + 1] = { what = "escaped for " .. case[1], run = function(_, steps)
    local text = content({ t = "[{{v}}]" }, { template = "t", values = { v = nasty },
      escape = case[1] })
    steps.same("text", case[2], text)
  end }
end
return all
