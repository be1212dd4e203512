// SPDX-License-Identifier: MIT
#include "net/linked.h"

#include <ares.h>
#include <curl/curl.h>
#include <libssh2.h>
#include <microhttpd.h>
#include <uv.h>

void linked_list_versions(struct text *out)
{
    text_format(out, "libcurl %s, libssh2 %s, libuv %s, c-ares %s, libmicrohttpd %s",
                curl_version_info(CURLVERSION_NOW)->version, libssh2_version(0),
                uv_version_string(), ares_version(NULL), MHD_get_version());
}
