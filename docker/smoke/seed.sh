# Seeds by volume: one file where local-kms has it, or a folder; and what is wrong with one is said.

there() {
  call "$1" DescribeKey "{\"KeyId\":\"alias/$2\"}" >"$work/answer" && grep --quiet '"Enabled":true' "$work/answer"
}

serve file --volume "$PWD/docker/seed.yaml:/init/seed.yaml:ro"
there file orders && there file tokens || fail "the seed's keys are not there"

mkdir --mode=0755 "$work/seeds"
cp docker/seed.yaml "$work/seeds/one.yaml"
echo '{"keys":[{"alias":"alias/more","material":{"seed":"more"}}]}' >"$work/seeds/two.json"
chmod 0644 "$work"/seeds/*
serve folder --volume "$work/seeds:/seeds:ro" --env KMS_SEED=/seeds
there folder orders && there folder more || fail "not all of the folder is there"

# The same keys in both.
for name in file folder; do
  call "$name" GetPublicKey '{"KeyId":"alias/tokens"}' |
    grep --only-matching '"PublicKey":"[^"]*"' >"$work/public-$name"
done
cmp --quiet "$work/public-file" "$work/public-folder" || fail "the same seed gives other keys"

echo 'keys: [{alias: alias/wrong, spec: ROT13}]' >"$work/wrong.yaml"
chmod 0644 "$work/wrong.yaml"
start wrong --volume "$work/wrong.yaml:/init/seed.yaml:ro"
[ "$(docker wait "$run-wrong")" = 2 ] || fail "it starts with a seed that is none"
docker logs "$run-wrong" 2>&1 | grep --quiet '/init/seed.yaml' || fail "it does not say which seed is wrong"

for name in file folder wrong; do
  remove "$name"
done
