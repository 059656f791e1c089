#!/usr/bin/env bash
# Every operation of the AWS CLI. OpenSSL checks results.
#
# Each command starts Python, so there are few. AWS_DATA_PATH is the newest model, because the CLI's own can be older.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
cd "$folder"
export AWS_PAGER=''

# kms OPERATION...: runs a command and records its operation.
kms() {
  echo "$1" >>called
  aws kms "$@"
}

# get QUERY OPERATION...: the result of the query as text, with a line for each page.
get() { kms "${@:2}" --query "$1" --output text; }

# save FILE QUERY OPERATION...: decodes a binary result into a file.
save() { get "${@:2}" | base64 --decode >"$1"; }

# words QUERY OPERATION...: the items of all pages, with one item in each.
words() { get "$@" --page-size 1 | xargs; }

# is EXPECTED ACTUAL
is() {
  if [ "$1" != "$2" ]; then
    echo "line ${BASH_LINENO[0]}: expected $1, got $2" >&2
    exit 1
  fi
}

same() { cmp "$1" "$2" || is "$1" "$2"; }
create() { get KeyMetadata.KeyId create-key "$@"; }
state() { get KeyMetadata.KeyState describe-key --key-id "$1"; }

printf 'a message' >message
root=arn:aws:iam::000000000000:root

### Keys, aliases, tags and policies

key=$(create --multi-region --tags TagKey=a,TagValue=1 TagKey=b,TagValue=2)
other=$(create)
kms tag-resource --key-id "$key" --tags TagKey=c,TagValue=3
kms untag-resource --key-id "$key" --tag-keys b
is 'a c' "$(words 'Tags[].TagKey' list-resource-tags --key-id "$key")"
kms create-alias --alias-name alias/one --target-key-id "$key"
kms create-alias --alias-name alias/two --target-key-id "$key"
kms update-alias --alias-name alias/two --target-key-id "$other"
# AWS services have aliases in each account.
is 'alias/one alias/two' "$(words "Aliases[?!starts_with(AliasName, 'alias/aws/')].AliasName" list-aliases)"
kms delete-alias --alias-name alias/two
kms update-key-description --key-id "$key" --description 'Ünïcödé'
is 'Ünïcödé' "$(get KeyMetadata.Description describe-key --key-id alias/one)"

get Policy get-key-policy --key-id "$key" | sed 's/Enable IAM User Permissions/another/' >policy
kms put-key-policy --key-id "$key" --policy file://policy
is another "$(get Policy get-key-policy --key-id "$key" | grep -o another)"
is default "$(words PolicyNames list-key-policies --key-id "$key")"

### Grants

grant=(create-grant --key-id "$key" --grantee-principal $root --retiring-principal $root --operations Encrypt)
token=$(get GrantToken "${grant[@]}")
id=$(get GrantId "${grant[@]}")
is 2 "$(words 'Grants[].GrantId' list-grants --key-id "$key" | wc --words)"
kms retire-grant --grant-token "$token"
is "$id" "$(words 'Grants[].GrantId' list-retirable-grants --retiring-principal $root)"
kms revoke-grant --key-id "$key" --grant-id "$id"

### Encryption, data keys and random bytes

