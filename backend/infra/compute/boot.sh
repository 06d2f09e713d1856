#!/bin/bash
# Makes an instance of AWS Batch ready for jobs: file system, scratch space, agent settings, metrics. Settings come as
# FOLDPAD_* variables in front of this text. A machine that cannot be made ready tells why, is counted, and ends.
set -uo pipefail

root=${FOLDPAD_ROOT:-}
ready=$root/run/foldpad/ready
pause=${FOLDPAD_RETRY_SECONDS:-15}
dimensions="Deployment=$FOLDPAD_PREFIX,Queue=$FOLDPAD_QUEUE"

log() { echo "foldpad-boot: $*"; }

# Tries up to six times, waiting longer each time.
retry() {
  local attempt
  for attempt in 1 2 3 4 5 6; do
    "$@" && return 0
    log "attempt $attempt failed: $*"
    sleep $((pause * attempt))
  done
  return 1
}

fail() {
  log "FAILED: $*"
  rm -f "$ready"
  # guard.sh keeps the agent from starting already; masked, nothing else can start it either.
  systemctl mask --now --no-block ecs.service
  command -v aws >/dev/null || dnf install -y -q awscli-2
  aws cloudwatch put-metric-data --region "$FOLDPAD_REGION" --namespace Foldpad --metric-name BootFailures \
    --dimensions "$dimensions" --value 1 --unit Count
  # A fault that every instance has must not start and end hundreds of them in an hour.
  sleep "${FOLDPAD_LINGER_SECONDS:-300}"
  shutdown -h now
  exit 1
}

# Stripes the instance's own disks, if it has any, into one at /scratch; the root volume serves otherwise.
make_scratch() {
  local -A seen=()
  local disks=() disk device=''
  for disk in "$root"/dev/disk/by-id/nvme-Amazon_EC2_NVMe_Instance_Storage_*; do
    # udev makes several links to each disk, and some to partitions.
    [[ -e $disk && $disk != *-part[0-9]* ]] && seen[$(readlink -f "$disk")]=1
  done
  disks=("${!seen[@]}")
  mkdir -p "$root/scratch"
  if ((${#disks[@]} == 1)); then
    device=${disks[0]}
  elif ((${#disks[@]} > 1)); then
    command -v mdadm >/dev/null || retry dnf install -y -q mdadm || return 1
    device=/dev/md/scratch
    mdadm --create "$device" --run --level=0 --raid-devices="${#disks[@]}" "${disks[@]}" || return 1
  fi
  if [[ -n $device ]]; then
    mkfs.xfs -q -f "$device" && mount -o noatime,nodiscard "$device" "$root/scratch" || return 1
    log "scratch: ${#disks[@]} disks of the instance"
  fi
  chmod 1777 "$root/scratch"
}

mount_lustre() {
  local source="$FOLDPAD_LUSTRE_DNS@tcp:/$FOLDPAD_LUSTRE_NAME"
  mountpoint -q "$FOLDPAD_LUSTRE_MOUNT" && return 0
  # Without an answer (a closed port) it would wait for ever.
  timeout --kill-after=10 120 mount -t lustre -o "$FOLDPAD_LUSTRE_OPTIONS" "$source" "$FOLDPAD_LUSTRE_MOUNT" &&
    mountpoint -q "$FOLDPAD_LUSTRE_MOUNT"
}

make_databases() {
  [[ -n ${FOLDPAD_LUSTRE_DNS:-} ]] || return 0
  command -v mount.lustre >/dev/null || retry dnf install -y -q lustre-client || fail 'the Lustre client cannot be installed'
  mkdir -p "$FOLDPAD_LUSTRE_MOUNT"
  retry mount_lustre || fail "the file system $FOLDPAD_LUSTRE_DNS cannot be mounted"
  # A mount may hang on its first use: ask something of it.
  timeout 120 test -d "$FOLDPAD_LUSTRE_MOUNT$FOLDPAD_LUSTRE_FOLDER" ||
    fail "the file system has no folder $FOLDPAD_LUSTRE_FOLDER, or does not answer"
  log "databases: $FOLDPAD_LUSTRE_DNS ($FOLDPAD_LUSTRE_OPTIONS)"
}

check_gpus() {
  local found
  found=$(nvidia-smi --list-gpus | grep -c '^GPU') || true
  ((found >= 1)) || fail 'no GPU answers; its driver may not fit the instance'
  log "GPUs: $found"
}

# How busy the GPUs are, one number per queue and minute.
report_gpus() {
  local config=$root/etc/foldpad/cloudwatch.json
  command -v amazon-cloudwatch-agent-ctl >/dev/null || retry dnf install -y -q amazon-cloudwatch-agent || return 1
  mkdir -p "${config%/*}"
  cat >"$config" <<JSON
{
  "agent": { "metrics_collection_interval": 60, "region": "$FOLDPAD_REGION" },
  "metrics": {
    "namespace": "Foldpad",
    "aggregation_dimensions": [["Deployment", "Queue"]],
    "metrics_collected": {
      "nvidia_gpu": {
        "measurement": ["utilization_gpu", "memory_used"],
        "drop_original_metrics": ["utilization_gpu", "memory_used"],
        "append_dimensions": { "Deployment": "$FOLDPAD_PREFIX", "Queue": "$FOLDPAD_QUEUE" }
      }
    }
  }
}
JSON
  amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c "file:$config"
}

mkdir -p "${ready%/*}" "$root/etc/ecs"
rm -f "$ready"
make_scratch || fail 'the scratch disks cannot be made ready'
make_databases
[[ $FOLDPAD_HAS_GPU == yes ]] && check_gpus
cat >>"$root/etc/ecs/ecs.config" <<CONFIG
ECS_RESERVED_MEMORY=$FOLDPAD_RESERVED_MEMORY
ECS_CONTAINER_STOP_TIMEOUT=90s
ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION=10m
ECS_IMAGE_PULL_BEHAVIOR=prefer-cached
ECS_DISABLE_PRIVILEGED=true
CONFIG
: >"$ready"
log 'ready for jobs'
# Only now, and not in the way of a job: numbers are worth less than predictions.
if [[ $FOLDPAD_HAS_GPU == yes ]]; then report_gpus || log 'how busy the GPUs are will not be reported'; fi
