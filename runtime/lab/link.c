// SPDX-License-Identifier: MIT
#include "lab/link.h"

#include "lab/tool.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <net/route.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool link_address_is_valid(const char *ip)
{
    struct in_addr address;
    if (!ip || inet_pton(AF_INET, ip, &address) != 1)
        return false;
    uint32_t number = ntohl(address.s_addr);
    return number >> 16 == (10u << 8 | 91) && (number & 0xffff) > 1 &&
           (number & 0xffff) != 0xffff;
}

static bool batch(const char *lines, struct fault *fault)
{
    const char *argv[] = {"ip", "-batch", "-", NULL};
    return tool_run(argv, lines, fault);
}

bool link_bridge_exists(void)
{
    return if_nametoindex(LINK_BRIDGE) != 0;
}

bool link_open_bridge(struct fault *fault)
{
    if (link_bridge_exists())
        return true;
    return batch("link add " LINK_BRIDGE " type bridge\n"
                 "addr add " LINK_GATEWAY "/16 dev " LINK_BRIDGE "\n"
                 "link set " LINK_BRIDGE " up\n",
                 fault);
}

void link_close_bridge(void)
{
    struct fault fault = {0};
    if (link_bridge_exists() && !batch("link del " LINK_BRIDGE "\n", &fault))
        fault_clear(&fault); // the sweep that called looks again
}

bool link_join(int64_t id, pid_t pid, const char *ip, struct fault *fault)
{
    char lines[400];
    unsigned char bytes[4] = {0};
    inet_pton(AF_INET, ip, bytes);
    link_leave(id);
    // The hardware address follows from the IP, so that neighbours need not learn a new
    // one when a host is started again.
    snprintf(lines, sizeof lines,
             "link add v%lld type veth peer name eth0 address 02:5b:%02x:%02x:%02x:%02x "
             "netns %d\nlink set v%lld master " LINK_BRIDGE " up\n",
             (long long) id, bytes[0], bytes[1], bytes[2], bytes[3], (int) pid,
             (long long) id);
    return batch(lines, fault);
}

void link_leave(int64_t id)
{
    char name[IFNAMSIZ * 2], line[64];
    struct fault fault = {0};
    snprintf(name, sizeof name, "v%lld", (long long) id);
    if (if_nametoindex(name) == 0)
        return;
    snprintf(line, sizeof line, "link del %s\n", name);
    if (!batch(line, &fault))
        fault_clear(&fault); // it went by itself, with its namespace
}

static void set_address(struct sockaddr *where, const char *ip)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    inet_pton(AF_INET, ip, &address.sin_addr);
    memcpy(where, &address, sizeof address);
}

static bool bring_up(int handle, const char *name, const char *ip, const char *mask)
{
    struct ifreq request = {0};
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    set_address(&request.ifr_addr, ip);
    if (ioctl(handle, SIOCSIFADDR, &request) != 0)
        return false;
    set_address(&request.ifr_netmask, mask);
    if (ioctl(handle, SIOCSIFNETMASK, &request) != 0)
        return false;
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    return ioctl(handle, SIOCSIFFLAGS, &request) == 0;
}

static bool add_default_route(int handle)
{
    struct rtentry route = {.rt_flags = RTF_UP | RTF_GATEWAY};
    set_address(&route.rt_dst, "0.0.0.0");
    set_address(&route.rt_genmask, "0.0.0.0");
    set_address(&route.rt_gateway, LINK_GATEWAY);
    return ioctl(handle, SIOCADDRT, &route) == 0;
}

bool link_configure(const char *ip, struct fault *fault)
{
    int handle = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool done = handle >= 0 && bring_up(handle, "lo", "127.0.0.1", "255.0.0.0") &&
                bring_up(handle, "eth0", ip, "255.255.0.0") && add_default_route(handle);
    int error = errno;
    if (handle >= 0)
        close(handle);
    if (done)
        return true;
    fault_set(fault, FAULT_ERROR, "cannot bring the host's network up with %s", ip);
    return fault_why(fault, "%s", strerror(error));
}
