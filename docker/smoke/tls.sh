# HTTPS: the health check finds it well, and its certificate authority stays as long as the volume.

secure() {
  curl --silent --show-error --fail --cacert "$work/ca.pem" --output "$work/answer" "https://$(address "$1")/health"
}

ready() {
  docker logs "$run-$1" 2>/dev/null | grep --quiet --line-regexp 'Simulated KMS ready at https://.*:4599 (data: /data)'
}

certified=$(volume certified)
serve tls --volume "$certified:/data" --env KMS_TLS=true
ready tls || fail "it does not speak HTTPS: $(docker logs "$run-tls" 2>&1)"
curl --silent --show-error --fail --output "$work/ca.pem" "http://$(address tls)/ca.pem"
secure tls || fail "its certificate is not its own authority's"
well tls || fail "its health check does not find it well"
wait_for healthy tls
stop tls
remove tls

serve again --volume "$certified:/data" --env KMS_TLS=true
secure again || fail "its certificate authority is another one"
remove again
