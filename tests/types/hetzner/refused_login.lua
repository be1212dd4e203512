-- SPDX-License-Identifier: MIT
-- What is answered without a valid login, and how a type says it.
local function ask(w, method, path, token)
  local reply = w.lab:handle {
    method = method, path = "/v1" .. path, query = {},
    headers = token and { Authorization = "Bearer " .. token } or {},
  }
  local problem = reply.json and reply.json.error or {}
  return reply.status .. " " .. tostring(problem.code) .. " " .. tostring(problem.message)
end

local GOOD = ("G"):rep(64)
local READS = ("R"):rep(64)
local lab = { token = GOOD, readonly_token = READS }

return {
  { what = "the documented 401s and 404", lab = lab, run = function(w, steps)
    steps.same("none", "401 unauthorized token is required", ask(w, "GET", "/servers"))
    steps.same("unknown", "401 unauthorized the token you have provided is invalid",
      ask(w, "GET", "/servers", "x"))
    steps.same("no route", "404 not_found api route not found", ask(w, "GET", "/nothing"))
    steps.same("method", "401 unauthorized token is required",
      ask(w, "PATCH", "/servers"))
    steps.same("read-only", "403 forbidden token is read-only",
      ask(w, "DELETE", "/servers/1", READS))
    steps.same("good", "200 nil nil", ask(w, "GET", "/servers", GOOD))
  end },
  { what = "tokens keep projects apart", run = function(w, steps)
    w:call("POST", "/zones", { name = "a.example", mode = "primary" })
    steps.same("of another", "404 not_found zone not found",
      ask(w, "GET", "/zones/a.example", GOOD))
  end },
  { what = "a wrong token in words", lab = lab, type = "hetzner.server", steps = {
    { run = function(w) w.token = "wrong" end },
    { want = { type = "cx23", image = "debian-12" }, fails = {
      code = "unauthorized", why = "HTTP 401.*correlation id %x+",
      next = "HCLOUD_TOKEN" } },
  } },
  { what = "no token in words", type = "hetzner.zone", steps = {
    { run = function(w) w.token = nil end },
    { want = { name = "pipster.app" },
      fails = { code = "unauthorized", why = "token is required",
        next = "HCLOUD_TOKEN" } },
  } },
}
