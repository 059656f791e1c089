# Seeds from a volume: one file at local-kms's path, or a folder; and the error of a wrong seed.

exists() {
  call "$1" DescribeKey "{\"KeyId\":\"alias/$2\"}" >"$work/answer" && grep --quiet '"Enabled":true' "$work/answer"
}

serve file --volume "$PWD/docker/seed.yaml:/init/seed.yaml:ro"
exists file orders && exists file tokens || fail "the seed's keys are missing"

mkdir --mode=0755 "$work/seeds"
cp docker/seed.yaml "$work/seeds/one.yaml"
echo '{"keys":[{"alias":"alias/more","material":{"seed":"more"}}]}' >"$work/seeds/two.json"
chmod 0644 "$work"/seeds/*
serve folder --volume "$work/seeds:/seeds:ro" --env KMS_SEED=/seeds
exists folder orders && exists folder more || fail "a key of the folder's seeds is missing"

# Both have the same keys.
for name in file folder; do
  call "$name" GetPublicKey '{"KeyId":"alias/tokens"}' |
    grep --only-matching '"PublicKey":"[^"]*"' >"$work/public-$name"
done
cmp --quiet "$work/public-file" "$work/public-folder" || fail "the same seed gives different keys"

echo 'keys: [{alias: alias/wrong, spec: ROT13}]' >"$work/wrong.yaml"
chmod 0644 "$work/wrong.yaml"
start wrong --volume "$work/wrong.yaml:/init/seed.yaml:ro"
[ "$(docker wait "$run-wrong")" = 2 ] || fail "it starts with an invalid seed"
docker logs "$run-wrong" 2>&1 | grep --quiet '/init/seed.yaml' || fail "the error does not name the seed"

for name in file folder wrong; do
  remove "$name"
done
