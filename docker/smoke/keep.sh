# The keys outlive the process and the container, however it ends.

keys=$(volume keys)
serve first --read-only --volume "$keys:/data"
key=$(create_key first)
signs first "$key" || fail "it does not sign"

docker restart "$run-first" >/dev/null
wait_for answers first
signs first "$key" || fail "its key is gone after a restart"

docker kill --signal KILL "$run-first" >/dev/null
docker start "$run-first" >/dev/null
wait_for answers first
signs first "$key" || fail "its key is gone after SIGKILL"

stop first
remove first
serve second --read-only --volume "$keys:/data"
signs second "$key" || fail "its key is gone with the container"

# One folder is one process's.
start third --volume "$keys:/data"
[ "$(docker wait "$run-third")" = 2 ] || fail "two have one volume"
remove third
stop second
remove second
