-- SPDX-License-Identifier: MIT
--
-- What answers at a storage box's name where hosts are real: one OpenSSH server, with
-- SFTP alone on port 22 and the restricted shell on port 23. The machine that the lab
-- runs on stands for the Internet, its hosts for the vendor's network.

local inside = require "lab.hetzner_storage_inside"
local ips = require "lab.hetzner_ips"
local zones = require "lab.hetzner_zones"

local guest = { DOMAIN = ".your-storagebox.de" }

-- 10.91.0.0/16 without the machine itself, which is 10.91.0.1.
local function hosts_only()
  local networks = {}
  for bits = 31, 17, -1 do
    local first = 1 << (32 - bits)
    networks[#networks + 1] = ("10.91.%d.%d/%d"):format(first >> 8, first & 255, bits)
  end
  return networks
end

-- Without SSH support nothing answers at either port; the vendor's other protocols are
-- not in the lab.
function guest.enforce(context, box, access)
  if not box.ip then return end
  local rules = {}
  if access.ssh_enabled then
    local from = access.reachable_externally and { "0.0.0.0/0" } or hosts_only()
    for i, port in ipairs { "22", "23" } do
      rules[i] = { direction = "in", protocol = "tcp", port = port, source_ips = from }
    end
  end
  context.lab.driver.firewall { id = box.id, rules = rules }
end

-- Its name, with those of all zones.
guest.publish = zones.publish

function guest.start(context, box)
  if context.lab.driver_kind == "none" then return end
  box.ip = ips.address(context.lab, "ipv4")
  context.lab.driver.start {
    id = box.id, name = box.name, hostname = box.username, ip = box.ip, cores = 1,
    memory_gb = 1, appliance = true, files = inside.files(box),
  }
  guest.enforce(context, box, box.access)
  guest.publish(context)
end

function guest.set_password(context, box, password)
  if not box.ip then return end
  context.lab.driver.give { id = box.id, files = { inside.password(box, password) } }
end

function guest.remove(context, box)
  if box.ip then context.lab.driver.remove { id = box.id } end
end

return guest
