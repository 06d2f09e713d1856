#!/bin/bash
# Runs at every boot, before anything else of Foldpad's: the ECS agent may start only after boot.sh has said that the
# machine is ready. Whatever goes wrong in between (a mount, a package, this file system) leaves a machine that never
# registers and so never takes a job. /run is empty after a restart, so an old permission is never found there.
set -u

root=${FOLDPAD_ROOT:-}
folder=$root/etc/systemd/system/ecs.service.d

mkdir -p "$folder"
cat >"$folder/10-foldpad.conf" <<'UNIT'
[Unit]
StartLimitIntervalSec=0

[Service]
ExecStartPre=/usr/bin/test -e /run/foldpad/ready
Restart=on-failure
RestartSec=10
UNIT
systemctl daemon-reload
# A boot that hangs is paid for like any other, and nobody waits for it: half an hour is several times what it takes.
systemd-run --on-active=30min --unit=foldpad-watchdog \
  /bin/bash -c 'test -e /run/foldpad/ready || shutdown -h now' || true
