# HTTPS: the health check works, and the certificate authority is kept in the volume.

secure() {
  curl --silent --show-error --fail --cacert "$work/ca.pem" --output "$work/answer" "https://$(address "$1")/health"
}

ready() {
  docker logs "$run-$1" 2>/dev/null | grep --quiet --line-regexp 'Simulated KMS ready at https://.*:4599 (data: /data)'
}

certified=$(volume certified)
serve tls --volume "$certified:/data" --env KMS_TLS=true
ready tls || fail "it does not serve HTTPS: $(docker logs "$run-tls" 2>&1)"
curl --silent --show-error --fail --output "$work/ca.pem" "http://$(address tls)/ca.pem"
secure tls || fail "its authority did not sign its certificate"
reports_ok tls || fail "its health check fails"
wait_for healthy tls
stop tls
remove tls

serve again --volume "$certified:/data" --env KMS_TLS=true
secure again || fail "its certificate authority has changed"
remove again
