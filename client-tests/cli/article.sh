#!/usr/bin/env bash
# The article's program, with the AWS CLI: a message is signed and verified, and what is wrong is refused.
#
# Where KMS is, it learns from its environment alone.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
cd "$folder"

# expect TEXT COMMAND...: the command is to fail with this on standard error, and nothing else.
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
asked=(--key-id "$key" --message-type DIGEST --signing-algorithm ECDSA_SHA_256)
digest '{"orderId":42,"amount":"199.00","customer":"Ünïcödé"}' >message
digest '{"orderId":42,"amount":"0.01","customer":"Ünïcödé"}' >changed
aws kms sign "${asked[@]}" --message fileb://message --query Signature --output text | base64 --decode >signature
verify=(aws kms verify "${asked[@]}" --query SignatureValid --output text)
[ "$("${verify[@]}" --message fileb://message --signature fileb://signature)" = True ]

# The CLI prints the text that there is: none.
expect '(KMSInvalidSignatureException) when calling the Verify operation: ' \
  "${verify[@]}" --message fileb://changed --signature fileb://signature
expect '(ValidationException) when calling the Sign operation: '`
  `'Digest is invalid length for algorithm ECDSA_SHA_256.' \
  aws kms sign "${asked[@]}" --message fileb://signature
expect '(ValidationException) when calling the Verify operation: '`
  `"1 validation error detected: Value at 'signature' failed to satisfy constraint: "`
  `'Member must have length greater than or equal to 1' \
  "${verify[@]}" --message fileb://message --signature fileb:///dev/null
echo 'article: ok'
