# The control plane is off without a token, and accepts only that token.

# clock NAME [OPTION OF curl]...: the HTTP status of the answer.
clock() {
  curl --silent --output "$work/answer" --write-out '%{http_code}' "http://$(address "$1")/_emulator/clock" "${@:2}"
}

serve closed
[ "$(clock closed --header 'X-Emulator-Token: local')" = 403 ] || fail "the control plane is open without a token"
serve open --env KMS_CONTROL_TOKEN=sesame
[ "$(clock open --header 'X-Emulator-Token: local')" = 403 ] || fail "the control plane accepts a wrong token"
[ "$(clock open --header 'X-Emulator-Token: sesame')" = 200 ] || fail "the control plane is off: $(cat "$work/answer")"
remove closed
remove open
