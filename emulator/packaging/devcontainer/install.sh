#!/bin/sh
# Installs the program while the container's image is built. VERSION is the release. RELEASES replaces the address of the
# releases.
set -eu

: "${RELEASES:=https://github.com/simulated-kms/simulated-kms/releases/download}"
case "$(uname -m)" in
  x86_64) target=x86_64-unknown-linux-gnu ;;
  aarch64) target=aarch64-unknown-linux-gnu ;;
  *) echo "There is no release for $(uname -m)." >&2; exit 1 ;;
esac
if ! command -v curl >/dev/null; then
  command -v apt-get >/dev/null || { echo "Install curl in the image of the dev container first." >&2; exit 1; }
  apt-get update
  DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends ca-certificates curl
fi
name="kms-emulator-$VERSION-$target"
work=$(mktemp -d)
cd "$work"
for file in "$name.tar.gz" SHA256SUMS; do
  curl --silent --show-error --fail --location --retry 3 --remote-name "$RELEASES/v$VERSION/$file"
done
grep " $name.tar.gz\$" SHA256SUMS | sha256sum -c - >/dev/null
tar -xzf "$name.tar.gz"
install -m 755 "$name/kms-emulator" /usr/local/bin/kms-emulator
cd /
rm -rf "$work"

# The container runs this before its own command. Keys are kept as long as the container.
install -d /usr/local/share/simulated-kms
install -d -m 1777 /var/lib/simulated-kms
cat >/usr/local/share/simulated-kms/start.sh <<'SCRIPT'
#!/bin/sh
nohup kms-emulator --data-dir /var/lib/simulated-kms/keys >/tmp/simulated-kms.log 2>&1 </dev/null &
exec "$@"
SCRIPT
chmod 755 /usr/local/share/simulated-kms/start.sh
