-- SPDX-License-Identifier: MIT
local answer = [[
hostname|Web-1
debian|12.5
zone|Europe/Berlin
package|nginx
package|linux-image-amd64
package|locales
user|anna|/bin/bash|docker www-data
key|anna|ssh-ed25519 AAAAC3Nz anna@laptop
key|root|from="192.0.2.0/24" ssh-ed25519 AAAAC3Nz backup
file|/etc/cron.d/backup|644|root|root|NSAzICogKiAqIHJvb3QgYmFja3VwCg==
file|/etc/cron.d/big|644|root|root|
sudoers|/etc/sudoers.d/anna|440|root|root|YW5uYSBBTEw9KEFMTCkgQUxMCg==
private|/var/spool/cron/crontabs/anna
service|worker|active
service|cloud-init|active
service|stopped|inactive
ufw|allow 22/tcp
ufw|allow from 192.0.2.0/24 to any port 5432
end
]]

local function found_in(text)
  local found, by_name = require("host_survey").parse(text), {}
  for _, candidate in ipairs(found.candidates) do
    by_name[candidate.type .. "/" .. tostring(candidate.name)] = candidate.want
  end
  return found, by_name
end

return {
  { what = "what the machine tells becomes candidates", run = function(_, steps)
    local found, by_name = found_in(answer)
    steps.same("name", "Web-1", found.hostname)
    steps.same("whole", true, found.whole)
    steps.same("package", { package = "nginx" }, by_name["package/nginx"])
    steps.same("what a host needs to boot", nil, by_name["package/linux-image-amd64"])
    steps.same("exactly", nil, by_name["package/locales"])
    steps.same("user", { login = "anna", shell = "/bin/bash",
      groups = { "docker", "www-data" } }, by_name["user/anna"])
    steps.same("key", { user = "anna", key = "ssh-ed25519 AAAAC3Nz anna@laptop" },
      by_name["authorized_key/anna-anna@laptop"])
    steps.same("file", { path = "/etc/cron.d/backup", mode = "0644", owner = "root",
      group = "root", content = "5 3 * * * root backup\n" },
      by_name["file//etc/cron.d/backup"])
    steps.same("sudoers", "0440", by_name["file//etc/sudoers.d/anna"].mode)
    steps.same("service", { unit = "worker", running = true }, by_name["service/worker"])
    steps.same("of the image", nil, by_name["service/cloud-init"])
    steps.same("stopped", false, by_name["service/stopped"].running)
    steps.same("zone", { zone = "Europe/Berlin" }, by_name["timezone/Europe/Berlin"])
    steps.same("ufw", { allow = { "22/tcp", "from 192.0.2.0/24 to any port 5432" } },
      by_name["ufw/nil"])
  end },
  { what = "what no type can say is named", run = function(_, steps)
    local found = found_in(answer)
    steps.same("notes", 3, #found.notes)
    local _, by_name = found_in("ufw|allow 22/tcp\nufw|deny 80/tcp\nend\n")
    steps.same("another policy", nil, by_name["ufw/nil"])
  end },
  { what = "a secret is not written down", run = function(_, steps)
    local bytes = require "tests.types.harness.host_bytes"
    local suspect = require("host_suspect").word
    for text, word in pairs {
      ["Environment=API_KEY=s3cret\n"] = "API_KEY",
      ["5 3 * * * root PGPASSWORD='s3cret' pg_dump shop\n"] = "PGPASSWORD",
      ["ExecStart=/opt/x --token s3cret\n"] = "token",
      ["ExecStart=/opt/x --db-password=s3cret\n"] = "--db-password",
      ["DATABASE_URL=postgres://shop:s3cret@db/shop\n"] = "postgres://…:…@",
      ["@daily x curl -H 'Authorization: Bearer s3cret' y\n"] = "Authorization",
      ["secret_key = \"s3cret\"\n"] = "secret_key",
      ["-----BEGIN OPENSSH PRIVATE KEY-----\n"] = "PRIVATE KEY",
    } do
      steps.same(text, word, suspect(text))
      local found, by_name = found_in("file|/etc/cron.d/x|644|root|root|"
        .. bytes.base64(text) .. "\nend\n")
      steps.same("not declared", nil, by_name["file//etc/cron.d/x"])
      steps.same("named", 1, #found.notes)
      steps.same("not told", nil, found.notes[1]:find("s3cret", 1, true))
    end
    for _, text in ipairs { "PasswordAuthentication no\n", "PasswordAuthentication=no\n",
      "EnvironmentFile=/etc/app.env\n", "PASSWORD_FILE=/run/secrets/db\n",
      "anna ALL=(ALL) NOPASSWD: ALL\n",
      "TOKEN=$TOKEN\n", "SECRET=\nUSER=x\n", "# the token of the shop\n",
      "ExecStart=/opt/x --token-file /run/x\n", "https://example.com:443/@x\n" } do
      steps.same(text, nil, suspect(text))
    end
  end },
  { what = "a cut answer is none", run = function(_, steps)
    steps.same("whole", false, found_in("hostname|x\npackage|nginx\n").whole)
  end },
  { what = "sh takes the script", run = function(_, steps)
    local script = require("host_survey").script
    steps.same("sh", true, os.execute("sh -n -c " .. require("shell").quote(script)))
  end },
}
