#!/usr/bin/env bash
# Builds the image, and shows with a real Docker engine what is said of it, one part after the other:
#
#   docker/smoke.sh                all parts; which binary, docker/build.sh says
#   docker/smoke.sh tls compose    only these, docker/smoke/PART.sh
#
# What it makes carries a name of its own, and goes with the script.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The most bytes of the image.
: "${KMS_IMAGE_LIMIT:=12000000}"

work=$(mktemp -d)
run="kms-smoke-$$-$RANDOM"
image="$run:latest"
source docker/smoke/common.sh
trap clean_up EXIT
# The engine, and others than the owner of the files in the containers, must read them.
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
  echo "smoke: $part: well, $((SECONDS - before)) s"
done
