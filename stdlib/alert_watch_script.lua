-- SPDX-License-Identifier: MIT
--
-- The script on a host that a timer starts for each thing that is watched: it measures,
-- judges with hysteresis, and tells the contacts when it begins, when it is over, and
-- now and then while it lasts. What is measured, and the limits, stand in the watch's
-- own file, which is shell text.
local shell = require "shell"

local script = {}

script.path = "/usr/local/lib/pipster/watch"
script.folder = "/etc/pipster/watches"
script.state = "/var/lib/pipster/watches"

script.text = [==[
#!/bin/sh
# Written by pipster: measures what FILE says, and tells its contacts of it.
#   watch [--check] FILE
# With --check it only measures, and says what.
set -u
LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
umask 077
check=
[ "$1" != --check ] || { check=1; shift; }
file=$1
state=${WATCH_STATE:-/var/lib/pipster/watches}/${file##*/}
alert=${WATCH_ALERT:-/usr/local/lib/pipster/alert}
mkdir -p "$state" || exit 1

# A sample of sysstat's is added to this watch's own; what is older than the window and
# two files of them goes.
samples=$state/samples
sample() {
  [ "$(stat -c %s "$samples" 2>/dev/null || echo 0)" -lt 1000000 ] ||
    mv -f "$samples" "$samples.old"
  /usr/lib/sysstat/sadc -F 1 1 "$samples"
}
# Lines of sadf (";" between fields, names first): the mean of an expression over the
# window, weighted by time; nothing while less than four fifths of it were seen.
mean() { # OPTION AWK-EXPRESSION of $column["%idle"] and the like
  for file_of in "$samples.old" "$samples"; do
    [ ! -e "$file_of" ] || sadf -dU -- "$1" "$file_of"
  done | awk -F';' -v from=$((now - window)) -v window="$window" '
    /^#/ { for (i = 1; i <= NF; i++) column[$i] = i; next }
    $3 ~ /^[0-9]+$/ && $3 > from { sum += $2 * ('"$2"'); seconds += $2 }
    END { if (seconds >= 0.8 * window) printf "%.1f", sum / seconds }'
}

now=$(date +%s)
figure= says=
. "$file" || exit 1
measure || { echo "${says:-it cannot be measured}" >&2; exit 1; }
says=$(printf %s "$says" | tr '\000-\037\177' ' ' | head -c 380 |
  iconv -c -f UTF-8 -t UTF-8)

# Files of one length, which are written over: that works on a full disk, too.
keep_phase() { printf '%-60s\n%-400s\n' "$1" "$says" 1<> "$state/phase"; }
keep_told() { printf '%-60s\n' "$2" 1<> "$state/told.$1"; }
for contact in $contacts; do
  [ -s "$state/told.$contact" ] || keep_told "$contact" 'calm 0 0'
done
[ -s "$state/phase" ] || keep_phase 'calm 0 0 0'
[ -z "$check" ] || { echo "${says:-nothing to judge by yet}"; exit 0; }
[ -n "$figure" ] || exit 0

# The mean of each whole hour, by the moment when it was over: check.metrics reads them.
# More than 1400 are cut down to 30 days. A watch that cannot keep them watches on.
keep_hour() {
  this=$((now - now % 3600)) hour=
  read -r hour count sum 2>/dev/null < "$state/hour" || hour=
  case $hour in
  "$this") ;;
  [1-9]*) awk -v hour="$hour" -v count="$count" -v sum="$sum" 'BEGIN {
      if (count > 0) printf "%d %.1f\n", hour + 3600, sum / count }' >> "$state/hours"
    count=0 sum=0 ;;
  *) count=0 sum=0 ;;
  esac
  printf '%-60s\n' "$this $(awk -v count="$count" -v sum="$sum" -v figure="$figure" \
    'BEGIN { printf "%d %.3f", count + 1, sum + figure }')" 1<> "$state/hour"
  [ "$(wc -l < "$state/hours")" -lt 1400 ] ||
    { tail -n 720 "$state/hours" > "$state/hours.new" &&
      mv -f "$state/hours.new" "$state/hours"; }
}
touch "$state/hours" 2>/dev/null
keep_hour 2>/dev/null

verdict=$(awk -v figure="$figure" -v above="$above" -v below="$below" 'BEGIN {
  figure += 0
  print((figure > above + 0) ? "bad" : (figure <= below + 0) ? "good" : "between") }')
# phase; when it began (last); when it was over; since when it looks like the other phase
read -r phase since ended turned < "$state/phase" || exit 1
case $phase:$verdict in
calm:bad)
  [ "$turned" != 0 ] || turned=$now
  [ $((now - turned)) -lt "$begin" ] || { phase=firing since=$turned turned=0; } ;;
firing:good)
  [ "$turned" != 0 ] || turned=$now
  [ $((now - turned)) -lt "$begin" ] || { phase=calm ended=$turned turned=0; } ;;
*) turned=0 ;;
esac
keep_phase "$phase $since $ended $turned" ||
  { echo "what was seen cannot be kept in $state: $says" >&2; exit 1; }

span() {
  if [ "$1" -lt 120 ]; then echo "$1 s"
  elif [ "$1" -lt 7200 ]; then echo "$(($1 / 60)) min"
  elif [ "$1" -lt 172800 ]; then echo "$(($1 / 3600)) h"
  else echo "$(($1 / 86400)) days"; fi
}
utc() { date -u -d "@$1" '+%Y-%m-%d %H:%M:%S UTC'; }
body() {
  echo "$says${limit:+ ($limit)}"
  echo "host: $(uname -n)"
  if [ "$phase" = firing ]; then echo "since: $(utc "$since"), $(span $((now - since)))"
  else echo "from $(utc "$since") to $(utc "$ended"), $(span $((ended - since)))"; fi
  echo "watched by: $title"
}
# A contact that did not accept it is told by the next round.
tell() { # CONTACT
  read -r told told_since told_at < "$state/told.$1" || return 1
  case $phase:$told in
  firing:calm) word=ALERT ;;
  firing:firing)
    if [ "$told_since" != "$since" ]; then word=ALERT
    elif [ $((now - told_at)) -ge "$again" ]; then word=STILL
    else return 0; fi ;;
  calm:firing) word=RESOLVED ;;
  *) return 0 ;;
  esac
  body | "$alert" "$1" "$word $(uname -n): $says" > /dev/null || return 1
  keep_told "$1" "$phase $since $now"
}
waiting=
for contact in $contacts; do tell "$contact" & waiting="$waiting $!"; done
failed=0
for one in $waiting; do wait "$one" || failed=1; done
exit $failed
]==]

function script.put()
  return "install -d -m 755 /usr/local/lib/pipster && "
    .. shell.write_file { path = script.path, content = script.text, mode = "0755" }
end

return script
