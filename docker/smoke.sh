#!/usr/bin/env bash
# Builds the image and tests it with a real Docker engine, part by part:
#
#   docker/smoke.sh                all parts; the binary is the one of docker/build.sh
#   docker/smoke.sh tls compose    only the parts docker/smoke/tls.sh and docker/smoke/compose.sh
#
# Its containers, volumes and images have a unique name and are removed at the end.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The maximum size of the image in bytes.
: "${KMS_IMAGE_LIMIT:=14800000}"

work=$(mktemp -d)
run="kms-smoke-$$-$RANDOM"
image="$run:latest"
source docker/smoke/common.sh
trap clean_up EXIT
# The engine and other users in the containers must be able to read the files.
chmod 0755 "$work"

for tool in docker curl; do
  command -v "$tool" >/dev/null || fail "needs $tool"
done
docker info >/dev/null 2>&1 || fail "no Docker engine answers: $(docker info 2>&1 | tail -n 1)"

VERSION=smoke docker/build.sh "$image"
if [ "$#" = 0 ]; then
  set -- image run keep seed control tls compose
fi
for part in "$@"; do
  before=$SECONDS
  source "docker/smoke/$part.sh"
  echo "smoke: $part: ok, $((SECONDS - before)) s"
done
