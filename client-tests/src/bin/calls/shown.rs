//! Made from the calls of `client-tests/javascript/console/calls.mjs`, by `UPDATE=1`.

use std::error::Error;

use aws_config::BehaviorVersion;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{GrantConstraints, Tag};
use base64::prelude::{BASE64_STANDARD, Engine as _};

#[expect(clippy::too_many_lines, reason = "all calls, one after another")]
pub(super) async fn calls(endpoint: &str, ciphertext: &str) -> Result<(), Box<dyn Error>> {
let config = aws_config::defaults(BehaviorVersion::latest())
    .endpoint_url(endpoint)
    .region("us-east-1")
    .load()
    .await;
let kms = aws_sdk_kms::Client::new(&config);
let answer = kms
    .create_key()
    .description("a \"quoted\" text, it's \\ ok: $HOME `id` ${x} %s {}\nключ 🔑\t\\u0041")
    .key_spec("ECC_NIST_P256".into())
    .key_usage("SIGN_VERIFY".into())
    .multi_region(true)
    .policy("{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Sid\": \"the \\\"owner\\\"\",\n      \"Effect\": \"Allow\",\n      \"Principal\": {\n        \"AWS\": \"arn:aws:iam::000000000000:root\"\n      },\n      \"Action\": \"kms:*\",\n      \"Resource\": \"*\"\n    }\n  ]\n}")
    .bypass_policy_lockout_safety_check(true)
    .tags(Tag::builder().tag_key("team").tag_value("shop").build()?)
    .tags(Tag::builder().tag_key("owner").tag_value("Zoë + co").build()?)
    .send()
    .await?;
drop(answer);

let config = aws_config::defaults(BehaviorVersion::latest())
    .endpoint_url(endpoint)
    .region("us-east-1")
    .load()
    .await;
let kms = aws_sdk_kms::Client::new(&config);
let answer = kms
    .create_alias()
    .alias_name("alias/orders")
    .target_key_id("1234abcd-12ab-34cd-56ef-1234567890ac")
    .send()
    .await?;
drop(answer);

let config = aws_config::defaults(BehaviorVersion::latest())
    .endpoint_url(endpoint)
    .region("us-east-1")
    .load()
    .await;
let kms = aws_sdk_kms::Client::new(&config);
let answer = kms
    .sign()
    .key_id("1234abcd-12ab-34cd-56ef-1234567890ac")
    .message(Blob::new(BASE64_STANDARD.decode("aGVsbG8=")?))
    .message_type("RAW".into())
    .signing_algorithm("ECDSA_SHA_256".into())
    .send()
    .await?;
drop(answer);

let config = aws_config::defaults(BehaviorVersion::latest())
    .endpoint_url(endpoint)
    .region("us-east-1")
    .load()
    .await;
let kms = aws_sdk_kms::Client::new(&config);
let answer = kms
    .encrypt()
    .key_id("1234abcd-12ab-34cd-56ef-1234567890ab")
    .plaintext(Blob::new(BASE64_STANDARD.decode("aGVsbG8=")?))
    .encryption_context("order", "42")
    .encryption_context("a \"quoted\" text, it's \\ ok: $HOME `id` ${x} %s {}\nключ 🔑\t\\u0041", "a \"quoted\" text, it's \\ ok: $HOME `id` ${x} %s {}\nключ 🔑\t\\u0041")
    .send()
    .await?;
drop(answer);

let config = aws_config::defaults(BehaviorVersion::latest())
    .endpoint_url(endpoint)
    .region("us-east-1")
    .load()
    .await;
let kms = aws_sdk_kms::Client::new(&config);
let answer = kms
    .decrypt()
    .key_id("1234abcd-12ab-34cd-56ef-1234567890ab")
    .ciphertext_blob(Blob::new(BASE64_STANDARD.decode(ciphertext)?))
    .encryption_context("order", "42")
    .encryption_context("a \"quoted\" text, it's \\ ok: $HOME `id` ${x} %s {}\nключ 🔑\t\\u0041", "a \"quoted\" text, it's \\ ok: $HOME `id` ${x} %s {}\nключ 🔑\t\\u0041")
    .send()
    .await?;
drop(answer);

let config = aws_config::defaults(BehaviorVersion::latest())
    .endpoint_url(endpoint)
    .region("us-east-1")
    .load()
    .await;
let kms = aws_sdk_kms::Client::new(&config);
let answer = kms
    .generate_data_key()
    .key_id("1234abcd-12ab-34cd-56ef-1234567890ab")
    .key_spec("AES_256".into())
    .encryption_context("order", "42")
    .send()
    .await?;
drop(answer);

let config = aws_config::defaults(BehaviorVersion::latest())
    .endpoint_url(endpoint)
    .region("us-east-1")
    .load()
    .await;
let kms = aws_sdk_kms::Client::new(&config);
let answer = kms
    .generate_mac()
    .key_id("1234abcd-12ab-34cd-56ef-1234567890ad")
    .message(Blob::new(BASE64_STANDARD.decode("aGVsbG8=")?))
    .mac_algorithm("HMAC_SHA_256".into())
    .send()
    .await?;
drop(answer);

let config = aws_config::defaults(BehaviorVersion::latest())
    .endpoint_url(endpoint)
    .region("us-east-1")
    .load()
    .await;
let kms = aws_sdk_kms::Client::new(&config);
let answer = kms
    .create_grant()
    .key_id("1234abcd-12ab-34cd-56ef-1234567890ab")
    .grantee_principal("arn:aws:iam::000000000000:root")
    .operations("Decrypt".into())
    .operations("Encrypt".into())
    .constraints(GrantConstraints::builder().encryption_context_subset("order", "42").build())
    .send()
    .await?;
drop(answer);

let config = aws_config::defaults(BehaviorVersion::latest())
    .endpoint_url(endpoint)
    .region("us-east-1")
    .load()
    .await;
let kms = aws_sdk_kms::Client::new(&config);
let answer = kms
    .update_key_description()
    .key_id("1234abcd-12ab-34cd-56ef-1234567890ab")
    .description("--x")
    .send()
    .await?;
drop(answer);

let config = aws_config::defaults(BehaviorVersion::latest())
    .endpoint_url(endpoint)
    .region("us-east-1")
    .load()
    .await;
let kms = aws_sdk_kms::Client::new(&config);
let answer = kms
    .untag_resource()
    .key_id("1234abcd-12ab-34cd-56ef-1234567890ab")
    .tag_keys("team")
    .tag_keys("cost center")
    .send()
    .await?;
drop(answer);

let config = aws_config::defaults(BehaviorVersion::latest())
    .endpoint_url(endpoint)
    .region("us-east-1")
    .load()
    .await;
let kms = aws_sdk_kms::Client::new(&config);
let answer = kms
    .list_keys()

    .send()
    .await?;
drop(answer);

let config = aws_config::defaults(BehaviorVersion::latest())
    .endpoint_url(endpoint)
    .region("us-east-1")
    .load()
    .await;
let kms = aws_sdk_kms::Client::new(&config);
let answer = kms
    .enable_key_rotation()
    .key_id("1234abcd-12ab-34cd-56ef-1234567890ab")
    .rotation_period_in_days(90)
    .send()
    .await?;
drop(answer);

let config = aws_config::defaults(BehaviorVersion::latest())
    .endpoint_url(endpoint)
    .region("us-east-1")
    .load()
    .await;
let kms = aws_sdk_kms::Client::new(&config);
let answer = kms
    .schedule_key_deletion()
    .key_id("1234abcd-12ab-34cd-56ef-1234567890ab")
    .pending_window_in_days(7)
    .send()
    .await?;
drop(answer);

let config = aws_config::defaults(BehaviorVersion::latest())
    .endpoint_url(endpoint)
    .region("us-east-1")
    .load()
    .await;
let kms = aws_sdk_kms::Client::new(&config);
let answer = kms
    .cancel_key_deletion()
    .key_id("1234abcd-12ab-34cd-56ef-1234567890ab")
    .send()
    .await?;
drop(answer);
Ok(())
}
