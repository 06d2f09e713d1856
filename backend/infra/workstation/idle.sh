#!/bin/bash
# Stops the machine (its disk stays) when nobody has been connected to its desktop for FOLDPAD_IDLE_MINUTES. A machine
# that was started a while ago and whose desktop never came up counts as idle too.
set -uo pipefail

root=${FOLDPAD_ROOT:-}
last=$root/run/foldpad-last-use
now=$(date +%s)

mkdir -p "${last%/*}"
connections=$(dcv describe-session console --json 2>/dev/null | jq -r '."num-of-connections" // 0' 2>/dev/null)
if [[ ! -e $last ]] || ((${connections:-0} > 0)); then
  echo "$now" >"$last"
  exit 0
fi
idle=$((now - $(cat "$last")))
echo "nobody has been connected for $((idle / 60)) minutes"
if ((idle >= FOLDPAD_IDLE_MINUTES * 60)); then
  echo 'stopping'
  systemctl poweroff
fi
