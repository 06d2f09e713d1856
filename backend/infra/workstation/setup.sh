#!/bin/bash
# Makes a remote desktop of a fresh Ubuntu with NVIDIA's driver: Amazon DCV, PyMOL, and the results of predictions as a
# folder. Settings come as FOLDPAD_* variables in front of this text. Runs once, as root; its log is
# /var/log/foldpad-setup.log.
set -euo pipefail
exec > >(tee -a "${FOLDPAD_ROOT:-}/var/log/foldpad-setup.log") 2>&1

root=${FOLDPAD_ROOT:-}
user=scientist
downloads=$(mktemp -d)
export DEBIAN_FRONTEND=noninteractive

retry() {
  local attempt
  for attempt in 1 2 3 4 5; do
    "$@" && return 0
    echo "attempt $attempt failed: $*"
    sleep $((${FOLDPAD_RETRY_SECONDS:-10} * attempt))
  done
  return 1
}

make_user() {
  id "$user" >/dev/null 2>&1 || useradd --create-home --shell /bin/bash "$user"
  # Straight from one program to the other: the password is on no command line and in no log.
  retry aws secretsmanager get-secret-value --region "$FOLDPAD_REGION" --secret-id "$FOLDPAD_SECRET" \
    --query SecretString --output text >"$downloads/password"
  printf '%s:%s\n' "$user" "$(cat "$downloads/password")" | chpasswd
  rm -f "$downloads/password"
}

install_desktop() {
  retry apt-get -q update
  retry apt-get -q install -y --no-install-recommends ubuntu-desktop-minimal gdm3 pymol mesa-utils fuse3 jq
  # DCV shows X, not Wayland.
  sed -i 's/^#\?WaylandEnable=.*/WaylandEnable=false/' "$root/etc/gdm3/custom.conf"
  command -v nvidia-xconfig >/dev/null || retry apt-get -q install -y nvidia-xconfig
  nvidia-xconfig --preserve-busid --enable-all-gpus
  systemctl set-default graphical.target
}

install_dcv() {
  local archive=$downloads/dcv.tgz
  retry curl -fsSL --proto '=https' -o "$archive" "https://d1uj6qtbmh3dt5.cloudfront.net/nice-dcv-ubuntu2204-x86_64.tgz"
  tar -xzf "$archive" -C "$downloads" --strip-components=1
  retry apt-get -q install -y "$downloads"/nice-dcv-server_*.deb "$downloads"/nice-dcv-web-viewer_*.deb \
    "$downloads"/nice-xdcv_*.deb "$downloads"/nice-dcv-gl_*.deb
  usermod -aG video dcv
  mkdir -p "$root/etc/dcv"
  cat >"$root/etc/dcv/dcv.conf" <<CONF
[session-management]
create-session = true

[session-management/automatic-console-session]
owner = "$user"

[connectivity]
enable-quic-frontend = true
idle-timeout = $FOLDPAD_IDLE_MINUTES

[security]
authentication = "system"
no-tls-strict = false
CONF
}

# The results, read-only: nothing that happens on a desktop can change them.
mount_results() {
  local unit=$root/etc/systemd/system/foldpad-results.service
  retry curl -fsSL --proto '=https' -o "$downloads/mount-s3.deb" \
    "https://s3.amazonaws.com/mountpoint-s3-release/latest/x86_64/mount-s3.deb"
  retry apt-get -q install -y "$downloads/mount-s3.deb"
  mkdir -p "$root/mnt/results"
  cat >"$unit" <<UNIT
[Unit]
Description=Results of Foldpad's predictions
Wants=network-online.target
After=network-online.target

[Service]
Type=forking
ExecStart=/usr/bin/mount-s3 --read-only --allow-other --region $FOLDPAD_REGION --prefix output/ $FOLDPAD_BUCKET /mnt/results
ExecStop=/usr/bin/fusermount3 -u /mnt/results
Restart=on-failure
RestartSec=15

[Install]
WantedBy=multi-user.target
UNIT
  systemctl daemon-reload
  systemctl enable --now foldpad-results.service
  install -d -o "$user" -g "$user" "$root/home/$user/Desktop"
  ln -sfn /mnt/results "$root/home/$user/Desktop/results"
}

stop_when_idle() {
  base64 --decode >"$root/usr/local/sbin/foldpad-idle" <<<"$FOLDPAD_IDLE_SCRIPT"
  chmod 0755 "$root/usr/local/sbin/foldpad-idle"
  cat >"$root/etc/systemd/system/foldpad-idle.service" <<UNIT
[Unit]
Description=Stops this machine when nobody uses it

[Service]
Type=oneshot
Environment=FOLDPAD_IDLE_MINUTES=$FOLDPAD_IDLE_MINUTES
ExecStart=/usr/local/sbin/foldpad-idle
UNIT
  cat >"$root/etc/systemd/system/foldpad-idle.timer" <<'UNIT'
[Unit]
Description=Looks every five minutes whether anybody uses this machine

[Timer]
OnBootSec=15min
OnUnitActiveSec=5min

[Install]
WantedBy=timers.target
UNIT
  systemctl daemon-reload
  systemctl enable --now foldpad-idle.timer
}

# First, so that a setup that fails half-way does not leave a machine that runs for ever.
stop_when_idle
make_user
install_desktop
install_dcv
mount_results
rm -rf "$downloads"
systemctl enable dcvserver
# The driver's X configuration and the desktop come with the next start.
systemctl reboot
