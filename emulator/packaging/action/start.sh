#!/usr/bin/env bash
# Starts the emulator in the background, waits until it is ready, and sets the variables of the later steps.
set -euo pipefail

arguments=(--temporary --port "$PORT")
[ -z "$SEED" ] || arguments+=(--seed "$SEED")
read -r -a more <<<"$OPTIONS"
log="$RUNNER_TEMP/simulated-kms.log"
ready="$RUNNER_TEMP/simulated-kms.ready"
: >"$ready"
nohup "${PROGRAM:-kms-emulator}" "${arguments[@]}" ${more[@]+"${more[@]}"} >"$ready" 2>"$log" </dev/null &
emulator=$!
echo "$emulator" >"$RUNNER_TEMP/simulated-kms.pid"
until grep --quiet '^Simulated KMS ready at ' "$ready"; do
  if ! kill -0 "$emulator" 2>/dev/null || [ "$SECONDS" -gt 60 ]; then
    echo "The emulator is not ready. Its log:" >&2
    cat "$log" >&2
    exit 1
  fi
  sleep 0.1
done
endpoint=$(sed -n 's/^Simulated KMS ready at \([^ ]*\) .*/\1/p' "$ready")
echo "endpoint=$endpoint" >>"$GITHUB_OUTPUT"
echo "AWS_ENDPOINT_URL_KMS=$endpoint" >>"$GITHUB_ENV"
# A job can have credentials for other services.
if [ -z "${AWS_ACCESS_KEY_ID:-}" ]; then
  printf '%s\n' AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test >>"$GITHUB_ENV"
fi
# boto3 reads only the second.
region=${AWS_REGION:-${AWS_DEFAULT_REGION:-us-east-1}}
printf '%s\n' "AWS_REGION=$region" "AWS_DEFAULT_REGION=$region" >>"$GITHUB_ENV"
