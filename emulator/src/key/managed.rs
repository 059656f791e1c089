//! AWS managed keys: keys that AWS services create in an account, each with an alias
//! `alias/aws/SERVICE`. The emulator creates one when its alias is first used.

use crate::api::{AliasName, Location};

/// The services with managed keys, and the resource in the key's description. Unknown descriptions
/// are empty.
const SERVICES: &[(&str, Option<&str>)] = &[
    ("acm", Some("my ACM private keys")),
    ("aoss", None),
    ("backup", Some("my Backup data")),
    ("cloud9", None),
    ("codeartifact", None),
    ("codecommit", None),
    ("connect", None),
    ("dms", None),
    ("dynamodb", Some("my DynamoDB data")),
    ("ebs", Some("my EBS volumes")),
    ("elasticfilesystem", Some("my EFS filesystems")),
    ("es", None),
    ("fsx", None),
    ("glue", Some("my Glue data")),
    ("kafka", None),
    ("kinesis", None),
    ("kinesisvideo", None),
    ("lambda", Some("my Lambda functions")),
    ("lex", None),
    ("lightsail", None),
    ("memorydb", None),
    ("mq", None),
    ("neptune", None),
    ("rds", Some("my RDS database volumes")),
    ("redshift", None),
    ("s3", Some("my S3 objects")),
    ("sagemaker", None),
    ("secretsmanager", Some("my Secrets Manager data")),
    ("ses", None),
    ("sns", Some("my SNS data")),
    ("sqs", Some("my SQS messages")),
    ("ssm", Some("my SSM data")),
    ("transfer", None),
    ("workmail", None),
    ("workspaces", None),
    ("xray", None),
];

/// The aliases that `ListAliases` shows before their keys exist, sorted. AWS shows 11 to 14 of them,
/// depending on the account and its Regions. These are in most captures of 2017 to 2023.
pub(crate) const PREDEFINED: [&str; 14] = [
    "alias/aws/acm",
    "alias/aws/dynamodb",
    "alias/aws/ebs",
    "alias/aws/elasticfilesystem",
    "alias/aws/es",
    "alias/aws/glue",
    "alias/aws/kinesis",
    "alias/aws/kinesisvideo",
    "alias/aws/lambda",
    "alias/aws/rds",
    "alias/aws/redshift",
    "alias/aws/s3",
    "alias/aws/ssm",
    "alias/aws/xray",
];

/// The policy of a service's key: everyone in the account may use it through the service, and the account
/// may read its metadata.
///
/// Recorded for S3 and SQS. For the others, it follows SQS's, and its id and sentence are inferred.
pub(crate) fn policy(alias: &AliasName, location: &Location) -> Option<String> {
    let service = alias.as_str().strip_prefix(AliasName::AWS_PREFIX)?;
    let Location { account, region } = location;
    let partition = region.partition();
    let (version, name, grants) = match service {
        "s3" => (2, "S3", ""),
        "sqs" => (1, "Simple Queue Service (SQS)", "\"kms:CreateGrant\", "),
        service => (1, service, "\"kms:CreateGrant\", "),
    };
    let domain = if region.is_in_china() {
        "amazonaws.com.cn"
    } else {
        "amazonaws.com"
    };
    // EBS volumes are encrypted for EC2.
    let via = if service == "ebs" { "ec2" } else { service };
    Some(format!(
        r#"{{
  "Version" : "2012-10-17",
  "Id" : "auto-{service}-{version}",
  "Statement" : [ {{
    "Sid" : "Allow access through {name} for all principals in the account that are authorized to use {name}",
    "Effect" : "Allow",
    "Principal" : {{
      "AWS" : "*"
    }},
    "Action" : [ "kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", {grants}"kms:DescribeKey" ],
    "Resource" : "*",
    "Condition" : {{
      "StringEquals" : {{
        "kms:CallerAccount" : "{account}",
        "kms:ViaService" : "{via}.{region}.{domain}"
      }}
    }}
  }}, {{
    "Sid" : "Allow direct access to key metadata to the account",
    "Effect" : "Allow",
    "Principal" : {{
      "AWS" : "arn:{partition}:iam::{account}:root"
    }},
    "Action" : [ "kms:Describe*", "kms:Get*", "kms:List*" ],
    "Resource" : "*"
  }} ]
}}"#
    ))
}

/// The description of the key behind an AWS alias; `None` if no service has that alias.
pub(crate) fn description(alias: &AliasName) -> Option<String> {
    let service = alias.as_str().strip_prefix(AliasName::AWS_PREFIX)?;
    let (_, resource) = SERVICES.iter().find(|(name, _)| *name == service)?;
    let sentence =
        |resource| format!("Default key that protects {resource} when no other key is defined");
    Some(resource.map(sentence).unwrap_or_default())
}
