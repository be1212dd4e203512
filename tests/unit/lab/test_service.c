// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lab/service.h"
#include "lab/tool.h"
#include "net/port.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct place {
    char folder[64];
    int listener;
    struct port held;
    int port; // taken by the listener
};

static int make_place(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    struct sockaddr_in address = {.sin_family = AF_INET};
    char path[96];
    struct fault fault = {0};
    strcpy(place->folder, "/tmp/pipster-service-XXXXXX");
    if (!mkdtemp(place->folder))
        return -1;
    static const char *const names[] = {"run", "log"};
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", place->folder, names[i]);
        if (!tool_make_folder(path, 0700, &fault))
            return -1;
    }
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    port_hold(&place->held);
    place->port = place->held.number;
    address.sin_port = htons((uint16_t) place->port);
    place->listener = port_socket(AF_INET);
    if (bind(place->listener, (struct sockaddr *) &address, sizeof address) != 0 ||
        listen(place->listener, SOMAXCONN) != 0)
        return -1;
    *state = place;
    return 0;
}

static int drop_place(void **state)
{
    struct place *place = *state;
    struct fault fault = {0};
    close(place->listener);
    port_let_go(&place->held);
    bool removed = tool_remove(place->folder, &fault);
    free(place);
    return removed ? 0 : -1;
}

static struct service_call call_of(const struct place *place, const char *const *argv)
{
    return (struct service_call){
        .name = "names", .argv = argv, .address = "127.0.0.1", .port = place->port};
}

// Its answer on the port would pass for ours.
static void refuses_a_port_that_is_taken_and_names_the_holder(void **state)
{
    const struct place *place = *state;
    const char *argv[] = {"sleep", "60", NULL};
    struct service_call call = call_of(place, argv);
    struct fault fault = {0};
    char kill_us[32];
    assert_false(service_start(place->folder, &call, &fault));
    assert_int_equal(fault.kind, FAULT_LOCKED);
    assert_non_null(strstr(fault.what, "cannot have 127.0.0.1:"));
    snprintf(kill_us, sizeof kill_us, "kill %d", (int) getpid());
    assert_non_null(strstr(fault.next, kill_us));
    assert_false(service_is_alive(place->folder, "names"));
}

static void tells_the_last_words_of_one_that_ended(void **state)
{
    struct place *place = *state;
    const char *argv[] = {"sh", "-c", "echo no such zone; exit 3", NULL};
    struct service_call call = call_of(place, argv);
    struct fault fault = {0};
    close(place->listener);
    place->listener = -1;
    assert_false(service_start(place->folder, &call, &fault));
    assert_non_null(strstr(fault.why, "no such zone"));
    assert_false(service_is_alive(place->folder, "names"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(refuses_a_port_that_is_taken_and_names_the_holder,
                                        make_place, drop_place),
        cmocka_unit_test_setup_teardown(tells_the_last_words_of_one_that_ended,
                                        make_place, drop_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
