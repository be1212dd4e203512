-- Forty things of ten types on as many hosts as there are addresses.
local key = input("host_key")
local port = input("port", { default = 22 })
local prefix = input("prefix")
local number = 0

for rest in input("hosts"):gmatch("%S+") do
  number = number + 1
  local host = host("h" .. number) {
    address = prefix .. "." .. rest, port = port, host_key = key,
  }
  host:package { "ca-certificates", "iproute2", "openssh-server", "procps" }
  for index = 1, 4 do
    local folder = "/srv/bench/" .. index
    host:directory(folder) { mode = "0750" }
    host:file("/etc/bench-" .. index .. ".conf") { content = "number = " .. index .. "\n" }
    host:link("/srv/bench/link-" .. index) { target = folder }
    host:line("bench-" .. index) {
      path = "/etc/environment", line = "BENCH_" .. index .. "=yes",
    }
    host:block("bench-" .. index) {
      path = "/etc/hosts", content = "192.0.2." .. index .. " bench-" .. index .. "\n",
    }
    host:user_group("benchers" .. index) {}
    host:user("bencher" .. index) { shell = "/bin/sh" }
    host:cron("bench-" .. index) { run = "true", schedule = index .. " 4 * * *" }
    host:command("bench-" .. index) {
      run = "touch /srv/bench/made-" .. index, creates = "/srv/bench/made-" .. index,
    }
  end
end
