#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Every figure of docs/COSTS.md, computed: its timeline line by line, and what the roadmap
# says otherwise than it adds up. Without a network, an account or a lab.

load helpers

setup() {
  setup_project
  cp -r "$root/examples" "$root/playbooks" .
  cp "$root/pipster.lua" .
  # Whoever would ask the network gets no answer.
  export HCLOUD_ENDPOINT=http://127.0.0.1:1 HTTP_PROXY=http://127.0.0.1:1
}

rounded() { # BOOK FILE: "address 4.97 €" a thing, and "total 9.09 €"
  "$pipster" cost "$2" --at "$1" --json | jq -r '
    select(.type == "cost_line" or .type == "cost") |
    "\(.address // "total") \(.after) \(.complete // .priced)"' |
    awk '$3 != "true" { print $1, "not priced"; next }
      { sum[$1] += $2 } END { for (at in sum) printf "%s %.2f €\n", at, sum[at] }' |
    sed 's/ 0\.00 €$/ free/'
}

# What is free has no line.
told_of() { # BOOK FILE ADDRESS
  rounded "$1" "$2" | grep "^$3 " || echo "$3 free"
}

@test "the timeline, line by line, in the roadmap's euro and by the newest list" {
  local lines=0 file='' name address euro dollars newest
  while IFS='|' read -r _ name address euro dollars newest _; do
    case $name in
      *examples/costs/*) file=${name//\`/} && continue ;;
    esac
    address=$(tr -d '` ' <<<"$address") euro=${euro//\*/} newest=${newest//\*/}
    [[ $name != *Total* ]] || address=total
    [[ $address == total || $address == *.*/* ]] || continue
    [ "$(told_of roadmap "$file" "$address")" = "$address $(xargs <<<"$euro")" ] ||
      { echo "$file $address: $euro"; rounded roadmap "$file"; return 1; }
    [ "$(told_of hetzner "$file" "$address")" = "$address $(xargs <<<"$newest")" ] ||
      { echo "$file $address: $newest"; rounded hetzner "$file"; return 1; }
    lines=$((lines + 1))
  done < <(sed -n '/^## The timeline/,/^## Where/{s/^`\(examples[^`]*\)`$/|\1/p;/^|/p}' \
    "$root/docs/COSTS.md")
  [ "$lines" = 25 ]
}

@test "the timeline's dollars add up as the roadmap says" {
  local file total
  while read -r file total; do
    run "$pipster" cost "examples/costs/$file.lua" --at roadmap-timeline --currency USD
    [ "$status" -eq 0 ]
    [[ $output == *$'\n'"$total.00 \$/month net"* ]] || { echo "$file: $output"; return 1; }
    grep -q "^| \*\*Total\*\* .*\*\*\$$total\*\*" "$root/docs/COSTS.md"
  done <<'T'
months-1-3 10
months-4-6 23
months-7-12 42
year-2 64
year-2-azure 200
T
}

# Bold figures of one cell, as the program writes them: "6.40 $", "3.0%".
figures_of() {
  grep -o '\*\*[^*]*\*\*' <<<"$1" | sed 's/\*//g; s/^\$\(.*\)/\1 $/; s/ %$/%/'
}

@test "what the roadmap says and what it adds up to" {
  local rows=0 figures=0 computed commands words told figure
  while IFS='|' read -r _ _ computed commands _; do
    told=
    while read -r words; do
      eval "set -- ${words#pipster}"
      told+=$("$pipster" "$@")$'\n'
    done < <(grep -o '`[^`]*`' <<<"$commands" | tr -d '`')
    while read -r figure; do
      grep -qE "(^|[ ,])${figure//[.\$]/\\&}" <<<"$told" ||
        { echo "$figure is not in: $told"; return 1; }
      figures=$((figures + 1))
    done < <(figures_of "$computed")
    rows=$((rows + 1))
  done < <(sed -n '/^## Where/,$p' "$root/docs/COSTS.md" | grep '^| [^t]')
  [ "$rows" = 11 ] || { echo "$rows rows"; return 1; }
  [ "$figures" = 26 ] || { echo "$figures figures"; return 1; }
}

@test "each line that COSTS.md shows" {
  local shown=0 words
  while read -r words; do
    eval "set -- ${words#pipster}"
    run "$pipster" "$@"
    [ "$status" -eq 0 ] || { echo "$words: $output"; return 1; }
    [[ $output == *'/month net'*'Prices: '* ]] || { echo "$words: $output"; return 1; }
    shown=$((shown + 1))
  done < <(sed -n '/^```sh/,/^```/{/^```/d;s/ *#.*//;p}' "$root/docs/COSTS.md")
  [ "$shown" = 7 ]
}

@test "the phases' own playbooks, with the types of today" {
  export PIPSTER_VAR_ssh_public_key='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7 x'
  run "$pipster" cost playbooks/phase1.lua --at roadmap --by type
  [[ $output == *'hetzner.server  '*' 4.97 €'*'5.89 €/month net'* ]] ||
    { echo "$output"; return 1; }
  run "$pipster" cost playbooks/phase2.lua --at roadmap
  [[ $output == *'9.09 €/month net'* ]] || { echo "$output"; return 1; }
}

@test "what a book does not have is not priced" {
  run "$pipster" cost examples/costs/phase4.lua --at 2026-05
  [ "$status" -eq 0 ]
  [[ $output == *'server cx33 in nbg1 '*'6.49 €'*'domain  '*'not priced'* ]]
  [[ $output == *'at least 6.49 €/month net'*"Hetzner's prices, of 2026-05-31"* ]]
  run "$pipster" cost examples/costs/phase4.lua --at 2026-06-15
  [[ $output == *'at least 8.49 €/month net'* ]]
  run "$pipster" cost examples/costs/phase4.lua --at 2026-05 --revenue '$100' --json
  [ "$(tail -1 <<<"$output" | jq -c '[.complete, .share_of_revenue]')" = '[false,null]' ]
}

@test "a book that is not there" {
  local name
  for name in 2027-05 2019-01 prices 2026-6; do
    run "$pipster" cost examples/costs/phase4.lua --at "$name"
    [ "$status" -eq 64 ] || { echo "$status: $output"; return 1; }
    [[ $output == *"there is no price book \"$name\""*'--at roadmap'* ]]
  done
}
