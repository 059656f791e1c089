//! Says who the caller is for STS, and what KMS answers, with the AWS SDK for Rust. The environment alone
//! configures it.

use std::error::Error;

use aws_config::sts::AssumeRoleProvider;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_kms::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "a program")]
async fn main() {
    let unsigned = std::env::var_os("UNSIGNED").is_some();
    let config = config(unsigned).await;
    let mut sts = aws_sdk_sts::config::Builder::from(&config);
    let mut kms = aws_sdk_kms::config::Builder::from(&config);
    if unsigned {
        (sts, kms) = (sts.allow_no_auth(), kms.allow_no_auth());
    }
    let sts = aws_sdk_sts::Client::from_conf(sts.build());
    let kms = aws_sdk_kms::Client::from_conf(kms.build());
    let caller = sts.get_caller_identity().send().await;
    let caller = caller.map(|identity| identity.arn.unwrap_or_default());
    println!("sts: {}", answer(caller));
    let key = kms.describe_key().key_id("alias/orders").send().await;
    let key = key.map(|key| key.key_metadata.map_or_else(String::new, |key| key.key_id));
    println!("kms: {}", answer(key));
}

async fn config(unsigned: bool) -> SdkConfig {
    let loader = aws_config::defaults(BehaviorVersion::latest());
    if unsigned {
        return loader.no_credentials().load().await;
    }
    let config = loader.load().await;
    let Ok(role) = std::env::var("ASSUME_ROLE") else {
        return config;
    };
    let provider = AssumeRoleProvider::builder(role)
        .session_name("test")
        .configure(&config)
        .build()
        .await;
    aws_config::defaults(BehaviorVersion::latest())
        .credentials_provider(provider)
        .load()
        .await
}

/// The answer, the error of the service, or one of the SDK itself.
fn answer<E, R>(result: Result<String, SdkError<E, R>>) -> String
where
    E: ProvideErrorMetadata + Error + 'static,
    R: std::fmt::Debug + 'static,
{
    result.unwrap_or_else(|error| match error.as_service_error() {
        Some(service) => format!(
            "{}: {}",
            service.code().unwrap_or_default(),
            service.message().unwrap_or_default()
        ),
        None => DisplayErrorContext(error).to_string(),
    })
}
