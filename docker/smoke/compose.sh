# The compose file: its seed, its volume, and an application that starts when the emulator is healthy.
#
# A static busybox replaces the application's image, which the engine would have to pull. It sends the same request as the
# AWS CLI in the compose file, to the endpoint in its environment.

if docker compose version >/dev/null 2>&1; then
  compose=(docker compose)
elif command -v docker-compose >/dev/null; then
  compose=(docker-compose)
else
  fail "needs docker compose"
fi

busybox=$(command -v busybox) || fail "needs a static busybox"
tar --create --dereference --directory "$(dirname "$busybox")" busybox |
  docker import - "$run-application" >/dev/null
cat >"$work/override.yaml" <<YAML
services:
  kms:
    image: $image
  application:
    image: $run-application
    entrypoint: ["/busybox", "sh", "-ec"]
    command:
      - |
        /busybox wget -q -O - --header "X-Amz-Target: TrentService.DescribeKey" \\
          --post-data '{"KeyId":"alias/orders"}' "\$\$AWS_ENDPOINT_URL_KMS/"
YAML
compose_here() {
  KMS_PUBLISHED_PORT=0 "${compose[@]}" --project-name "$run" --file docker/compose.yaml --file "$work/override.yaml" \
    "$@" >"$work/compose.log" 2>&1 || { cat "$work/compose.log" >&2; fail "${compose[*]} $1 fails"; }
}
# member SERVICE: the container of a service.
member() {
  docker ps --all --quiet --filter "label=com.docker.compose.project=$run" --filter "label=com.docker.compose.service=$1"
}
up() {
  compose_here up --detach --no-build
  kms=$(member kms)
  application=$(member application)
  [ "$(docker wait "$application")" = 0 ] || fail "the application fails: $(docker logs "$application" 2>&1)"
  to="http://$(docker port "$kms" 4599/tcp | head -n 1)"
}
kms_call() {
  curl --silent --show-error --fail-with-body --header "X-Amz-Target: TrentService.$1" --data "$2" "$to/"
}

up
docker logs "$application" 2>/dev/null | grep --quiet '"Enabled":true' || fail "the seed's key is missing"

# The application must start after the first successful health check.
template='{{range .State.Health.Log}}{{if eq .ExitCode 0}}{{.End.UTC.Format "2006-01-02T15:04:05.000000000"}} {{end}}{{end}}'
read -r healthy_at _ <<<"$(docker inspect --format "$template" "$kms")"
started_at=$(docker inspect --format '{{.State.StartedAt}}' "$application")
[ -n "$healthy_at" ] && [[ "$healthy_at" < "$started_at" ]] ||
  fail "the application started at $started_at, the emulator was healthy at ${healthy_at:-no time}"

# The control plane accepts the compose file's token.
curl --silent --show-error --fail --header 'X-Emulator-Token: local' "$to/_emulator/clock" >/dev/null ||
  fail "the control plane is off"

# `down` removes the containers and keeps the keys.
kms_call CreateAlias '{"AliasName":"alias/kept","TargetKeyId":"'"$(kms_call CreateKey '{}' | key_id)"'"}'
compose_here down
up
kms_call DescribeKey '{"KeyId":"alias/kept"}' >/dev/null || fail "the keys were removed with the containers"
compose_here down --volumes
