#!/usr/bin/env bash
# Signs and verifies a message with the AWS CLI, and checks the errors. The environment alone configures the CLI.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
cd "$folder"

# expect TEXT COMMAND...: the command must fail with exactly this text on standard error.
expect() {
  local text=$1
  shift
  if "$@" >out 2>err; then
    echo "not refused: $*" >&2
    exit 1
  fi
  if [ "$(grep . err)" != "An error occurred $text" ]; then
    cat err >&2
    exit 1
  fi
}

digest() { printf '%s' "$1" | openssl dgst -sha256 -binary; }

key=$(aws kms create-key --key-spec ECC_NIST_P256 --key-usage SIGN_VERIFY --query KeyMetadata.KeyId --output text)
request=(--key-id "$key" --message-type DIGEST --signing-algorithm ECDSA_SHA_256)
digest '{"orderId":42,"amount":"199.00","customer":"Ünïcödé"}' >message
digest '{"orderId":42,"amount":"0.01","customer":"Ünïcödé"}' >changed
aws kms sign "${request[@]}" --message fileb://message --query Signature --output text | base64 --decode >signature
verify=(aws kms verify "${request[@]}" --query SignatureValid --output text)
[ "$("${verify[@]}" --message fileb://message --signature fileb://signature)" = True ]

# KMS sends no message for this error.
expect '(KMSInvalidSignatureException) when calling the Verify operation: ' \
  "${verify[@]}" --message fileb://changed --signature fileb://signature
expect '(ValidationException) when calling the Sign operation: '`
  `'Digest is invalid length for algorithm ECDSA_SHA_256.' \
  aws kms sign "${request[@]}" --message fileb://signature
expect '(ValidationException) when calling the Verify operation: '`
  `"1 validation error detected: Value at 'signature' failed to satisfy constraint: "`
  `'Member must have length greater than or equal to 1' \
  "${verify[@]}" --message fileb://message --signature fileb:///dev/null
echo 'article: ok'
