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
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() {
  echo "smoke: $*" >&2
  exit 1
}

for tool in buildah curl python3; do
  command -v "$tool" >/dev/null || fail "needs $tool"
done

work=$(mktemp -d)
clean_up() {
  if [ -n "${running:-}" ]; then
    kill -KILL "$running" 2>/dev/null || true
  fi
  buildah_here rm --all >/dev/null 2>&1 || true
  rm -rf "$work"
}
# Images and containers of its own, gone with the script.
buildah_here() {
  buildah --root "$work/root" --runroot "$work/run" --storage-driver vfs "$@"
}
trap clean_up EXIT

binary=${KMS_EMULATOR_BINARY:-}
if [ -z "$binary" ]; then
  command -v cargo >/dev/null || fail "needs cargo, or KMS_EMULATOR_BINARY"
  target="$(uname -m)-unknown-linux-gnu"
  # A target folder of its own: other flags would build everything else anew.
  RUSTFLAGS="-C target-feature=+crt-static" CARGO_TARGET_DIR=target/docker \
    cargo build --release --locked --package kms-emulator --bin kms-emulator --target "$target"
  binary="target/docker/$target/release/kms-emulator"
fi

mkdir "$work/build"
install --mode=0755 "$binary" "$work/build/kms-emulator"
install --directory --mode=0770 "$work/build/data"
# OCI's own format has no health check.
buildah_here build --isolation chroot --format docker --build-context "build=$work/build" \
  --file docker/Dockerfile --tag simulated-kms docker >"$work/build.log" 2>&1 ||
  { cat "$work/build.log" >&2; fail "the image does not build"; }

buildah_here inspect --type image simulated-kms >"$work/image.json"
python3 - "$work/image.json" "$work/build/kms-emulator" <<'PYTHON'
import json, os, sys

config = json.load(open(sys.argv[1]))["Docker"]["config"]
expected = {
    "User": "65532:65532",
    "Entrypoint": ["/kms-emulator"],
    "Volumes": {"/data": {}},
    "ExposedPorts": {"4599/tcp": {}, "8080/tcp": {}},
    "StopSignal": "SIGTERM",
}
for name, value in expected.items():
    assert config[name] == value, f"{name} is {config[name]}, not {value}"
assert config["Healthcheck"]["Test"] == ["CMD", "/kms-emulator", "health"], config["Healthcheck"]
assert config["Labels"]["org.opencontainers.image.title"] == "Simulated KMS", config["Labels"]
size = os.path.getsize(sys.argv[2])  # the one file in the image
# It was 9 MB before seed files and deterministic mode, and is to be 12 again.
assert size <= 15_000_000, f"the image has {size} bytes"
print(f"smoke: the image has {size / 1e6:.1f} MB")
PYTHON

container=$(buildah_here from simulated-kms)
in_container() {
  buildah_here run --isolation chroot --user 65532:65532 --env "SMOKE=$work" "$@"
}

# Waits, at most half a minute, until a command succeeds.
wait_for() {
  local _
  for _ in $(seq 300); do
    if "$@"; then return; fi
    sleep 0.1
  done
  cat "$work/out" "$work/err" >&2
  fail "waited in vain: $*"
}

# The emulator's process: buildah does not pass signals on, so it is found by its environment.
emulator_process() {
  local process
  for process in /proc/[0-9]*; do
    if [ "$(tr '\0' ' ' <"$process/cmdline" 2>/dev/null)" = "/kms-emulator " ] &&
      grep --quiet --fixed-strings "SMOKE=$work" "$process/environ" 2>/dev/null; then
      echo "${process#/proc/}"
      return
    fi
  done
  return 1
}

start() {
  : >"$work/out"
  # The image's own entry point, user and settings, but ports that nobody else has.
  in_container --env KMS_PORT=0 --env KMS_ALSO_PORT=0 "$container" -- /kms-emulator >"$work/out" 2>"$work/err" &
  started=$!
  wait_for grep --quiet "Simulated KMS ready" "$work/out"
  grep --quiet "(data: /data)" "$work/out" || fail "it keeps its keys elsewhere: $(cat "$work/out")"
  port=$(sed --regexp-extended 's/.*:([0-9]+) .*/\1/' "$work/out")
  running=$(emulator_process)
  # "Uid:" and the real, effective, saved and file-system ids.
  grep --quiet --perl-regexp '^Uid:(\t65532){4}$' "/proc/$running/status" || fail "it does not run as 65532"
}

stop() {
  kill -TERM "$running"
  local code=0
  wait "$started" || code=$?
  running=
  [ "$code" = 0 ] || { cat "$work/err" >&2; fail "it ended with exit code $code"; }
}

call() {
  curl --silent --show-error --fail --max-time 20 --header "X-Amz-Target: TrentService.$1" \
    --data "$2" "http://127.0.0.1:$port/"
}

start
in_container --env "KMS_PORT=$port" "$container" -- /kms-emulator health >/dev/null ||
  fail "its health check does not find it well"
key=$(call CreateKey '{"KeySpec":"ECC_NIST_P256","KeyUsage":"SIGN_VERIFY"}' |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["KeyMetadata"]["KeyId"])')
sign="{\"KeyId\":\"$key\",\"Message\":\"YQ==\",\"SigningAlgorithm\":\"ECDSA_SHA_256\"}"
call Sign "$sign" | grep --quiet '"Signature":"' || fail "it does not sign"
stop

# The volume outlives the process.
start
call Sign "$sign" | grep --quiet '"Signature":"' || fail "its key is gone after a restart"
stop

echo "smoke: built, well, signs, stops on SIGTERM, keeps its keys"
echo "smoke: not shown, for want of an engine: published ports, when health is checked, a read-only root"
