#!/usr/bin/env bash
# Says who the caller is for STS, and what KMS answers, with the AWS CLI. The environment alone configures it.
set -euo pipefail

options=(--output text)
[ -z "${UNSIGNED:-}" ] || options+=(--no-sign-request)

# say NAME COMMAND...: prints the answer, or the error as CODE: MESSAGE, or the CLI's own error.
say() {
  local name=$1 answer
  shift
  answer=$(aws "$@" "${options[@]}" 2>&1) || true
  sed -E "/^$/d; s/^An error occurred \(([A-Za-z]+)\) when calling the [A-Za-z]+ operation: /\1: /; s/^/$name: /" <<<"$answer"
}

say sts sts get-caller-identity --query Arn
say kms kms describe-key --key-id alias/orders --query KeyMetadata.KeyId
