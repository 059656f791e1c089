# Functions for all parts. `run` is the name of this run, `image` the image, `work` a temporary folder.

fail() {
  echo "smoke: $*" >&2
  exit 1
}

# Removes this run's containers, volumes, networks and images.
clean_up() {
  local code=$? label containers container
  for label in "$run" "com.docker.compose.project=$run"; do
    containers=$(docker ps --all --quiet --filter "label=$label")
    for container in $containers; do
      if [ "$code" != 0 ]; then
        docker inspect --format '--- {{.Name}}: {{json .State}}' "$container" >&2
        docker logs --tail 20 "$container" >&2
      fi
      # `--volumes` removes its anonymous volumes.
      docker rm --force --volumes "$container"
    done
    docker volume ls --quiet --filter "label=$label" | xargs --no-run-if-empty docker volume rm
    docker network ls --quiet --filter "label=$label" | xargs --no-run-if-empty docker network rm
  done >/dev/null
  docker image ls --quiet --filter "reference=$run*" | xargs --no-run-if-empty docker image rm --force >/dev/null
  rm -rf "$work"
}

# Waits until a command succeeds, for at most a minute.
wait_for() {
  local until=$((SECONDS + 60))
  until "$@"; do
    [ "$SECONDS" -lt "$until" ] || fail "timeout: $*"
    sleep 0.1
  done
}

# start NAME [OPTION OF `docker run`]...: starts a container of the image.
start() {
  docker run --detach --name "$run-$1" --label "$run" "${@:2}" "$image" >/dev/null
}

# serve NAME [OPTION]...: starts a container with its port published on a free port, and waits until it answers.
serve() {
  start "$@" --publish 127.0.0.1::4599
  wait_for answers_or_ended "$1"
  answers "$1" || fail "$1 does not start"
}

volume() {
  docker volume create --label "$run" "$run-$1" >/dev/null
  echo "$run-$1"
}

# state NAME TEMPLATE
state() {
  docker inspect --type container --format "$2" "$run-$1"
}

# Whether `kms-emulator health` succeeds in the container.
reports_ok() {
  docker exec "$run-$1" /kms-emulator health >/dev/null 2>&1
}

# Whether the engine's health check succeeds.
healthy() {
  [ "$(state "$1" '{{.State.Health.Status}}')" = healthy ]
}

# The published address of a container; it may change when the container starts again.
address() {
  docker port "$run-$1" 4599/tcp | head -n 1
}

answers() {
  local to
  to=$(address "$1" 2>/dev/null) && curl --silent --fail --max-time 5 --output "$work/health" "http://$to/health"
}

answers_or_ended() {
  answers "$1" || [ "$(state "$1" '{{.State.Running}}')" = false ]
}

# ask NAME [OPTION OF curl]...
ask() {
  curl --silent --show-error --fail-with-body --max-time 20 "http://$(address "$1")/" "${@:2}"
}

# call NAME OPERATION JSON
call() {
  ask "$1" --header "X-Amz-Target: TrentService.$2" --data "$3"
}

# The key id in a response.
key_id() {
  sed --quiet --regexp-extended 's/.*"KeyId":"([^"]+)".*/\1/p'
}

create_key() {
  call "$1" CreateKey '{"KeySpec":"ECC_NIST_P256","KeyUsage":"SIGN_VERIFY"}' | key_id
}

# signs NAME KEY
signs() {
  call "$1" Sign "{\"KeyId\":\"$2\",\"Message\":\"YQ==\",\"SigningAlgorithm\":\"ECDSA_SHA_256\"}" >"$work/answer" &&
    grep --quiet '"Signature":"' "$work/answer"
}

# Stops a container by the image's signal, and checks its exit code.
stop() {
  docker stop --time 20 "$run-$1" >/dev/null
  [ "$(state "$1" '{{.State.ExitCode}}')" = 0 ] || fail "$1 ended with $(state "$1" '{{json .State}}')"
}

remove() {
  docker rm --force --volumes "$run-$1" >/dev/null
}
