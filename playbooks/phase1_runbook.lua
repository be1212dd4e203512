-- The runbook that phase 1 leaves on the host. Every command in a fenced block is run by
-- a test, as root, in the order given; %s is the domain.
return [[
# Runbook: Pipster Identity

Log in as pipster (`ssh pipster@%s`) and become root (`sudo -i`).

## See how it is

```sh
cd /opt/pipster/identity && docker-compose ps
systemctl status caddy docker fail2ban --no-pager
curl -fsS http://localhost:5000/health/ready
```

## See the logs

```sh
cd /opt/pipster/identity && docker-compose logs --tail=100
journalctl -u caddy -n 50 --no-pager
```

## Restart the services

`docker-compose restart` does not read `.env` again; `up -d` does.

```sh
cd /opt/pipster/identity && docker-compose up -d --force-recreate
systemctl reload caddy
```

## Back up the database

```sh
install -d -m 700 /opt/pipster/backups
cd /opt/pipster/backups
docker exec pipster-postgres pg_dump -U pipster pipster_identity | gzip > by-hand.sql.gz
gzip -t by-hand.sql.gz
```

## Update the application

From the machine that has the playbooks:
`pipster run playbooks/phase1.lua --var revision=TAG`.
By hand, on the host:

```sh
cd /opt/pipster/identity && docker-compose pull -q && docker-compose up -d
```
]]
