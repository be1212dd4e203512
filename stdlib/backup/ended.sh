#!/bin/bash
# SPDX-License-Identifier: MIT
#
# backup/ended NAME [drill]: after the service. What ended by itself has told what went
# wrong; what was ended (no memory, too late, a signal), or could not begin, did not.
case ${SERVICE_RESULT:-success}:${EXIT_STATUS-} in
  success:*|exit-code:1|exit-code:3) exit 0 ;;
esac
# shellcheck source=stdlib/backup/common.sh
. /usr/local/lib/pipster/backup/common || exit 1
what=backup kind=backup
if [ "${2-}" = drill ]; then
  what='restore drill of' kind=drill
  note drill unable drill_at "$(date -u +%s)" drill_file '' \
    drill_error "it was ended: $SERVICE_RESULT"
else
  note last_try failed last_try_at "$(date -u +%s)" \
    last_error "it was ended: $SERVICE_RESULT"
fi
alert "$what $name on $(uname -n) was ended: $SERVICE_RESULT" <<TEXT
The $what "$name" of database $database on $(uname -n) did not come to its end:
$SERVICE_RESULT, ${EXIT_CODE-} ${EXIT_STATUS-}
The last good one: $(state_of last_good)
Look: journalctl -u pipster-$kind-$name
TEXT
