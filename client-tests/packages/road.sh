#!/usr/bin/env bash
# road.sh ROAD ROOT: installs one package in a bare root, starts the emulator and signs. Prints a row of a table.
set -euo pipefail

road=$1 root=$2
# A project has its environment.
[ "$road" != wheel ] || python3 -m venv /opt/venv
before=$(du --summarize --one-file-system --block-size=1 / | cut -f 1)
start=${EPOCHREALTIME/./}
case "$road" in
  deb)
    package=$(echo /packages/*.deb)
    dpkg --install "$package" >/dev/null
    command=(kms-emulator)
    ;;
  archive)
    package=$(echo /packages/*.tar.gz)
    mkdir /opt/kms
    tar -xzf "$package" -C /opt/kms --strip-components 1
    command=(/opt/kms/kms-emulator)
    ;;
  wheel)
    package=$(echo /packages/*.whl)
    /opt/venv/bin/pip install --quiet --no-index "$package"
    command=(/opt/venv/bin/simulated-kms)
    ;;
  npm)
    package=$(echo /packages/simulated-kms-linux-*.tgz)
    mkdir /opt/project
    cd /opt/project
    echo '{"private": true}' >package.json
    npm install --offline --no-audit --no-fund --silent /packages/simulated-kms-[0-9]*.tgz "$package"
    command=(npx --offline simulated-kms)
    ;;
esac
"${command[@]}" --temporary >/tmp/out 2>&1 &
call() {
  curl --silent --fail --header "X-Amz-Target: TrentService.$1" --data "$2" http://127.0.0.1:4599/
}
deadline=$((SECONDS + 60))
until call ListKeys '{}' >/dev/null; do
  [ "$SECONDS" -lt "$deadline" ] || { cat /tmp/out >&2; exit 1; }
  sleep 0.01
done
key=$(call CreateKey '{"KeySpec":"ECC_NIST_P256","KeyUsage":"SIGN_VERIFY"}' | sed -n 's/.*"KeyId":"\([^"]*\)".*/\1/p')
call Sign "{\"KeyId\":\"$key\",\"Message\":\"YQ==\",\"SigningAlgorithm\":\"ECDSA_SHA_256\"}" | grep --quiet '"Signature":"'
took=$((${EPOCHREALTIME/./} - start))
after=$(du --summarize --one-file-system --block-size=1 / | cut -f 1)
awk -v root="$root" -v road="$road" -v size="$(stat --format %s "$package")" -v more="$((after - before))" -v took="$took" \
  'BEGIN { printf "| %s | %s | %.1f MB | %.1f MB | %.1f s |\n", root, road, size / 1e6, more / 1e6, took / 1e6 }'
