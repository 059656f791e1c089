#!/usr/bin/env bash
# Builds the image, looks at it, and runs it: started, asked, stopped, started again with its keys.
#
# It needs no Docker engine: buildah builds the Dockerfile's last stage from a binary that Cargo
# built outside, so that no base image is pulled, and runs it in a chroot. What an engine alone can
# show is said at the end.
#
#   docker/smoke.sh                               builds the static binary first
#   KMS_EMULATOR_BINARY=FILE docker/smoke.sh      takes this one
set -euo pipefail

fail() {
  echo "smoke: $*" >&2
  exit 1
}

tools=(buildah curl python3)
[ -n "${KMS_EMULATOR_BINARY:-}" ] || tools+=(cargo)
missing=()
for tool in "${tools[@]}"; do
  command -v "$tool" >/dev/null || missing+=("$tool")
done
[ "${#missing[@]}" = 0 ] || fail "needs ${missing[*]}"
# The image's user and the owner of its files are looked at from outside.
[ "$EUID" = 0 ] || fail "needs root"

binary=
if [ -n "${KMS_EMULATOR_BINARY:-}" ]; then
  # Before the change of folder: it may be a relative path.
  binary=$(realpath --canonicalize-existing -- "$KMS_EMULATOR_BINARY") || fail "there is no $KMS_EMULATOR_BINARY"
fi
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=$(mktemp -d)
started=
# Images and containers of its own, gone with the script.
buildah_here() {
  buildah --root "$work/root" --runroot "$work/run" --storage-driver vfs "$@"
}

# The emulator's process: buildah does not pass signals on, so it is found by its environment.
emulator_process() {
  local process
  for process in /proc/[0-9]*; do
    if [ "$(tr '\0' ' ' 2>/dev/null <"$process/cmdline")" = "/kms-emulator " ] &&
      grep --quiet --fixed-strings "SMOKE=$work" "$process/environ"; then
      echo "${process#/proc/}"
      return
    fi
  done 2>/dev/null # processes end while they are looked at
  return 1
}

clean_up() {
  if [ -n "$started" ]; then
    # When the emulator ends, so does its buildah. If it is not there yet, buildah takes it along.
    kill -KILL "$(emulator_process || echo "$started")" 2>/dev/null || true
    wait "$started" 2>/dev/null || true
  fi
  buildah_here rm --all >/dev/null 2>&1 || true
  # Whatever may still be mounted in there is the machine's.
  rm --recursive --force --one-file-system "$work"
}
trap clean_up EXIT

if [ -z "$binary" ]; then
  target="$(uname -m)-unknown-linux-gnu"
  # A target folder of its own: other flags would build everything else anew.
  RUSTFLAGS="-C target-feature=+crt-static" CARGO_TARGET_DIR=target/docker \
    cargo build --release --locked --package kms-emulator --bin kms-emulator --target "$target"
  binary="target/docker/$target/release/kms-emulator"
fi

install --directory "$work/build"
install --mode=0755 "$binary" "$work/build/kms-emulator"
install --directory --mode=0770 "$work/build/folders/data"
# OCI's own format has no health check.
buildah_here build --isolation chroot --format docker --build-context "build=$work/build" \
  --build-arg VERSION=1.2.3 --file docker/Dockerfile --tag simulated-kms docker >"$work/build.log" 2>&1 ||
  { cat "$work/build.log" >&2; fail "the image does not build"; }

buildah_here inspect --type image simulated-kms >"$work/image.json"
python3 - "$work/image.json" <<'PYTHON' || fail "the image is not as it should be"
import json, sys

config = json.load(open(sys.argv[1]))["Docker"]["config"]
label = "org.opencontainers.image."
# Times are in nanoseconds.
expected = {
    "User": "65532:65532",
    "Entrypoint": ["/kms-emulator"],
    "Cmd": [],
    "Volumes": {"/data": {}},
    "ExposedPorts": {"4599/tcp": {}},
    "StopSignal": "SIGTERM",
    "Healthcheck": {
        "Test": ["CMD", "/kms-emulator", "health"],
        "Interval": 5_000_000_000,
        "Timeout": 6_000_000_000,
        "StartPeriod": 10_000_000_000,
        "Retries": 3,
    },
}
wrong = [
    f"{name} is {config.get(name)}, not {value}"
    for name, value in expected.items()
    if (config.get(name) or []) != value
]
for setting in ["KMS_HOST=0.0.0.0", "KMS_PORT=4599", "KMS_DATA_DIR=/data"]:
    if setting not in config["Env"]:
        wrong.append(f"Env has no {setting}: {config['Env']}")
labels = config["Labels"]
for name in ["title", "description", "licenses", "url", "source"]:
    if not labels.get(label + name):
        wrong.append(f"there is no label {label}{name}: {labels}")