context=(--encryption-context 'purpose=a test')
save sealed CiphertextBlob encrypt --key-id alias/one --plaintext fileb://message "${context[@]}"
is Encrypt "$(get KeyLastUsage.Operation get-key-last-usage --key-id "$key")"
moved=(re-encrypt --ciphertext-blob fileb://sealed --source-encryption-context 'purpose=a test')
save moved CiphertextBlob "${moved[@]}" --destination-key-id "$other"
save opened Plaintext decrypt --ciphertext-blob fileb://moved
same message opened

read -r plain blob < <(get '[Plaintext, CiphertextBlob]' generate-data-key --key-id "$key" --key-spec AES_256)
base64 --decode <<<"$blob" >blob
is "$plain" "$(get Plaintext decrypt --ciphertext-blob fileb://blob)"
save blob CiphertextBlob generate-data-key-without-plaintext --key-id "$key" --number-of-bytes 24
is 24 "$(get Plaintext decrypt --ciphertext-blob fileb://blob | base64 --decode | wc --bytes)"
is 20 "$(get Plaintext generate-random --number-of-bytes 20 | base64 --decode | wc --bytes)"

# public_of DER: the public key of a private key, in base64.
public_of() { openssl pkey -inform DER -in "$1" -pubout -outform DER | base64 --wrap 0; }

pair=(--key-id "$key" --key-pair-spec ECC_NIST_P256)
read -r private public < <(get '[PrivateKeyPlaintext, PublicKey]' generate-data-key-pair "${pair[@]}")
base64 --decode <<<"$private" >private.der
is "$public" "$(public_of private.der)"
both='[PrivateKeyCiphertextBlob, PublicKey]'
read -r private public < <(get "$both" generate-data-key-pair-without-plaintext "${pair[@]}")
base64 --decode <<<"$private" >blob
save private.der Plaintext decrypt --ciphertext-blob fileb://blob
is "$public" "$(public_of private.der)"

### Life of a key

kms disable-key --key-id "$other"
is Disabled "$(state "$other")"
kms enable-key --key-id "$other"
kms schedule-key-deletion --key-id "$other" --pending-window-in-days 7 >scheduled
is PendingDeletion "$(state "$other")"
kms cancel-key-deletion --key-id "$other" >cancelled

kms enable-key-rotation --key-id "$key" --rotation-period-in-days 90
is 90 "$(get RotationPeriodInDays get-key-rotation-status --key-id "$key")"
kms disable-key-rotation --key-id "$key"
for _ in 1 2; do kms rotate-key-on-demand --key-id "$key" >rotated; done
is 'ON_DEMAND ON_DEMAND' "$(words 'Rotations[].RotationType' list-key-rotations --key-id "$key")"

kms replicate-key --key-id "$key" --replica-region us-west-2 >replica
kms update-primary-region --key-id "$key" --primary-region us-west-2
save opened Plaintext decrypt --ciphertext-blob fileb://sealed "${context[@]}" --region us-west-2
same message opened

### Signatures and shared secrets

signing=$(create --key-spec ECC_NIST_P256 --key-usage SIGN_VERIFY)
request=(--key-id "$signing" --message fileb://message --signing-algorithm ECDSA_SHA_256)
save signature Signature sign "${request[@]}"
save public.der PublicKey get-public-key --key-id "$signing"
openssl dgst -sha256 -verify public.der -keyform DER -signature signature message >verified
is True "$(get SignatureValid verify "${request[@]}" --signature fileb://signature)"

agreeing=$(create --key-spec ECC_NIST_P256 --key-usage KEY_AGREEMENT)
save public.der PublicKey get-public-key --key-id "$agreeing"
# The other side uses the data key pair.
openssl pkey -inform DER -in private.der -pubout -outform DER -out own.der
derive=(derive-shared-secret --key-agreement-algorithm ECDH --public-key fileb://own.der)
save inside SharedSecret "${derive[@]}" --key-id "$agreeing"
openssl pkeyutl -derive -keyform DER -inkey private.der -peerform DER -peerkey public.der -out outside
same outside inside

kem=$(create --key-spec ML_KEM_768 --key-usage ENCAPSULATE_DECAPSULATE)
request=(--key-id "$kem" --encapsulation-algorithm ML_KEM)
read -r secret blob < <(get '[SharedSecret, SharedSecretCiphertextBlob]' encapsulate "${request[@]}")
base64 --decode <<<"$blob" >blob
is "$secret" "$(get SharedSecret decapsulate "${request[@]}" --shared-secret-ciphertext-blob fileb://blob)"

### Imported material: OpenSSL has the same key

mac=$(create --key-spec HMAC_256 --key-usage GENERATE_VERIFY_MAC --origin EXTERNAL)
for_import=(get-parameters-for-import --key-id "$mac" --wrapping-key-spec RSA_2048)
read -r public token < <(get '[PublicKey, ImportToken]' "${for_import[@]}" --wrapping-algorithm RSAES_OAEP_SHA_256)
base64 --decode <<<"$public" >wrapping.der
base64 --decode <<<"$token" >token
openssl rand -out material 32
openssl pkeyutl -encrypt -in material -pubin -keyform DER -inkey wrapping.der -out wrapped \
  -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256
kms import-key-material --key-id "$mac" --import-token fileb://token --encrypted-key-material fileb://wrapped \
  --expiration-model KEY_MATERIAL_DOES_NOT_EXPIRE >imported
request=(--key-id "$mac" --message fileb://message --mac-algorithm HMAC_SHA_256)
save inside Mac generate-mac "${request[@]}"
hex=$(od --address-radix=n --format=x1 --output-duplicates material | tr --delete ' \n')
openssl mac -digest SHA256 -macopt "hexkey:$hex" -in message -binary -out outside HMAC
same outside inside
is True "$(get MacValid verify-mac "${request[@]}" --mac fileb://outside)"
kms delete-imported-key-material --key-id "$mac" >deleted
is PendingImport "$(state "$mac")"

### Custom key stores

openssl req -x509 -newkey rsa:2048 -noenc -keyout ca.key -out ca.pem -subj /CN=cluster 2>created
store() {
  get CustomKeyStoreId create-custom-key-store --custom-key-store-name "$1" --cloud-hsm-cluster-id "$2" \
    --trust-anchor-certificate file://ca.pem --key-store-password 'a password'
}
one=$(store one cluster-abcdefghijk)
two=$(store two cluster-abcdefghijl)
kms update-custom-key-store --custom-key-store-id "$one" --new-custom-key-store-name renamed
kms connect-custom-key-store --custom-key-store-id "$one"
kms delete-custom-key-store --custom-key-store-id "$two"
names='CustomKeyStores[].[CustomKeyStoreName, ConnectionState]'
is 'renamed CONNECTED' "$(words "$names" describe-custom-key-stores)"
kms disconnect-custom-key-store --custom-key-store-id "$one"

### Pages

list=(list-keys --page-size 2 --output json)
all=$(kms "${list[@]}" --query 'Keys[].KeyId')
first=$(kms "${list[@]}" --max-items 3 --query '[Keys[].KeyId, [NextToken]][]')
token=$(grep --only-matching '"[^"]*"' <<<"$first" | tail --lines 1 | tr --delete '"')
rest=$(kms "${list[@]}" --starting-token "$token" --query 'Keys[].KeyId')
is "$(tr --delete ' ,[]\n' <<<"$all")" "$(tr --delete ' ,[]\n' <<<"${first/\"$token\"/}$rest")"

### Every operation was called; KMS has no waiters

# The CLI lists the existing operations in the error for an unknown one.
if aws kms wait 2>choices; then
  echo 'KMS has waiters: try them' >&2
  exit 1
fi
sed '1,/valid choices are/d' choices | tr ' |' '\n' | grep --invert-match --line-regexp -e help -e '' | sort >known
sort --unique called | comm -3 - known >different
is '' "$(cat different)"
echo "operations: $(wc --lines <known)"
