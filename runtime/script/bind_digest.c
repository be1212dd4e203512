// SPDX-License-Identifier: MIT
//
// digest.sha256; encode.base64, base64_decode, url; random.hex. What is made from a
// secret by encode is a secret.
#include "script/bind.h"

#include "base/text.h"
#include "script/raise.h"
#include "script/reference.h"
#include "store/secret.h"

#include <lauxlib.h>

#include <ctype.h>
#include <string.h>

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

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

static const luaL_Reg digests[] = {{"sha256", l_sha256}, {NULL, NULL}};
static const luaL_Reg encodings[] = {{"base64", l_base64},
                                     {"base64_decode", l_base64_decode},
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
