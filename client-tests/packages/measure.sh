#!/usr/bin/env bash
# Measures each road from nothing to the first signature, in bare root file systems, without the download. Writes a table into
# emulator/docs/install.md. It needs target/packages, mmdebstrap and a Docker engine:
#
#   client-tests/packages/measure.sh [SUITE]...      the releases of Debian; by default bookworm and trixie
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

page=emulator/docs/install.md
: "${CARGO_TARGET_DIR:=target}"
roots=$(realpath "$CARGO_TARGET_DIR")/tmp/roots
mkdir -p "$roots"
[ "$#" -gt 0 ] || set -- bookworm trixie

# What each root has besides the essential packages, and the roads there.
declare -A includes=([bare]=curl [python]=curl,python3-venv [node]=curl,nodejs,npm)
declare -A roads=([bare]="deb archive" [python]="wheel" [node]="npm")

table=$(mktemp)
echo "| Root | Road | Download | Installed | To the first signature |" >"$table"
echo "| --- | --- | --- | --- | --- |" >>"$table"
for suite in "$@"; do
  for kind in bare python node; do
    root="$roots/$suite-$kind.tar"
    [ -f "$root" ] || mmdebstrap --quiet --variant=minbase --include="${includes[$kind]}" "$suite" "$root"
    image="kms-measure-$suite-$kind"
    docker import "$root" "$image" >/dev/null
    for road in ${roads[$kind]}; do
      docker run --rm --volume "$PWD/target/packages:/packages:ro" --volume "$PWD/client-tests/packages:/test:ro" \
        "$image" bash /test/road.sh "$road" "Debian ($suite), $kind" | tee --append "$table"
    done
    docker image rm "$image" >/dev/null
  done
done
python3 - "$page" "$table" <<'PYTHON'
import re, sys

page, table = sys.argv[1], open(sys.argv[2]).read()
text = open(page).read()
start, end = "<!-- measured by client-tests/packages/measure.sh -->\n\n", "\n<!-- end -->"
text, count = re.subn(re.escape(start) + ".*?" + re.escape(end), lambda _: start + table + end, text, flags=re.DOTALL)
assert count == 1, f"{page} has no place for the table"
open(page, "w").write(text)
PYTHON
rm "$table"
