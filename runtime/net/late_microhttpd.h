// SPDX-License-Identifier: MIT
//
// libmicrohttpd under its own names, loaded at the first call: see late.h.
#pragma once

#include <microhttpd.h>

#include "net/late.h"

#define MHD_LATE(name) LATE("libmicrohttpd.so.12", name)

#define MHD_add_response_header(...) MHD_LATE(MHD_add_response_header)(__VA_ARGS__)
#define MHD_create_response_from_buffer(...)                                             \
    MHD_LATE(MHD_create_response_from_buffer)(__VA_ARGS__)
#define MHD_create_response_from_callback(...)                                           \
    MHD_LATE(MHD_create_response_from_callback)(__VA_ARGS__)
#define MHD_create_response_from_fd_at_offset64(...)                                     \
    MHD_LATE(MHD_create_response_from_fd_at_offset64)(__VA_ARGS__)
#define MHD_destroy_response(...)      MHD_LATE(MHD_destroy_response)(__VA_ARGS__)
#define MHD_get_connection_info(...)   MHD_LATE(MHD_get_connection_info)(__VA_ARGS__)
#define MHD_get_connection_values(...) MHD_LATE(MHD_get_connection_values)(__VA_ARGS__)
#define MHD_get_daemon_info(...)       MHD_LATE(MHD_get_daemon_info)(__VA_ARGS__)
#define MHD_get_timeout(...)           MHD_LATE(MHD_get_timeout)(__VA_ARGS__)
#define MHD_get_version(...)           MHD_LATE(MHD_get_version)(__VA_ARGS__)
#define MHD_lookup_connection_value(...)                                                 \
    MHD_LATE(MHD_lookup_connection_value)(__VA_ARGS__)
#define MHD_queue_response(...)     MHD_LATE(MHD_queue_response)(__VA_ARGS__)
#define MHD_resume_connection(...)  MHD_LATE(MHD_resume_connection)(__VA_ARGS__)
#define MHD_run(...)                MHD_LATE(MHD_run)(__VA_ARGS__)
#define MHD_start_daemon(...)       MHD_LATE(MHD_start_daemon)(__VA_ARGS__)
#define MHD_stop_daemon(...)        MHD_LATE(MHD_stop_daemon)(__VA_ARGS__)
#define MHD_suspend_connection(...) MHD_LATE(MHD_suspend_connection)(__VA_ARGS__)
