# Sourced by client-tests/run: which programs are missing, and where each of them can come from.

missing=()      # programs that the tests do not find, or find too old
packages=()     # Debian packages to install
tools_needed=() # programs to install from client-tests/setup/tools.txt
unavailable=()  # programs that cannot be installed, each with what to do

have() { command -v "$1" >/dev/null; }
warn() { echo "client-tests/run: $*" >&2; }
step() { printf '\n==> %s\n' "$*"; }

# at_least MINIMUM VERSION
at_least() { [ -n "$2" ] && printf '%s\n' "$1" "$2" | sort -V -C; }

rust_minimum=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' client-tests/Cargo.toml)
go_minimum=$(sed -n 's/^go //p' client-tests/go/go.mod)
node_minimum=$(sed -n 's/.*"node": ">=\([0-9.]*\)".*/\1/p' client-tests/javascript/package.json)
java_minimum=$(sed -n 's/.*<maven.compiler.release>\([0-9]*\)<.*/\1/p' client-tests/java/pom.xml)

rust_is_new_enough() {
  have cargo && have rustc && at_least "$rust_minimum" "$(rustc --version 2>/dev/null | cut -d ' ' -f 2)"
}
# From 1.21 on, Go fetches the version that the module asks for, and reports that version here.
go_is_new_enough() {
  have go && at_least "$go_minimum" "$(cd client-tests/go && go env GOVERSION 2>/dev/null | sed 's/^go//')"
}
node_is_new_enough() {
  have node && have npm && at_least "$node_minimum" "$(node --version 2>/dev/null | tr -d v)"
}
java_is_new_enough() {
  have javac && have keytool && at_least "$java_minimum" "$(javac -version 2>&1 | sed -n 's/^javac //p')"
}
# The smoke test of the image copies busybox into an empty image, so it must not need shared libraries.
busybox_is_static() {
  have busybox && ! ldd "$(command -v busybox)" 2>/dev/null | grep -q '=>'
}
has_browser() { have chromium || have chromium-browser || have google-chrome; }
has_venv() { have python3 && python3 -c 'import ensurepip, venv' 2>/dev/null; }
# dockerd is enough: engine.sh starts it.
has_engine() { have docker && { docker info >/dev/null 2>&1 || have dockerd; }; }
has_image_builder() { docker buildx version >/dev/null 2>&1 || have buildah; }
has_compose() { docker compose version >/dev/null 2>&1 || have docker-compose; }

find_missing() {
  missing=()
  rust_is_new_enough || missing+=("rust")
  local program
  for program in cc curl openssl setpriv strace valgrind mmdebstrap mvn; do
    have "$program" || missing+=("$program")
  done
  has_venv || missing+=("python3-venv")
  java_is_new_enough || missing+=("java")
  node_is_new_enough || missing+=("node")
  go_is_new_enough || missing+=("go")
  has_browser || missing+=("chromium")
  busybox_is_static || missing+=("busybox")
  has_engine || missing+=("docker")
  has_image_builder || missing+=("buildx")
  has_compose || missing+=("compose")
}

# The version of a package that apt would install, or nothing.
candidate() {
  if have apt-cache; then
    LC_ALL=C apt-cache policy "$1" 2>/dev/null | sed -n 's/^  Candidate: //p' | grep -vFx '(none)' || true
  fi
}

# in_apt PACKAGE [MINIMUM]
in_apt() {
  local version
  version=$(candidate "$1")
  [ -n "$version" ] && dpkg --compare-versions "$version" ge "${2:-0}"
}

# from_apt PROGRAM PACKAGE...: plans the packages, if apt has all of them.
from_apt() {
  local program=$1 package
  shift
  for package in "${@:-none}"; do
    in_apt "$package" || { unavailable+=("$program: apt has no package; install it yourself"); return; }
  done
  packages+=("$@")
}

# The first of some packages that apt has.
first_in_apt() {
  local package
  for package in "$@"; do
    if in_apt "$package"; then
      echo "$package"
      return
    fi
  done
}

# Where each missing program comes from.
plan() {
  packages=() tools_needed=() unavailable=()
  local program
  for program in ${missing[@]+"${missing[@]}"}; do
    case "$program" in
      rust) unavailable+=("rust: install $rust_minimum or newer from https://rustup.rs (\`rustup update\` if you have it)") ;;
      cc) from_apt "a C compiler" gcc libc6-dev ;;
      mvn) from_apt maven maven ;;
      setpriv) from_apt setpriv util-linux ;;
      strace) from_apt strace strace ;;
      mmdebstrap) from_apt mmdebstrap mmdebstrap ;;
      busybox) from_apt "a static busybox" busybox-static ;;
      java) from_apt "Java $java_minimum or newer" default-jdk-headless ;;
      node) plan_node ;;
      go) plan_go ;;
      chromium) plan_browser ;;
      docker) plan_docker ;;
      buildx) from_apt "docker buildx or buildah" $(first_in_apt docker-buildx buildah) ;;
      compose) from_apt "docker compose" $(first_in_apt docker-compose-v2 docker-compose) ;;
      *) from_apt "$program" "$program" ;;
    esac
  done
  if [ "${#tools_needed[@]}" -gt 0 ] && ! has_venv && ! in_apt python3-venv; then
    unavailable+=("${tools_needed[*]}: their installation needs Python 3 with venv")
    tools_needed=()
  fi
  if [ "${#packages[@]}" -gt 0 ] && ! is_root && ! have sudo; then
    unavailable+=("${packages[*]}: apt needs root or sudo; run as root: apt-get install ${packages[*]}")
    packages=()
  fi
}

plan_node() {
  if have node && ! have npm && at_least "$node_minimum" "$(node --version | tr -d v)" && in_apt npm; then
    packages+=(npm)
  elif in_apt nodejs "$node_minimum" && ! have node; then
    packages+=(nodejs)
    # NodeSource's package contains npm and conflicts with Debian's.
    apt-cache show "nodejs=$(candidate nodejs)" | grep -qE '^(Conflicts|Provides):.*\bnpm\b' || packages+=(npm)
  else
    plan_tool node
  fi
}

plan_go() {
  # A Go of 1.21 or newer fetches the version that it needs.
  if in_apt golang-go 2:1.21 && ! have go; then
    packages+=(golang-go)
  else
    plan_tool go
  fi
}

plan_tool() {
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64 | Linux-aarch64) tools_needed+=("$1") ;;
    *) unavailable+=("$1: install a newer version yourself") ;;
  esac
}

plan_browser() {
  if in_apt chromium; then
    packages+=(chromium)
  else
    # Ubuntu's package only fetches a snap, which containers cannot run.
    unavailable+=("chromium: no package here; install Google Chrome, or \`snap install chromium\` where snaps work")
  fi
}

plan_docker() {
  from_apt "a Docker engine" docker.io
  # From Debian 13 on, the client is a package of its own.
  if in_apt docker-cli; then
    packages+=(docker-cli)
  fi
  # A user who is not root gets access to the engine's socket with it.
  is_root || have setfacl || packages+=(acl)
}

print_plan() {
  local line
  echo "Missing: ${missing[*]}"
  [ "${#packages[@]}" = 0 ] || echo "From apt: ${packages[*]}"
  [ "${#tools_needed[@]}" = 0 ] || echo "From client-tests/setup/tools.txt: ${tools_needed[*]}"
  if [ "${#unavailable[@]}" -gt 0 ]; then
    echo "Cannot be installed by this script:"
    for line in "${unavailable[@]}"; do
      echo "  - $line"
    done
  fi
}
