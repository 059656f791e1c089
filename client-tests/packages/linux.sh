#!/usr/bin/env bash
# Runs as root in a bare Debian or Ubuntu with systemd, rpm and curl: installs, uses and removes the Debian package and the RPM,
# and installs the dev container feature. /packages has the packages, /feature the feature. VERSION is the release.
set -euo pipefail

fail() {
  echo "linux.sh: $*" >&2
  exit 1
}

# Waits until a command succeeds, for at most a minute.
wait_for() {
  local until=$((SECONDS + 60))
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$until" ] || fail "timeout: $*"
    sleep 0.1
  done
}

call() {
  curl --silent --show-error --fail-with-body --header "X-Amz-Target: TrentService.$1" --data "$2" http://127.0.0.1:4599/
}

# A signature by a new key.
sign() {
  local key
  key=$(call CreateKey '{"KeySpec":"ECC_NIST_P256","KeyUsage":"SIGN_VERIFY"}' | sed -n 's/.*"KeyId":"\([^"]*\)".*/\1/p')
  call Sign "{\"KeyId\":\"$key\",\"Message\":\"YQ==\",\"SigningAlgorithm\":\"ECDSA_SHA_256\"}" | grep --quiet '"Signature":"'
}

# Starts the emulator as the units say, without a running systemd: the socket, the user and the folder.
use() {
  local units=/usr/lib/systemd/system data=/var/lib/simulated-kms emulator
  [ "$(kms-emulator --version)" = "kms-emulator $VERSION" ] || fail "not version $VERSION"
  zcat /usr/share/man/man1/kms-emulator.1.gz | grep --quiet '^\.TH kms-emulator' || fail "no manual page"
  systemd-analyze verify "$units/kms-emulator.service" "$units/kms-emulator.socket"
  grep --quiet '^User=simulated-kms$' "$units/kms-emulator.service" || fail "the unit has another user"
  install --directory --owner=simulated-kms --group=simulated-kms --mode=0700 "$data"
  setpriv --reuid=simulated-kms --regid=simulated-kms --clear-groups --no-new-privs systemd-socket-activate \
    --listen=127.0.0.1:4599 --setenv=KMS_DATA_DIR="$data" /usr/bin/kms-emulator >/tmp/log 2>&1 &
  emulator=$!
  wait_for kms-emulator health
  sign || fail "no signature: $(cat /tmp/log)"
  kms-emulator verify --endpoint http://localhost:4599 --only GenerateRandom >/tmp/verify 2>&1 || fail "$(cat /tmp/verify)"
  kill -TERM "$emulator"
  wait "$emulator" || fail "it ended with $?: $(cat /tmp/log)"
  [ -n "$(ls "$data")" ] || fail "no keys in $data"
}

# Programs that load glibc's plug-ins for names find no host any more. A static program must load none.
sed -i 's/^hosts:.*/hosts: absent/' /etc/nsswitch.conf
if getent ahosts localhost >/dev/null; then
  fail "/etc/nsswitch.conf has no effect"
fi

echo "linux: Debian package"
dpkg --install /packages/simulated-kms_"$VERSION"_*.deb >/dev/null
use
dpkg --install /packages/simulated-kms_"$VERSION"_*.deb >/dev/null
dpkg --remove simulated-kms >/dev/null
[ ! -e /usr/bin/kms-emulator ] || fail "not removed"
[ -n "$(ls /var/lib/simulated-kms)" ] || fail "without purge, the keys are kept"
dpkg --purge simulated-kms >/dev/null
for left in /var/lib/simulated-kms /etc/default/kms-emulator /usr/lib/systemd/system/kms-emulator.service; do
  [ ! -e "$left" ] || fail "purge leaves $left"
done
! getent passwd simulated-kms >/dev/null || fail "purge leaves the user"

echo "linux: RPM"
# Its requirements are RPMs, of which a Debian system has none.
rpm --install --nodeps /packages/simulated-kms-"$VERSION"-*.rpm
use
rpm --erase simulated-kms
[ ! -e /usr/bin/kms-emulator ] || fail "not erased"
getent passwd simulated-kms >/dev/null || fail "an RPM keeps the user"

echo "linux: dev container feature"
mkdir /releases
ln -s /packages "/releases/v$VERSION"
RELEASES=file:///releases bash /feature/install.sh
# bash remembers where the program was.
hash -r
/usr/local/share/simulated-kms/start.sh true
wait_for kms-emulator health
sign || fail "no signature: $(cat /tmp/simulated-kms.log)"
