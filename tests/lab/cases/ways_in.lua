-- SPDX-License-Identifier: MIT
-- What decides who may come in: the SSH server and the packet filter.
local ours = "/etc/ssh/sshd_config.d/00-pipster.conf"
local unarmed = "[ ! -e /var/lib/pipster/feedc0de/switch ] && [ -z \"$(find"
  .. " /etc/systemd/system -name 'pipster-switch*')\" ] && ! systemctl -q is-active"
  .. " pipster-switch-feedc0de"

local greets = "bash -c 'exec 3<>/dev/tcp/127.0.0.1/22 && read -r line <&3 &&"
  .. " [ -n \"$line\" ]'"

local function filter(more)
  return "table inet filter {\n  chain input {\n    type filter hook input priority 0;"
    .. " policy drop\n    ct state established,related accept\n    iif lo accept\n"
    .. "    tcp dport { 22, " .. more .. " } accept\n  }\n}\n"
end

return {
  {
    type = "sshd",
    before = "rm -f " .. ours .. "; echo 'MaxSessions 7' >"
      .. " /etc/ssh/sshd_config.d/50-theirs.conf; systemctl reload ssh",
    steps = {
      { want = { password_authentication = false, permit_root_login = "prohibit-password" },
        look = "sshd -T | grep -qx 'passwordauthentication no' && " .. unarmed },
      { want = { port = { 22, 2222 }, max_sessions = 3, allow_users = { "root", "own-*" } },
        look = "ss -ltn | grep -q :2222 && " .. unarmed },
      { drift = "echo '# mine' >> " .. ours, fields = "as_written" },
      { drift = "sed -i 's/2222/2223/' " .. ours, fields = "port" },
      { drift = "sed -i '1i AllowUsers else' /etc/ssh/sshd_config; sed -i '/AllowUsers/d' "
        .. ours .. "; sed -i 1d /etc/ssh/sshd_config", fields = "allow_users" },
      { want = { port = { 22 }, tcp_forwarding = "no" },
        look = "! ss -ltn | grep -q :2222" },
      { want = { port = { 70000 } }, fails = "Bad[a-z ]*port", look = unarmed },
      { drift = "rm " .. ours, gone = true },
    },
    after = "! ss -ltn | grep -q :2222 && " .. unarmed,
  },
  {
    type = "sshd", what = "that another file overrides is told with its place",
    kept = true,
    before = "sed -i '1i Port 2022' /etc/ssh/sshd_config",
    steps = {
      { want = { port = { 22 } }, fails = "Port would be 2022 22.*sshd_config:1",
        look = "sed -i 1d /etc/ssh/sshd_config; [ ! -e " .. ours .. " ]" },
    },
  },
  {
    type = "sshd", what = "that waits behind a socket reads its settings anew",
    before = "rm -f " .. ours .. "; systemctl disable -q --now ssh.service;"
      .. " systemctl enable -q --now ssh.socket",
    steps = {
      { want = { max_sessions = 3 }, look = greets .. " && sshd -T | grep -qx 'maxsessions"
        .. " 3' && systemctl -q is-active ssh.service" },
      { want = { max_sessions = 5 },
        look = greets .. " && systemctl -q is-active ssh.socket && " .. unarmed },
      { want = { port = { 22, 2222 } }, fails = "ssh.socket listens here, and not on port"
        .. " 2222", look = unarmed },
      { drift = "rm " .. ours, gone = true },
    },
    after = greets .. " && systemctl disable -q --now ssh.socket && systemctl stop -q"
      .. " ssh.service; systemctl enable -q --now ssh.service && " .. greets,
  },
  {
    type = "nftables",
    before = "nft delete table inet filter 2>/dev/null; nft add table inet theirs",
    steps = {
      { want = { rules = filter "80" },
        look = "nft list table inet filter | grep -q 80 && nft list table inet theirs && "
          .. unarmed },
      { want = { rules = filter "443" .. "table ip other { }\n" },
        look = "! nft list table inet filter | grep -q 80" },
      { drift = "nft add rule inet filter input tcp dport 8080 accept", fields = "loaded" },
      { drift = "nft delete table ip other", fields = "loaded" },
      { drift = "echo '# mine' >> /etc/nftables.conf", fields = "rules" },
      { drift = "systemctl disable -q nftables", fields = "active" },
      { want = { rules = filter "443" }, look = "! nft list table ip other 2>/dev/null" },
      { want = { rules = filter "\"no-such-service\"" }, fails = "no%-such%-service",
        look = "nft list table inet filter | grep -q 443 && " .. unarmed },
      { want = { rules = filter "25", exclusive = true },
        look = "! nft list table inet theirs 2>/dev/null" },
      { drift = "nft add table inet theirs", fields = "loaded" },
      { drift = "rm /etc/nftables.conf", gone = true },
    },
    after = "[ -z \"$(nft list ruleset)\" ]",
  },
}
