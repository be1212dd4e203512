// SPDX-License-Identifier: MIT
#include "printed.h"

#include "value/json.h"
#include "view/facts_view.h"

static void print(const char *json)
{
    const struct value *facts = NULL;
    struct fault fault;
    assert_true(json_read(&arena, json, strlen(json), &facts, &fault));
    facts_view_print(&terminal, "app", facts);
}

static void test_a_whole_host(void **state)
{
    (void) state;
    print(
        "{\"address\":\"192.0.2.10\",\"login\":\"root\",\"os\":{\"name\":\"Debian 12\"},"
        "\"kernel\":\"6.1.0\",\"architecture\":\"x86_64\",\"cpu\":{\"count\":2,"
        "\"model\":\"EPYC\"},\"memory\":{\"available\":1610612736,"
        "\"total\":4294967296,\"swap_total\":1048576,\"swap_free\":524288},"
        "\"disks\":[{\"mount\":\"/\",\"used\":10737418240,\"size\":42949672960,"
        "\"device\":\"/dev/sda1\",\"type\":\"ext4\"},{\"mount\":\"/data\",\"used\":0,"
        "\"size\":1099511627776}],\"addresses\":[{\"address\":\"192.0.2.10/24\","
        "\"interface\":\"eth0\"}],\"uptime_s\":200000,\"boot_id\":\"b-1\","
        "\"reboot_required\":true,\"reboot_packages\":[\"linux\",\"libc6\"],"
        "\"packages\":{\"installed\":300,\"lists_age_s\":7200},\"ports\":[{\"protocol\":"
        "\"tcp\",\"port\":22,\"address\":\"0.0.0.0\",\"process\":\"sshd\"}],"
        "\"docker\":{\"version\":\"20.10\",\"running\":3},"
        "\"failed_units\":[\"a.service\"]}");
    expect("app  192.0.2.10, as root\n");
    expect("  os           Debian 12\n  kernel       6.1.0 x86_64\n");
    expect("  cpu          2 × EPYC\n");
    expect("  memory       1.5 GiB free of 4.0 GiB, swap 512 KiB free of 1.0 MiB\n");
    expect("  disks        /  10 GiB of 40 GiB  /dev/sda1 ext4\n");
    expect("               /data  0 B of 1.0 TiB\n");
    expect("  addresses    192.0.2.10/24  eth0\n");
    expect("  up for       2 days\n  boot id      b-1\n  reboot       required\n");
    expect("  because of   linux, libc6\n");
    expect("  packages     300 installed, lists 2 hours old\n");
    expect("  docker       20.10, 3 containers running\n  failed units a.service\n");
    expect("  ports        tcp/22  0.0.0.0  sshd\n");
}

static void test_what_is_not_there_is_left_out(void **state)
{
    (void) state;
    print("{\"reboot_required\":false,\"packages\":{\"installed\":3}}");
    expect("lists never read\n");
    assert_null(strstr(printed, "reboot"));
    assert_null(strstr(printed, "docker"));
    assert_null(strstr(printed, "ports"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_whole_host, begin, end),
        cmocka_unit_test_setup_teardown(test_what_is_not_there_is_left_out, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
