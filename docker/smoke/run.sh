# `docker run` without options, and with reduced privileges.

# Checks the real, effective, saved and file-system user ids of a container's process.
runs_as() {
  local process
  process=$(state "$1" '{{.State.Pid}}')
  grep --quiet --perl-regexp "^Uid:(\t$2){4}\$" "/proc/$process/status" || fail "$1 does not run as $2"
}

docker run --detach --label "$run" --name "$run-plain" "$image" >/dev/null
wait_for reports_ok plain
runs_as plain 65532
docker logs "$run-plain" 2>/dev/null | grep --quiet --line-regexp 'Simulated KMS ready at http://.*:4599 (data: /data)' ||
  fail "no ready line: $(docker logs "$run-plain" 2>&1)"

serve locked --read-only --cap-drop ALL --security-opt no-new-privileges
signs locked "$(create_key locked)" || fail "it does not sign"
runs_as locked 65532

# Another user, as on OpenShift. It can write to the volume because of its group.
serve other --user 1000
signs other "$(create_key other)" || fail "it does not sign as another user"
runs_as other 1000

# The engine runs the image's health check.
for name in plain locked other; do
  wait_for healthy "$name"
done
echo "smoke: run: $(docker stats --no-stream --format '{{.MemUsage}}' "$run-locked") of memory"
for name in plain locked other; do
  stop "$name"
  remove "$name"
done
