#!/usr/bin/env bash
# Downloads a release, checks it, and installs the program for the later steps of the job. VERSION is the release. RELEASES
# replaces the address of the releases.
set -euo pipefail

: "${RELEASES:=https://github.com/simulated-kms/simulated-kms/releases/download}"
case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) target=x86_64-unknown-linux-gnu ;;
  Linux-aarch64) target=aarch64-unknown-linux-gnu ;;
  Darwin-x86_64) target=x86_64-apple-darwin ;;
  Darwin-arm64) target=aarch64-apple-darwin ;;
  *) echo "There is no release for $(uname -s) on $(uname -m); use the input \`program\`." >&2; exit 1 ;;
esac
name="kms-emulator-$VERSION-$target"
folder="$RUNNER_TEMP/simulated-kms"
mkdir -p "$folder"
cd "$folder"
for file in "$name.tar.gz" SHA256SUMS; do
  curl --silent --show-error --fail --location --retry 3 --remote-name "$RELEASES/v$VERSION/$file"
done
# macOS has no sha256sum.
sum() { if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum --algorithm 256 "$@"; fi; }
grep " $name.tar.gz\$" SHA256SUMS | sum --check >/dev/null
tar -xzf "$name.tar.gz" --strip-components 1
echo "$folder" >>"$GITHUB_PATH"
