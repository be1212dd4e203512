// SPDX-License-Identifier: MIT
#include "lab/firewall.h"

#include "base/text.h"
#include "lab/link.h"
#include "lab/tool.h"

#include <string.h>

static bool load(const char *script, struct fault *fault)
{
    const char *argv[] = {"nft", "-f", "-", NULL};
    return tool_run(argv, script, fault);
}

// The maps say which chain judges what goes to a host, and what comes from it.
static const char table[] =
    "table inet pipster_lab {\n"
    "  map arriving { type ipv4_addr : verdict; }\n"
    "  map leaving { type ipv4_addr : verdict; }\n"
    "  chain forward {\n"
    "    type filter hook forward priority 0; policy accept;\n"
    "    ct state established,related accept\n"
    "    ip saddr vmap @leaving\n"
    "    ip daddr vmap @arriving\n"
    "  }\n"
    "  chain output {\n"
    "    type filter hook output priority 0; policy accept;\n"
    "    ct state established,related accept\n"
    "    ip daddr vmap @arriving\n"
    "  }\n"
    "  chain input {\n"
    "    type filter hook input priority 0; policy accept;\n"
    "    ct state established,related accept\n"
    "    ip saddr vmap @leaving\n"
    "  }\n"
    "  chain postrouting {\n"
    "    type nat hook postrouting priority 100; policy accept;\n"
    "    ip saddr " LINK_NETWORK " ip daddr != " LINK_NETWORK " masquerade\n"
    "  }\n"
    "}\n";

bool firewall_open(struct fault *fault)
{
    struct text script;
    text_init(&script, 0);
    text_add(&script, "add table inet pipster_lab\ndelete table inet pipster_lab\n");
    text_add(&script, table);
    bool done = load(script.bytes, fault);
    text_clear(&script);
    return done;
}

void firewall_close(void)
{
    struct fault fault = {0};
    if (!load("add table inet pipster_lab\ndelete table inet pipster_lab\n", &fault))
        fault_clear(&fault); // no nft, no table
}

static void add_networks(struct text *script, const struct driver_rule *rule, bool six)
{
    bool first = true;
    for (size_t i = 0; rule->networks && rule->networks[i]; i++) {
        if ((strchr(rule->networks[i], ':') != NULL) != six)
            continue;
        text_format(script, "%s%s", first ? "" : ", ", rule->networks[i]);
        first = false;
    }
}

static bool has_network(const struct driver_rule *rule, bool six)
{
    for (size_t i = 0; rule->networks && rule->networks[i]; i++)
        if ((strchr(rule->networks[i], ':') != NULL) == six)
            return true;
    return false;
}

static void add_match(struct text *script, const struct driver_rule *rule)
{
    bool ports = strcmp(rule->protocol, "tcp") == 0 || strcmp(rule->protocol, "udp") == 0;
    if (ports && rule->port && rule->port[0] && strcmp(rule->port, "any") != 0)
        text_format(script, "%s dport %s ", rule->protocol, rule->port);
    else if (strcmp(rule->protocol, "icmp") == 0)
        text_add(script, "meta l4proto { icmp, ipv6-icmp } ");
    else
        text_format(script, "meta l4proto %s ", rule->protocol);
}

static void add_rule(struct text *script, long long id, const struct driver_rule *rule)
{
    const char *way = rule->inbound ? "in" : "out";
    const char *end = rule->inbound ? "saddr" : "daddr";
    bool anywhere = !rule->networks || !rule->networks[0];
    for (int six = 0; six <= 1; six++) {
        if (!anywhere && !has_network(rule, six == 1))
            continue;
        text_format(script, "add rule inet pipster_lab host_%lld_%s ", id, way);
        if (!anywhere) {
            text_format(script, "%s %s { ", six ? "ip6" : "ip", end);
            add_networks(script, rule, six == 1);
            text_add(script, " } ");
        }
        add_match(script, rule);
        text_add(script, "accept\n");
        if (anywhere)
            break;
    }
}

// Adding before deleting makes the deletes good for what is not there.
static void add_removal(struct text *script, long long id, const char *ip)
{
    static const char *const ways[][2] = {{"arriving", "in"}, {"leaving", "out"}};
    for (size_t i = 0; i < 2; i++) {
        text_format(script, "add chain inet pipster_lab host_%lld_%s\n", id, ways[i][1]);
        text_format(script,
                    "add element inet pipster_lab %s { %s : jump host_%lld_%s }\n",
                    ways[i][0], ip, id, ways[i][1]);
        text_format(script, "delete element inet pipster_lab %s { %s }\n", ways[i][0],
                    ip);
        text_format(script, "flush chain inet pipster_lab host_%lld_%s\n", id,
                    ways[i][1]);
        text_format(script, "delete chain inet pipster_lab host_%lld_%s\n", id,
                    ways[i][1]);
    }
}

static void add_chain(struct text *script, long long id, const char *ip, bool inbound,
                      const struct driver_rule *rules, size_t count)
{
    const char *way = inbound ? "in" : "out";
    text_format(script, "add chain inet pipster_lab host_%lld_%s\n", id, way);
    for (size_t i = 0; i < count; i++)
        if (rules[i].inbound == inbound)
            add_rule(script, id, &rules[i]);
    text_format(script, "add rule inet pipster_lab host_%lld_%s drop\n", id, way);
    text_format(script, "add element inet pipster_lab %s { %s : jump host_%lld_%s }\n",
                inbound ? "arriving" : "leaving", ip, id, way);
}

bool firewall_set(int64_t id, const char *ip, const struct driver_rule *rules,
                  size_t count, struct fault *fault)
{
    bool outbound = false;
    for (size_t i = 0; i < count; i++)
        outbound = outbound || !rules[i].inbound;
    struct text script;
    text_init(&script, 0);
    add_removal(&script, id, ip);
    if (rules) {
        add_chain(&script, id, ip, true, rules, count);
        if (outbound) // without a rule for it everything may leave
            add_chain(&script, id, ip, false, rules, count);
    }
    bool done = load(script.bytes, fault);
    text_clear(&script);
    return done ||
           fault_while(fault, "setting the firewall of host %lld", (long long) id);
}
