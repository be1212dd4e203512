// SPDX-License-Identifier: MIT
//
// libssh2 under its own names, loaded at the first call: see late.h.
#pragma once

// 1.11 has another name for what 1.10 has under this one alone.
#define LIBSSH2_DISABLE_DEPRECATION
#include <libssh2.h>

#include "net/late.h"

#define SSH2_LATE(name) LATE("libssh2.so.1", name)

#define libssh2_channel_direct_tcpip_ex(...)                                             \
    SSH2_LATE(libssh2_channel_direct_tcpip_ex)(__VA_ARGS__)
#define libssh2_channel_eof(...)  SSH2_LATE(libssh2_channel_eof)(__VA_ARGS__)
#define libssh2_channel_free(...) SSH2_LATE(libssh2_channel_free)(__VA_ARGS__)
#define libssh2_channel_handle_extended_data2(...)                                       \
    SSH2_LATE(libssh2_channel_handle_extended_data2)(__VA_ARGS__)
#define libssh2_channel_open_ex(...) SSH2_LATE(libssh2_channel_open_ex)(__VA_ARGS__)
#define libssh2_channel_process_startup(...)                                             \
    SSH2_LATE(libssh2_channel_process_startup)(__VA_ARGS__)
#define libssh2_channel_read_ex(...)  SSH2_LATE(libssh2_channel_read_ex)(__VA_ARGS__)
#define libssh2_channel_send_eof(...) SSH2_LATE(libssh2_channel_send_eof)(__VA_ARGS__)
#define libssh2_channel_write_ex(...) SSH2_LATE(libssh2_channel_write_ex)(__VA_ARGS__)
#define libssh2_keepalive_config(...) SSH2_LATE(libssh2_keepalive_config)(__VA_ARGS__)
#define libssh2_keepalive_send(...)   SSH2_LATE(libssh2_keepalive_send)(__VA_ARGS__)
#define libssh2_session_block_directions(...)                                            \
    SSH2_LATE(libssh2_session_block_directions)(__VA_ARGS__)
#define libssh2_session_callback_set(...)                                                \
    SSH2_LATE(libssh2_session_callback_set)(__VA_ARGS__)
#define libssh2_session_free(...)       SSH2_LATE(libssh2_session_free)(__VA_ARGS__)
#define libssh2_session_handshake(...)  SSH2_LATE(libssh2_session_handshake)(__VA_ARGS__)
#define libssh2_session_hostkey(...)    SSH2_LATE(libssh2_session_hostkey)(__VA_ARGS__)
#define libssh2_session_init_ex(...)    SSH2_LATE(libssh2_session_init_ex)(__VA_ARGS__)
#define libssh2_session_last_errno(...) SSH2_LATE(libssh2_session_last_errno)(__VA_ARGS__)
#define libssh2_session_last_error(...) SSH2_LATE(libssh2_session_last_error)(__VA_ARGS__)
#define libssh2_session_method_pref(...)                                                 \
    SSH2_LATE(libssh2_session_method_pref)(__VA_ARGS__)
#define libssh2_session_set_blocking(...)                                                \
    SSH2_LATE(libssh2_session_set_blocking)(__VA_ARGS__)
#define libssh2_session_set_timeout(...)                                                 \
    SSH2_LATE(libssh2_session_set_timeout)(__VA_ARGS__)
#define libssh2_userauth_publickey(...) SSH2_LATE(libssh2_userauth_publickey)(__VA_ARGS__)
#define libssh2_userauth_publickey_frommemory(...)                                       \
    SSH2_LATE(libssh2_userauth_publickey_frommemory)(__VA_ARGS__)
#define libssh2_version(...) SSH2_LATE(libssh2_version)(__VA_ARGS__)
