// SPDX-License-Identifier: MIT
//
// Saved plans of a scene.
#pragma once

#include "engine/planfile_decode.h"
#include "engine/planfile_digest.h"
#include "engine/planfile_encode.h"
#include "engine/scene.h"

// Of the scene's present plan. `keyed` false: as of a project that stored nothing yet.
static inline struct planfile saved_of(struct scene *scene, bool keyed)
{
    struct planfile file = {
        .id = "0123456789abcdef",
        .made_at_ms = 1795885865921,
        .who = "anna@laptop",
        .pipster = PIPSTER_VERSION,
        .project = "test",
        .environment = "default",
        .playbook = scene->set.playbook,
        .project_id = keyed ? "fedcba9876543210" : NULL,
        .serial = 7,
        .plan = scene->plan,
    };
    planfile_digest_plan(&file, &scene->arena, keyed ? scene->engine.vault : NULL);
    return file;
}

// In the scene's arena.
static inline const char *saved_text(struct scene *scene, const struct planfile *file)
{
    struct text text;
    text_init(&text, 0);
    planfile_encode(&text, file);
    planfile_encode_end(&text, file, scene->engine.vault);
    const char *copy = arena_copy(&scene->arena, text.bytes, text.length);
    text_clear(&text);
    return copy;
}

static inline struct planfile saved_read(struct scene *scene, const char *bytes)
{
    struct planfile file;
    if (!planfile_decode(&scene->arena, bytes, strlen(bytes), &file, &scene->fault))
        fail_msg("%s: %s", scene->fault.what, scene->fault.why);
    return file;
}
