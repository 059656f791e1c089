#!/usr/bin/env bash
# The CLI's retry modes with faults: the command succeeds at its second attempt.
set -euo pipefail

export AWS_PAGER=''

control() { curl --silent --show-error --fail --header 'X-Emulator-Token: local' "$@"; }

faults=$AWS_ENDPOINT_URL/_emulator/faults
for mode in legacy standard adaptive; do
  for fault in '"error": "ThrottlingException"' '"status": 503' '"connection": "drop_before"' '"connection": "lose_answer"'; do
    control "$faults" --data "{\"operation\": \"GenerateRandom\", \"times\": 1, $fault}" >/dev/null
    export AWS_RETRY_MODE=$mode
    bytes=$(aws kms generate-random --number-of-bytes 20 --query Plaintext --output text | base64 --decode | wc --bytes)
    counts=$(control "$faults" | grep --only-matching --extended-regexp '"(seen|hits)": ?[0-9]+' | tr --delete '" \n')
    if [ "$bytes" != 20 ] || { [ "$counts" != seen:2hits:1 ] && [ "$counts" != hits:1seen:2 ]; }; then
      echo "$mode, $fault: $bytes bytes, $counts" >&2
      exit 1
    fi
    control --request DELETE "$faults" >/dev/null
  done
done

# With one attempt, the user sees the error.
control "$faults" --data '{"operation": "GenerateRandom", "error": "ThrottlingException"}' >/dev/null
if AWS_MAX_ATTEMPTS=1 aws kms generate-random --number-of-bytes 20 2>error; then
  echo 'not refused' >&2
  exit 1
fi
grep --quiet '(ThrottlingException) when calling the GenerateRandom operation' error
