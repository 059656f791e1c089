#!/usr/bin/env bash
# docker/build.sh [TAG]: builds a static binary, then the image from it, and loads the image into the Docker engine. It
# uses only the last stage of the Dockerfile and pulls no other image.
#
#   docker/build.sh                               build the binary and the image; the tag is simulated-kms
#   KMS_EMULATOR_BINARY=FILE docker/build.sh      use this static binary
#
# VERSION sets the image's version label.
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
  emulator/packaging/build binary >/dev/null
  binary=target/packages/$(uname -m)-unknown-linux-gnu/kms-emulator
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
  # The OCI format has no health checks.
  buildah_here "${build[@]}" --isolation chroot --format docker docker &&
    buildah_here push "$tag" "docker-archive:$work/image.tar:$tag" &&
    docker load --quiet --input "$work/image.tar" >>"$work/log" 2>&1
else
  fail "needs docker's buildx, or buildah"
fi || { cat "$work/log" >&2; fail "the image does not build"; }
