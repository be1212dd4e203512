// SPDX-License-Identifier: MIT
#include "store/place.h"

#include "store/fixture.h"

static void folders_are_known_by_name(void **state)
{
    (void) state;
    static const struct {
        const char *folder, *program;
    } cases[] = {
        {"/home/anna/Dropbox/shop/.pipster/state", "Dropbox"},
        {"/home/anna/Dropbox (Contoso)/shop", "Dropbox"},
        {"/home/anna/OneDrive - Contoso/shop", "OneDrive"},
        {"/mnt/Google Drive/shop", "Google Drive"},
        {"/home/anna/Library/Mobile Documents/com~apple~CloudDocs/shop", "iCloud"},
        {"/home/anna/onedrive/shop", "OneDrive"},
        {"/home/anna/src/dropbox-clone/shop", NULL},
        {"/home/anna/src/shop", NULL},
        {"/", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *program = place_find_sync(cases[i].folder);
        if (cases[i].program)
            assert_string_equal(program, cases[i].program);
        else
            assert_null(program);
    }
}

static void file_systems_are_known_by_type(void **state)
{
    (void) state;
    assert_string_equal(place_find_network(0x6969), "NFS");
    assert_string_equal(place_find_network((long) (int) 0xFF534D42), "CIFS");
    assert_string_equal(place_find_network(0x65735546), "FUSE");
    assert_null(place_find_network(0xEF53));     // ext4
    assert_null(place_find_network(0x9123683E)); // btrfs
    assert_null(place_find_network(0x01021994)); // tmpfs
}

// .stfolder lies in the root of what Syncthing syncs, however that is called.
static void a_marker_in_any_folder_above_is_enough(void **state)
{
    struct fixture *fixture = *state;
    char marker[FIXTURE_PATH];
    snprintf(marker, sizeof marker, "%s/.stfolder", fixture->folder);
    fixture_expect(fixture, place_check(fixture->state, &fixture->fault));
    assert_int_equal(mkdir(marker, 0700), 0);
    assert_false(place_check(fixture->state, &fixture->fault));
    assert_non_null(strstr(fixture->fault.what, "Syncthing"));
    assert_non_null(strstr(fixture->fault.next, "state_path"));
    struct database *database = NULL;
    assert_false(
        database_open(&database, fixture->state, DATABASE_WRITE, &fixture->fault));
    assert_int_equal(access(fixture->state, F_OK), -1);
    setenv(PLACE_OVERRIDE, "1", 1);
    bool allowed = place_check(fixture->state, &fixture->fault);
    unsetenv(PLACE_OVERRIDE);
    assert_true(allowed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(folders_are_known_by_name),
        fixture_test(file_systems_are_known_by_type),
        fixture_test(a_marker_in_any_folder_above_is_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
