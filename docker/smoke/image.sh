# The image's configuration, files and size.

# expect VALUE TEMPLATE
expect() {
  local found
  found=$(docker image inspect --format "$2" "$image")
  [ "$found" = "$1" ] || fail "$2 is $found, not $1"
}
expect 65532:65532 '{{.Config.User}}'
expect '["/kms-emulator"]' '{{json .Config.Entrypoint}}'
expect '{"/data":{}}' '{{json .Config.Volumes}}'
expect '{"4599/tcp":{},"8080/tcp":{}}' '{{json .Config.ExposedPorts}}'
expect SIGTERM '{{.Config.StopSignal}}'
expect '["CMD","/kms-emulator","health"]' '{{json .Config.Healthcheck.Test}}'
expect 'Simulated KMS' '{{index .Config.Labels "org.opencontainers.image.title"}}'
expect smoke '{{index .Config.Labels "org.opencontainers.image.version"}}'

docker create --name "$run-image" --label "$run" "$image" >/dev/null
docker export "$run-image" >"$work/files.tar"
# The other entries of an export are the engine's mount points.
files=$(tar --list --file "$work/files.tar" | grep --invert-match --extended-regexp '^(dev|proc|sys|etc|\.dockerenv)' | sort | xargs)
[ "$files" = "data/ kms-emulator" ] || fail "the image has other files: $files"
size=$(tar --extract --to-stdout --file "$work/files.tar" kms-emulator | wc --bytes)
[ "$size" -le "$KMS_IMAGE_LIMIT" ] || fail "the image has $size bytes, more than $KMS_IMAGE_LIMIT"
echo "smoke: image: $size bytes"
remove image
