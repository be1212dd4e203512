// SPDX-License-Identifier: MIT
//
// digest.sha256, digest.hmac_sha256 (key, text → 32 bytes), digest.file and file_md5
// (path → sum, size); encode.base64, base64_decode, escape,
// url; random.hex. What is made from a secret by encode is a secret.
#include "script/bind.h"

#include "base/text.h"
#include "net/digest.h"
#include "net/loop.h"
#include "script/machine.h"
#include "script/operation.h"
#include "script/raise.h"
#include "script/reference.h"
#include "store/secret.h"
#include "value/escape.h"

#include <lauxlib.h>

#include <ctype.h>
#include <string.h>

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

struct file_digest {
    struct operation base;
    const char *path;
    bool md5;
    char hex[DIGEST_HEX_SIZE];
    int64_t size;
};

static void digest_work(void *context)
{
    struct file_digest *call = context;
    bool (*work)(const char *, char *, int64_t *, struct fault *) =
        call->md5 ? digest_file_md5 : digest_file;
    (void) !work(call->path, call->hex, &call->size, &call->base.fault);
}

static void digest_done(void *context)
{
    struct file_digest *call = context;
    operation_finish(&call->base);
}

static int finish_file(lua_State *lua, int status, lua_KContext context)
{
    struct file_digest *call = (struct file_digest *) context;
    (void) status;
    if (!call->base.finished)
        return operation_wait(lua, &call->base, finish_file);
    if (fault_is_set(&call->base.fault))
        return raise_fault(lua, &call->base.fault);
    lua_pushstring(lua, call->hex);
    lua_pushinteger(lua, call->size);
    return 2;
}

static int start_file(lua_State *lua, bool md5)
{
    const char *path = luaL_checkstring(lua, 1);
    struct file_digest *call = operation_new(lua, sizeof *call);
    call->path = arena_text(&call->base.arena, path);
    call->md5 = md5;
    call->base.finished = false;
    loop_work(script_of(lua)->options.loop, digest_work, digest_done, call);
    return operation_wait(lua, &call->base, finish_file);
}

static int l_file(lua_State *lua)
{
    return start_file(lua, false);
}

static int l_file_md5(lua_State *lua)
{
    return start_file(lua, true);
}

static int l_hmac_sha256(lua_State *lua)
{
    unsigned char sum[DIGEST_SHA256_SIZE];
    size_t key_length, length;
    const char *key = bind_check_bytes(lua, 1, &key_length);
    const char *bytes = bind_check_bytes(lua, 2, &length);
    digest_hmac_sha256(key, key_length, bytes, length, sum);
    lua_pushlstring(lua, (const char *) sum, sizeof sum);
    return 1;
}

static int l_sha256(lua_State *lua)
{
    char hex[SECRET_SHA256_SIZE];
    size_t length;
    const char *bytes = bind_check_bytes(lua, 1, &length);
    secret_sha256(bytes, length, hex);
    lua_pushstring(lua, hex);
    return 1;
}

static void add_base64(struct text *out, const unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i += 3) {
        unsigned group = (unsigned) bytes[i] << 16;
        group |= i + 1 < length ? (unsigned) bytes[i + 1] << 8 : 0;
        group |= i + 2 < length ? bytes[i + 2] : 0;
        text_add_char(out, alphabet[group >> 18]);
        text_add_char(out, alphabet[group >> 12 & 63]);
        text_add_char(out, i + 1 < length ? alphabet[group >> 6 & 63] : '=');
        text_add_char(out, i + 2 < length ? alphabet[group & 63] : '=');
    }
}

// Pushes the text, as a secret where `like` is one.
static void push_like(lua_State *lua, const struct value *like, const struct text *text)
{
    if (like == NULL) {
        lua_pushlstring(lua, text->bytes, text->length);
        return;
    }
    struct value secret = {.kind = VALUE_SECRET};
    secret.secret.label = like->secret.label;
    secret.secret.bytes = text->bytes;
    secret.secret.length = text->length;
    reference_push(lua, &secret);
}

static int l_base64(lua_State *lua)
{
    size_t length;
    const char *bytes = bind_check_bytes(lua, 1, &length);
    struct text out;
    text_init(&out, 0);
    add_base64(&out, (const unsigned char *) bytes, length);
    push_like(lua, reference_find_secret(lua, 1), &out);
    text_clear(&out);
    return 1;
}

static int l_base64_decode(lua_State *lua)
{
    size_t length;
    const char *bytes = bind_check_bytes(lua, 1, &length);
    struct text out;
    text_init(&out, 0);
    unsigned group = 0, bits = 0;
    bool valid = true;
    for (size_t i = 0; i < length && bytes[i] != '=' && valid; i++) {
        const char *at = strchr(alphabet, bytes[i]);
        if (isspace((unsigned char) bytes[i]))
            continue;
        valid = at != NULL && bytes[i] != '\0';
        group = group << 6 | (valid ? (unsigned) (at - alphabet) : 0);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            text_add_char(&out, (char) (group >> bits & 255));
        }
    }
    if (valid)
        push_like(lua, reference_find_secret(lua, 1), &out);
    text_clear(&out);
    return valid ? 1 : raise_error(lua, "this is not base64");
}

// escape(how, text)
static int l_escape(lua_State *lua)
{
    size_t length;
    const char *how = luaL_checkstring(lua, 1);
    const char *bytes = bind_check_bytes(lua, 2, &length);
    struct text out;
    text_init(&out, 0);
    bool known = escape_add(&out, how, bytes, length);
    if (known)
        push_like(lua, reference_find_secret(lua, 2), &out);
    text_clear(&out);
    return known ? 1 : raise_error(lua, "there is no escaping for \"%s\"", how);
}

static int l_url(lua_State *lua)
{
    size_t length;
    const char *bytes = luaL_checklstring(lua, 1, &length);
    luaL_Buffer out;
    luaL_buffinit(lua, &out);
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char) bytes[i];
        if (isalnum(byte) || strchr("-._~", byte) != NULL) {
            luaL_addchar(&out, (char) byte);
        } else {
            static const char hex[] = "0123456789ABCDEF";
            const char escaped[] = {'%', hex[byte >> 4], hex[byte & 15]};
            luaL_addlstring(&out, escaped, sizeof escaped);
        }
    }
    luaL_pushresult(&out);
    return 1;
}

static int l_random_hex(lua_State *lua)
{
    char hex[129];
    lua_Integer count = luaL_checkinteger(lua, 1);
    luaL_argcheck(lua, count >= 1 && count <= 64, 1, "1 to 64 bytes");
    secret_random_hex(hex, (size_t) count);
    lua_pushstring(lua, hex);
    return 1;
}

static const luaL_Reg digests[] = {{"sha256", l_sha256},
                                   {"hmac_sha256", l_hmac_sha256},
                                   {"file", l_file},
                                   {"file_md5", l_file_md5},
                                   {NULL, NULL}};
static const luaL_Reg encodings[] = {{"base64", l_base64},
                                     {"base64_decode", l_base64_decode},
                                     {"escape", l_escape},
                                     {"url", l_url},
                                     {NULL, NULL}};
static const luaL_Reg randoms[] = {{"hex", l_random_hex}, {NULL, NULL}};

int bind_digest(lua_State *lua)
{
    luaL_newlib(lua, digests);
    return 1;
}

int bind_digest_encode(lua_State *lua)
{
    luaL_newlib(lua, encodings);
    return 1;
}

int bind_digest_random(lua_State *lua)
{
    luaL_newlib(lua, randoms);
    return 1;
}
