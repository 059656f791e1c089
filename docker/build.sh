#!/usr/bin/env bash
# docker/build.sh [TAG]: makes the image from a static binary that is built outside, and gives it to the Docker engine.
# So the Dockerfile's last stage is all there is to it, and nothing is pulled.
#
#   docker/build.sh                               builds the binary first; the tag is simulated-kms
#   KMS_EMULATOR_BINARY=FILE docker/build.sh      takes this one
#
# VERSION is what the image's label says.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tag=${1:-simulated-kms}
fail() {
  echo "build: $*" >&2
  exit 1
}

binary=${KMS_EMULATOR_BINARY:-}
if [ -z "$binary" ]; then
  command -v cargo >/dev/null || fail "needs cargo, or KMS_EMULATOR_BINARY"
  target="$(uname -m)-unknown-linux-gnu"
  # As anybody installs it from a checkout, but static. A target folder of its own: other flags would build everything
  # else anew.
  RUSTFLAGS="-C target-feature=+crt-static -C relocation-model=static" CARGO_TARGET_DIR=target/docker \
    cargo install --path emulator --locked --no-track --force --target "$target" --root target/docker/installed
  binary=target/docker/installed/bin/kms-emulator
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/build"
install --mode=0755 "$binary" "$work/build/kms-emulator"
install --directory --mode=0770 "$work/build/volume/data"

build=(build --build-context "build=$work/build" --file docker/Dockerfile --tag "$tag")
if [ -n "${VERSION:-}" ]; then
  build+=(--build-arg "VERSION=$VERSION")
fi
if docker buildx version >/dev/null 2>&1; then
  docker buildx "${build[@]}" --load docker >"$work/log" 2>&1
elif command -v buildah >/dev/null; then
  buildah_here() {
    buildah --root "$work/buildah" --runroot "$work/buildah-run" --storage-driver vfs "$@" >>"$work/log" 2>&1
  }
  # OCI's own format has no health check.
  buildah_here "${build[@]}" --isolation chroot --format docker docker &&
    buildah_here push "$tag" "docker-archive:$work/image.tar:$tag" &&
    docker load --quiet --input "$work/image.tar" >>"$work/log" 2>&1
else
  fail "needs docker's buildx, or buildah"
fi || { cat "$work/log" >&2; fail "the image does not build"; }
