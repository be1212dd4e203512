// SPDX-License-Identifier: MIT
//
// libcurl under its own names, loaded at the first call: see late.h.
#pragma once

#include <curl/curl.h>

#include "net/late.h"

#define CURL_LATE(name) LATE("libcurl.so.4", name)

// Its own macros check the kinds of arguments and call themselves.
#undef curl_easy_getinfo
#undef curl_easy_setopt
#undef curl_multi_setopt

#define curl_easy_cleanup(...)        CURL_LATE(curl_easy_cleanup)(__VA_ARGS__)
#define curl_easy_getinfo(...)        CURL_LATE(curl_easy_getinfo)(__VA_ARGS__)
#define curl_easy_init(...)           CURL_LATE(curl_easy_init)(__VA_ARGS__)
#define curl_easy_setopt(...)         CURL_LATE(curl_easy_setopt)(__VA_ARGS__)
#define curl_easy_strerror(...)       CURL_LATE(curl_easy_strerror)(__VA_ARGS__)
#define curl_free(...)                CURL_LATE(curl_free)(__VA_ARGS__)
#define curl_getdate(...)             CURL_LATE(curl_getdate)(__VA_ARGS__)
#define curl_global_cleanup(...)      CURL_LATE(curl_global_cleanup)(__VA_ARGS__)
#define curl_global_init(...)         CURL_LATE(curl_global_init)(__VA_ARGS__)
#define curl_multi_add_handle(...)    CURL_LATE(curl_multi_add_handle)(__VA_ARGS__)
#define curl_multi_assign(...)        CURL_LATE(curl_multi_assign)(__VA_ARGS__)
#define curl_multi_cleanup(...)       CURL_LATE(curl_multi_cleanup)(__VA_ARGS__)
#define curl_multi_info_read(...)     CURL_LATE(curl_multi_info_read)(__VA_ARGS__)
#define curl_multi_init(...)          CURL_LATE(curl_multi_init)(__VA_ARGS__)
#define curl_multi_remove_handle(...) CURL_LATE(curl_multi_remove_handle)(__VA_ARGS__)
#define curl_multi_setopt(...)        CURL_LATE(curl_multi_setopt)(__VA_ARGS__)
#define curl_multi_socket_action(...) CURL_LATE(curl_multi_socket_action)(__VA_ARGS__)
#define curl_slist_append(...)        CURL_LATE(curl_slist_append)(__VA_ARGS__)
#define curl_slist_free_all(...)      CURL_LATE(curl_slist_free_all)(__VA_ARGS__)
#define curl_url(...)                 CURL_LATE(curl_url)(__VA_ARGS__)
#define curl_url_cleanup(...)         CURL_LATE(curl_url_cleanup)(__VA_ARGS__)
#define curl_url_get(...)             CURL_LATE(curl_url_get)(__VA_ARGS__)
#define curl_url_set(...)             CURL_LATE(curl_url_set)(__VA_ARGS__)
#define curl_version_info(...)        CURL_LATE(curl_version_info)(__VA_ARGS__)
