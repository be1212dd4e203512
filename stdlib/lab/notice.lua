-- SPDX-License-Identifier: MIT
--
-- Alerts that a stand-in really sends: a webhook by POST, mail by SMTP into the mailbox
-- of the lab. Each is kept, with how it went, for GET /_lab/alerts.

local http = require "http"
local process = require "process"

local notice = {}

local MAIL = "smtp://10.91.0.1:1025"

local function keep(lab, alert)
  lab.alerts = lab.alerts or {}
  lab.alerts[#lab.alerts + 1] = alert
end

-- body: a table (JSON) or text.
function notice.post(lab, url, body, headers)
  local is_text = type(body) == "string"
  local ok, reply = pcall(http.request, {
    method = "POST", url = url, raw = true, timeout = 5, headers = headers,
    json = not is_text and body or nil, body = is_text and body or nil,
  })
  keep(lab, { via = "webhook", to = url, said = body, status = ok and reply.status or 0 })
end

function notice.mail(lab, to, subject, text)
  local status = 0
  if lab.options.driver then
    local ok, ended = pcall(process.run, {
      argv = { "curl", "--silent", "--max-time", "5", MAIL, "--mail-from",
        "alert@" .. lab.described.name .. ".example", "--mail-rcpt", to, "--upload-file",
        "-" },
      input = ("To: %s\r\nSubject: %s\r\n\r\n%s\r\n"):format(to, subject, text),
    })
    status = ok and ended.status == 0 and 250 or 0
  end
  keep(lab, { via = "mail", to = to, said = subject, status = status })
end

return notice
