# The keys survive restarts, SIGKILL and the removal of the container.

keys=$(volume keys)
serve first --read-only --volume "$keys:/data"
key=$(create_key first)
signs first "$key" || fail "it does not sign"

docker restart "$run-first" >/dev/null
wait_for answers first
signs first "$key" || fail "its key is lost after a restart"

docker kill --signal KILL "$run-first" >/dev/null
docker start "$run-first" >/dev/null
wait_for answers first
signs first "$key" || fail "its key is lost after SIGKILL"

stop first
remove first
serve second --read-only --volume "$keys:/data"
signs second "$key" || fail "its key is lost with the container"

# Only one process can use a data folder.
start third --volume "$keys:/data"
[ "$(docker wait "$run-third")" = 2 ] || fail "two processes use one volume"
remove third
stop second
remove second
