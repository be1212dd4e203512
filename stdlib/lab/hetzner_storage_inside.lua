-- SPDX-License-Identifier: MIT
--
-- The files of a storage box's guest: its server's settings, its first process, and the
-- restricted shell, which runs programs by their names and has no pipes or redirects.

local inside = {}

local PASSWORD = "/etc/storage-box.password"

local settings = [[
Port 22
Port 23
HostKey /etc/ssh/ssh_host_ed25519_key
UsePAM no
UseDNS no
PasswordAuthentication yes
KbdInteractiveAuthentication no
PermitRootLogin no
AllowUsers @NAME
AllowTcpForwarding no
AllowStreamLocalForwarding no
AllowAgentForwarding no
X11Forwarding no
PermitUserRC no
PrintMotd no
Subsystem sftp internal-sftp
Match LocalPort 22
  PermitTTY no
  ForceCommand internal-sftp
Match LocalPort 23
  ForceCommand /usr/lib/storage-box/shell
]]

-- The password is read again at a signal. Nobody else ever ends the server.
local first = [[
#!/bin/sh
set -u
take_password() {
  [ ! -s @PASSWORD ] || chpasswd < @PASSWORD
  rm -f @PASSWORD
}
if ! id @NAME >/dev/null 2>&1; then
  useradd --no-create-home --home-dir /home --shell /bin/sh @NAME
  mkdir -p /home/.ssh
  cp /etc/storage-box.keys /home/.ssh/authorized_keys
  chmod 700 /home/.ssh
  chmod 600 /home/.ssh/authorized_keys
  chown -R @NAME: /home
fi
take_password
mkdir -p /run/sshd
trap take_password HUP
/usr/sbin/sshd -D -e &
while kill -0 $! 2>/dev/null; do wait $!; done
]]

local shell = [[
#!/usr/bin/python3 -I
import os, shlex, sys

ALLOWED = set("""borg borg-1.2 cat chmod cp date dd df du ln ls md5sum mkdir mv pwd rm
  rmdir rsync scp sha1sum sha256sum sha512sum stat touch tree unlink wc""".split())
UNKNOWN = "Command not found. Use 'help' to get a list of available commands."


def install_keys():
    for number, line in enumerate(filter(None, map(str.strip, sys.stdin)), 1):
        words = line.split(None, 2)
        if len(words) < 2 or not words[0].startswith(("ssh-", "ecdsa-", "sk-")):
            sys.exit("Key No. %d is not a valid public key" % number)
        with open("/home/.ssh/authorized_keys", "a+") as file:
            file.seek(0)
            known = file.read()
            if words[1] not in known:
                file.write(line + "\n")
        comment = words[2] if len(words) > 2 else ""
        print("Key No. %d (%s %s) was installed in OpenSSH format" %
              (number, words[0], comment))


def run(command):
    try:
        words = shlex.split(command)
    except ValueError as problem:
        sys.exit(str(problem))
    if not words:
        return
    if words[0] in ("internal-sftp", "/usr/lib/openssh/sftp-server"):
        os.execv("/usr/lib/openssh/sftp-server", ["sftp-server"])
    if words[0] == "install-ssh-key" and len(words) == 1:
        return install_keys()
    if words[0] == "help":
        return print("\n".join(sorted(ALLOWED | {"help", "install-ssh-key"})))
    lexer = shlex.shlex(command, posix=True, punctuation_chars="|<>&;")
    lexer.whitespace_split = True
    if words[0] not in ALLOWED or any(set(word) <= set("|<>&;") for word in lexer):
        sys.exit(UNKNOWN)
    try:
        os.execvp(words[0], words)
    except FileNotFoundError:
        sys.exit(UNKNOWN)


os.chdir("/home")
command = os.environ.get("SSH_ORIGINAL_COMMAND")
if command is not None:
    run(command)
else:
    print("Welcome to your Storage Box. This is a restricted shell.", flush=True)
    for line in sys.stdin:
        if line.strip() in ("exit", "quit"):
            break
        if os.fork() == 0:
            run(line)
            sys.exit(0)
        os.wait()
]]

local function fill(text, box)
  return (text:gsub("@(%u+)", { NAME = box.username, PASSWORD = PASSWORD }))
end

function inside.password(box, password)
  local line = box.username .. ":" .. password .. "\n"
  return { path = PASSWORD, mode = 384, content = line }
end

-- mode: as a number, 384 is 0600, 420 0644, 493 0755.
function inside.files(box)
  return {
    inside.password(box, box.password),
    { path = "/etc/storage-box.keys", mode = 420,
      content = table.concat(box.keys, "\n") .. "\n" },
    { path = "/etc/ssh/sshd_config", mode = 420, content = fill(settings, box) },
    { path = "/usr/lib/storage-box/shell", mode = 493, content = shell },
    { path = "/usr/sbin/lab-init", mode = 493, content = fill(first, box) },
  }
end

return inside
