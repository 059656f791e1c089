# Sourced by client-tests/run: a Docker engine for the tests. It uses the machine's own if one answers, else it starts a
# private one in a temporary folder, which ends with the script.

engine=''
system_socket=/var/run/docker.sock

stop_engine() {
  local code=$?
  as_root kill "$(cat "$engine/pid" 2>/dev/null)" 2>/dev/null || true
  wait "$engine_job" || true
  # dockerd mounts this folder onto itself, and can leave it mounted.
  as_root umount "$engine/root" 2>/dev/null || true
  as_root rm -rf "$engine" || true
  exit "$code"
}

start_engine() {
  ! docker info >/dev/null 2>&1 || return 0
  if ! is_root && have setfacl && as_root docker info >/dev/null 2>&1; then
    step "Giving you access to the Docker engine until it restarts"
    as_root setfacl --modify "user:$(id -un):rw" "$system_socket"
    ! docker info >/dev/null 2>&1 || return 0
  fi
  if ! have dockerd; then
    warn "there is no Docker engine; the tests that need one are ignored"
    return 0
  fi
  step "Starting a Docker engine"
  engine=$(mktemp -d)
  # dockerd chooses its storage: overlayfs where it can, else plain copies. The limit of open files is explicit, because
  # without CAP_SYS_RESOURCE a container cannot raise its own to dockerd's default.
  as_root dockerd --data-root "$engine/root" --exec-root "$engine/exec" --pidfile "$engine/pid" \
    --host "unix://$engine/socket" --group "$(id -gn)" --default-ulimit nofile=1024:1024 >"$engine/log" 2>&1 &
  engine_job=$!
  trap stop_engine EXIT
  trap 'exit 143' TERM INT
  export DOCKER_HOST="unix://$engine/socket"
  until docker info >/dev/null 2>&1; do
    if ! kill -0 "$engine_job" 2>/dev/null; then
      tail -n 20 "$engine/log" >&2
      warn "the Docker engine does not start; the tests that need one are ignored, and fail with CI=true"
      unset DOCKER_HOST
      return 0
    fi
    sleep 0.2
  done
}
