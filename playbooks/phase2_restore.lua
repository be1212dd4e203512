-- How to restore by hand, left on the host by phase 2. Every command in a fenced block is
-- run by a test, as root, in the order given.
return [[
# Restore: the database of Pipster Identity

Log in as pipster and become root (`sudo -i`). `pipster drill restore` has tried the
newest backup lately: `pipster status` tells when, and how long it took.

## 1. A dump and the roles of its server, in clear, in a folder that only root may enter

The newest on this host; any other one of the same folder in its place is as good:

```sh
install -d -m 700 /root/restore
file=$(ls /var/backups/pipster/identity/identity-*.dump.age | tail -n 1)
age -d -i /etc/pipster/backup/identity/identity -o /root/restore/dump "$file"
age -d -i /etc/pipster/backup/identity/identity -o /root/restore/roles \
  "${file%.dump.age}.roles.age"
```

Or from the Storage Box, where the copies of 30 days are; `latest` is the newest, and
`restic -o "$over" snapshots --tag identity` lists them all:

```sh
e=/etc/pipster/backup/identity/offsite; . $e/settings
export RESTIC_REPOSITORY=$repository RESTIC_PASSWORD_FILE=$e/password
over="sftp.command=ssh -p $ssh_port -i $e/key -o UserKnownHostsFile=$e/known_hosts"
over="$over $ssh_user@$ssh_host -s sftp"
restic -q -o "$over" restore latest --tag identity --target /root/restore/copy
file=$(find /root/restore/copy -name 'identity-*.dump.age')
age -d -i /etc/pipster/backup/identity/identity -o /root/restore/dump "$file"
age -d -i /etc/pipster/backup/identity/identity -o /root/restore/roles \
  "${file%.dump.age}.roles.age"
```

## 2. Into the database

Roles that are there stay, one that was gone comes back without its password. What the
database holds now is replaced, in one transaction, or nothing is. The application waits.

```sh
cd /opt/pipster/identity && docker-compose stop identity
docker exec -i pipster-postgres psql -X -q -U pipster -d pipster_identity \
  -v ON_ERROR_STOP=1 </root/restore/roles
docker exec -i pipster-postgres pg_restore -U pipster --clean --if-exists \
  --single-transaction -d pipster_identity </root/restore/dump
docker-compose start identity
rm -r /root/restore
```

## When this host is lost

`pipster run playbooks/phase2.lua` on a new one brings the keys there again; then take
the copy from the Storage Box as above.
]]
