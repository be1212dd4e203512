// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lab/seed.h"
#include "lab/tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct scene {
    struct arena arena;
    char folder[64];
    const char *authority;
    struct driver_settings settings;
    struct driver_host host;
};

static const char *const keys[] = {"ssh-ed25519 AAAA one", NULL};

static int open_scene(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    struct fault fault = {0};
    strcpy(scene->folder, "/tmp/pipster-seed-XXXXXX");
    if (!mkdtemp(scene->folder))
        return -1;
    arena_init(&scene->arena, 0);
    scene->authority = arena_format(&scene->arena, "%s/ca.pem", scene->folder);
    scene->settings = (struct driver_settings){
        .kind = DRIVER_OWN,
        .root = arena_format(&scene->arena, "%s/lower", scene->folder),
        .registry = "registry.test:5000",
    };
    scene->host = (struct driver_host){.id = 5,
                                       .name = "app",
                                       .hostname = "app.test",
                                       .ip = "10.91.0.5",
                                       .ssh_keys = keys};
    *state = scene;
    const char *certificates =
        arena_format(&scene->arena, "%s/etc/ssl/certs", scene->settings.root);
    return tool_make_folder(certificates, 0755, &fault) &&
                   tool_write(arena_format(&scene->arena, "%s/ca-certificates.crt",
                                           certificates),
                              0644, "OLD\n", &fault) &&
                   tool_write(scene->authority, 0644, "NEW\n", &fault)
               ? 0
               : -1;
}

static int close_scene(void **state)
{
    struct scene *scene = *state;
    struct fault fault = {0};
    bool removed = tool_remove(scene->folder, &fault);
    arena_clear(&scene->arena);
    free(scene);
    return removed ? 0 : -1;
}

static const char *content(struct scene *scene, const char *path)
{
    struct fault fault = {0};
    const char *found = NULL;
    assert_true(tool_slurp(&scene->arena,
                           arena_format(&scene->arena, "%s/upper%s", scene->folder, path),
                           &found, &fault));
    return found;
}

static void names_the_host(void **state)
{
    struct scene *scene = *state;
    struct fault fault = {0};
    assert_true(seed_write(scene->folder, &scene->host, &scene->settings, &fault));
    assert_string_equal(content(scene, "/etc/hostname"), "app.test\n");
    assert_non_null(strstr(content(scene, "/etc/hosts"), "127.0.1.1 app.test app\n"));
    assert_non_null(strstr(content(scene, "/etc/resolv.conf"), "10.91.0.1"));
}

static void trusts_the_authorities(void **state)
{
    struct scene *scene = *state;
    struct fault fault = {0};
    const char *authorities[] = {scene->authority, NULL};
    scene->settings.authorities = authorities;
    assert_true(seed_write(scene->folder, &scene->host, &scene->settings, &fault));
    assert_string_equal(content(scene, "/etc/ssl/certs/ca-certificates.crt"),
                        "OLD\n\nNEW\n");
    assert_string_equal(content(scene, "/etc/docker/certs.d/registry.test:5000/ca.crt"),
                        "NEW\n");
}

static void tells_cloud_init(void **state)
{
    struct scene *scene = *state;
    struct fault fault = {0};
    scene->host.user_data = "#cloud-config\nruncmd: []\n";
    assert_true(seed_write(scene->folder, &scene->host, &scene->settings, &fault));
    assert_string_equal(content(scene, "/var/lib/cloud/seed/nocloud/user-data"),
                        scene->host.user_data);
    assert_non_null(strstr(content(scene, "/var/lib/cloud/seed/nocloud/meta-data"),
                           "  - \"ssh-ed25519 AAAA one\"\n"));
}

static void gives_a_light_host_its_keys(void **state)
{
    static const char *const spellings[] = {
        "#cloud-config\nssh_keys:\n  ed25519_private: |\n    -----BEGIN\n    abc\n  "
        "next: 1\n",
        "#cloud-config\n{\"ssh_keys\":{\"ed25519_private\":\"-----BEGIN\\nabc\\n\"}}\n",
        "#cloud-config\nssh_deletekeys: true\nssh_keys:\n  ed25519_private: !!binary "
        "\"LS0tLS1CRUdJTgphYmMK\"\n  ed25519_public: ssh-ed25519 AAAA\n",
    };
    struct scene *scene = *state;
    struct fault fault = {0};
    struct stat home;
    scene->settings.kind = DRIVER_LIGHT;
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        scene->host.user_data = spellings[i];
        assert_true(seed_write(scene->folder, &scene->host, &scene->settings, &fault));
        assert_string_equal(content(scene, "/etc/ssh/ssh_host_ed25519_key"),
                            "-----BEGIN\nabc\n");
    }
    assert_string_equal(content(scene, "/root/.ssh/authorized_keys"),
                        "ssh-ed25519 AAAA one\n");
    // What waits for cloud-init does not wait for ever.
    assert_non_null(strstr(content(scene, "/usr/bin/cloud-init"), "disabled"));
    assert_string_equal(content(scene, "/etc/machine-id"),
                        "00000000000000000000000000000005\n");
    assert_int_equal(
        stat(arena_format(&scene->arena, "%s/upper/root", scene->folder), &home), 0);
    assert_int_equal(home.st_mode & 07777, 0700);
}

static void gives_an_appliance_its_files(void **state)
{
    static const struct driver_file files[] = {
        {"/usr/sbin/lab-init", 0755, "#!/bin/sh\n"},
        {"/etc/secret", 0600, "canary\n"},
    };
    struct scene *scene = *state;
    struct fault fault = {0};
    struct stat file;
    const char *tools = arena_format(&scene->arena, "%s/tools/usr/bin", scene->folder);
    scene->settings.directory = scene->folder;
    assert_true(tool_make_folder(tools, 0755, &fault) &&
                tool_write(arena_format(&scene->arena, "%s/borg", tools), 0755, "borg\n",
                           &fault));
    scene->host.is_appliance = true; // with systemd beside it
    scene->host.files = files;
    scene->host.file_count = 2;
    assert_true(seed_write(scene->folder, &scene->host, &scene->settings, &fault));
    assert_string_equal(content(scene, "/usr/sbin/lab-init"), "#!/bin/sh\n");
    assert_string_equal(content(scene, "/etc/secret"), "canary\n");
    assert_string_equal(content(scene, "/usr/bin/borg"), "borg\n");
    assert_int_equal(
        stat(arena_format(&scene->arena, "%s/upper/etc/secret", scene->folder), &file),
        0);
    assert_int_equal(file.st_mode & 07777, 0600);
    assert_non_null(strstr(content(scene, "/etc/ssh/ssh_host_ed25519_key"), "OPENSSH"));
    assert_int_not_equal(
        stat(arena_format(&scene->arena, "%s/upper/var/lib/cloud", scene->folder), &file),
        0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_the_host, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(trusts_the_authorities, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(tells_cloud_init, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(gives_a_light_host_its_keys, open_scene,
                                        close_scene),
        cmocka_unit_test_setup_teardown(gives_an_appliance_its_files, open_scene,
                                        close_scene),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