if labels.get(label + "version") != "1.2.3":
    wrong.append(f"the version given is not in the labels: {labels}")
sys.exit("\n".join(wrong) or 0)
PYTHON

container=$(buildah_here from simulated-kms)
files=$(buildah_here mount "$container")
# Before the first run, which adds to them.
content=$(find "$files" -mindepth 1 -printf '%M %U:%G /%P\n' | LC_ALL=C sort)
[ "$content" = "-rwxr-xr-x 0:0 /kms-emulator
drwxrwx--- 65532:0 /data" ] || fail "the image holds something else:
$content"
size=$(stat --format=%s "$files/kms-emulator") # the one file in it
[ "$size" -le 12000000 ] || fail "the image has $size bytes, more than 12 MB"
buildah_here umount "$container" >/dev/null

in_container() {
  buildah_here run --isolation chroot "$@"
}

# Waits, at most half a minute, until the emulator says that it is ready.
wait_until_ready() {
  local _
  for _ in $(seq 300); do
    if grep --quiet "^Simulated KMS ready at " "$work/out"; then return; fi
    kill -0 "$started" 2>/dev/null || break
    sleep 0.1
  done
  cat "$work/out" "$work/err" >&2
  fail "it does not get ready"
}

# start USER OPTION...: in a new container, as the USER that the OPTIONs of buildah lead to.
start() {
  local user=$1
  shift
  container=$(buildah_here from simulated-kms)
  : >"$work/out"
  # The image's own entry point and settings, but a port that nobody else has.
  in_container --env KMS_PORT=0 --env "SMOKE=$work" "$@" "$container" -- /kms-emulator \
    >"$work/out" 2>"$work/err" &
  started=$!
  wait_until_ready
  grep --quiet --fixed-strings "(data: /data)" "$work/out" || fail "it keeps its keys elsewhere: $(cat "$work/out")"
  port=$(sed --regexp-extended 's/.*:([0-9]+) .*/\1/' "$work/out")
  emulator=$(emulator_process) || fail "its process is not to be found"
  # "Uid:" and the real, effective, saved and file-system ids.
  grep --quiet --perl-regexp "^Uid:(\t$user){4}\$" "/proc/$emulator/status" || fail "it does not run as $user"
}

stop() {
  kill -TERM "$emulator"
  timeout 30 tail --pid="$started" --follow /dev/null || fail "it does not stop on SIGTERM"
  local code=0
  wait "$started" || code=$?
  started=
  [ "$code" = 0 ] || { cat "$work/err" >&2; fail "it ended with exit code $code"; }
}

call() {
  curl --silent --show-error --fail-with-body --noproxy '*' --max-time 20 --header "X-Amz-Target: TrentService.$1" \
    --data "$2" "http://127.0.0.1:$port/"
}

# The value at a path of keys in the JSON on standard input.
value() {
  python3 -c 'import functools, json, sys
print(functools.reduce(lambda value, key: value[key], sys.argv[1:], json.load(sys.stdin)))' "$@"
}

# A folder of this machine as the volume: it is all that the two containers share.
install --directory --owner=65532 --group=0 --mode=0770 "$work/data"

start 65532 --volume "$work/data:/data"
health=$(in_container --env "KMS_PORT=$port" "$container" -- /kms-emulator health) || fail "its health check finds it unwell"
[ "$(value status <<<"$health")" = ok ] || fail "its health check says $health"
key=$(call CreateKey '{"KeySpec":"ECC_NIST_P256","KeyUsage":"SIGN_VERIFY"}' | value KeyMetadata KeyId) || fail "it creates no key"
what="\"KeyId\":\"$key\",\"Message\":\"YQ==\",\"SigningAlgorithm\":\"ECDSA_SHA_256\""
signature=$(call Sign "{$what}" | value Signature) || fail "it does not sign"
stop
if in_container --env "KMS_PORT=$port" "$container" -- /kms-emulator health >/dev/null 2>&1; then
  fail "its health check finds it well when it has stopped"
fi

start 65532 --volume "$work/data:/data"
valid=$(call Verify "{$what,\"Signature\":\"$signature\"}" | value SignatureValid) || fail "its key is gone after a restart"
[ "$valid" = True ] || fail "its key is another one after a restart"
stop

# As `docker run --user 1000` would, in the folder that the image brings.
start 1000 --user 1000:0
call CreateKey '{}' >/dev/null || fail "another user cannot keep keys"
stop

echo "smoke: the image has $((size / 1000)) kB: one file and /data"
echo "smoke: builds, is well, signs, stops on SIGTERM, keeps its keys, runs as another user too"
echo "smoke: not shown, for want of an engine: published ports, when health is checked, a read-only root"
