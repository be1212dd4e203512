// SPDX-License-Identifier: MIT
#include "net/linked.h"

#include "net/late_curl.h"
#include "net/late_microhttpd.h"
#include "net/late_ssh2.h"

#include <ares.h>
#include <uv.h>

void linked_list_versions(struct text *out)
{
    text_format(out, "libcurl %s, libssh2 %s, libuv %s, c-ares %s, libmicrohttpd %s",
                curl_version_info(CURLVERSION_NOW)->version, libssh2_version(0),
                uv_version_string(), ares_version(NULL), MHD_get_version());
}
