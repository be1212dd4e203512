// SPDX-License-Identifier: MIT
#include "net/origin.h"

#include "net/late_curl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The same parser that curl itself connects by: two that disagree would be a hole.
bool origin_read(const char *url, char origin[ORIGIN_SIZE])
{
    origin[0] = '\0';
    bool ok = false;
    char *scheme = NULL, *host = NULL, *port = NULL;
    CURLU *parsed = curl_url();
    if (!parsed)
        abort();
    if (curl_url_set(parsed, CURLUPART_URL, url, CURLU_DISALLOW_USER) ||
        curl_url_get(parsed, CURLUPART_SCHEME, &scheme, 0) ||
        curl_url_get(parsed, CURLUPART_HOST, &host, 0) ||
        curl_url_get(parsed, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT))
        goto out;
    if (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0)
        goto out;
    for (char *byte = host; *byte; byte++)
        if (*byte >= 'A' && *byte <= 'Z')
            *byte += 'a' - 'A';
    int length = snprintf(origin, ORIGIN_SIZE, "%s://%s:%s", scheme, host, port);
    ok = length < ORIGIN_SIZE;
out:
    if (!ok)
        origin[0] = '\0';
    curl_free(port);
    curl_free(host);
    curl_free(scheme);
    curl_url_cleanup(parsed);
    return ok;
}
