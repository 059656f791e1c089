//! AWS managed keys: keys that AWS services create in an account, each with an alias
//! `alias/aws/SERVICE`. The emulator creates one when its alias is first used.

use crate::api::AliasName;

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

/// The description of the key behind an AWS alias; `None` if no service has that alias.
pub(crate) fn description(alias: &AliasName) -> Option<String> {
    let service = alias.as_str().strip_prefix(AliasName::AWS_PREFIX)?;
    let (_, resource) = SERVICES.iter().find(|(name, _)| *name == service)?;
    let sentence =
        |resource| format!("Default key that protects {resource} when no other key is defined");
    Some(resource.map(sentence).unwrap_or_default())
}
