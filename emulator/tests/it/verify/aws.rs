//! What is said and asked before anything is sent to AWS. Nothing here sends anything.

use super::{Output, Verify};

fn verify(url: &str, more: &[&str]) -> Output {
    let verify = Verify::new(url, more).variable("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE");
    verify.variable("AWS_SECRET_ACCESS_KEY", "secret").run()
}

const AWS: &str = "https://kms.us-east-1.amazonaws.com";

#[test]
fn the_cost_is_said_and_consent_is_needed() {
    let output = verify(AWS, &["--only=Sign"]).has_code(2);
    let output = output
        .says("aws.amazon.com/kms/pricing")
        .says(" keys, at most 0.");
    output.says("nothing was sent; to send the cases to AWS, add --yes");
    let output = verify(AWS, &["--yes", "--budget=0.01"]).has_code(2);
    output.says("this is more than the --budget of 0.01 USD");
}

#[test]
fn requests_to_aws_need_tls_and_credentials() {
    let output = verify("http://kms.us-east-1.amazonaws.com", &["--yes"]).has_code(2);
    output.says("must start with https://");
    let output = Verify::new(AWS, &["--yes"]).run().has_code(2);
    output.says("there are no credentials");
    let output = verify("https://kms.amazonaws.com", &["--yes"]).has_code(2);
    output.says("the Region is unknown");
}
