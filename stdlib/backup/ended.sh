#!/bin/bash
# SPDX-License-Identifier: MIT
#
# backup/ended NAME: after the service. What ended by itself has told what went wrong; what
# was ended (no memory, too late, a signal) could not.
case ${SERVICE_RESULT:-success} in success|exit-code) exit 0 ;; esac
# shellcheck source=stdlib/backup/common.sh
. /usr/local/lib/pipster/backup/common || exit 1
note last_try failed last_try_at "$(date -u +%s)" last_error "it was ended: $SERVICE_RESULT"
alert "backup $name on $(uname -n) was ended: $SERVICE_RESULT" <<TEXT
The backup "$name" of database $database on $(uname -n) did not come to its end:
$SERVICE_RESULT, ${EXIT_CODE-} ${EXIT_STATUS-}
The last good one: $(state_of last_good)
Look: journalctl -u pipster-backup-$name
TEXT
