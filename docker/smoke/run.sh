# `docker run` without an option, and with all that takes rights away.

# Who a process is: its real, effective, saved and file-system ids.
runs_as() {
  local process
  process=$(state "$1" '{{.State.Pid}}')
  grep --quiet --perl-regexp "^Uid:(\t$2){4}\$" "/proc/$process/status" || fail "$1 does not run as $2"
}

docker run --detach --label "$run" --name "$run-plain" "$image" >/dev/null
wait_for well plain
runs_as plain 65532
docker logs "$run-plain" 2>/dev/null | grep --quiet --line-regexp 'Simulated KMS ready at http://.*:4599 (data: /data)' ||
  fail "not the ready line: $(docker logs "$run-plain" 2>&1)"

serve locked --read-only --cap-drop ALL --security-opt no-new-privileges
signs locked "$(create_key locked)" || fail "it does not sign"
runs_as locked 65532

# Another user, as OpenShift wants it: it may write to the volume by the group.
serve other --user 1000
signs other "$(create_key other)" || fail "it does not sign as another user"
runs_as other 1000

# The engine has asked by now, as often as the image says.
for name in plain locked other; do
  wait_for healthy "$name"
done
echo "smoke: run: $(docker stats --no-stream --format '{{.MemUsage}}' "$run-locked") of memory"
for name in plain locked other; do
  stop "$name"
  remove "$name"
done
