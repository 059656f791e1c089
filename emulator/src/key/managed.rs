//! AWS managed keys: the keys that AWS services create in an account, each with an alias
//! `alias/aws/SERVICE`. Here, a key is created when its alias is first used.

use crate::api::AliasName;

/// The services that have managed keys, and what they call what they protect in the key's
/// description; no description is invented where none is known.
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

/// The description of the key that belongs to an alias of AWS's own; `None` if no service has
/// that alias.
pub(crate) fn description(alias: &AliasName) -> Option<String> {
    let service = alias.as_str().strip_prefix(AliasName::AWS_PREFIX)?;
    let (_, protected) = SERVICES.iter().find(|(name, _)| *name == service)?;
    let sentence = |what| format!("Default key that protects {what} when no other key is defined");
    Some(protected.map(sentence).unwrap_or_default())
}
