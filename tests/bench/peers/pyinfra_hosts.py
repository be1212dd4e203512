# The forty things of tests/bench/hosts.lua, as pyinfra says them.
from pyinfra.operations import apt, files, server

for package in ("ca-certificates", "iproute2", "openssh-server", "procps"):
    apt.packages(packages=[package])
for index in range(1, 5):
    files.directory(path=f"/srv/bench/{index}", mode="750")
    files.block(path="/etc/hosts", content=f"192.0.2.{index} bench-{index}",
                marker="# {mark} bench-%d" % index)
    files.link(path=f"/srv/bench/link-{index}", target=f"/srv/bench/{index}")
    files.line(path="/etc/environment", line=f"BENCH_{index}=yes")
    files.line(path=f"/etc/bench-{index}.conf", line=f"number = {index}")
    server.group(group=f"benchers{index}")
    server.user(user=f"bencher{index}", shell="/bin/sh")
    server.crontab(command="true", cron_name=f"bench-{index}", minute=str(index), hour="4")
    files.file(path=f"/srv/bench/made-{index}")
