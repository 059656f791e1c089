//! The condition keys of KMS, and those of AWS that only some of its actions have, as the service
//! authorization reference names them.

/// A condition key. `*` at its end stands for a name: `kms:EncryptionContext:*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ConditionKey(pub(crate) &'static str);

/// Lists of the condition keys of an action.
pub(crate) type ConditionKeys = &'static [&'static [ConditionKey]];

pub(crate) const BYPASS_POLICY_LOCKOUT_SAFETY_CHECK: ConditionKey =
    ConditionKey("kms:BypassPolicyLockoutSafetyCheck");
pub(crate) const CALLER_ACCOUNT: ConditionKey = ConditionKey("kms:CallerAccount");
pub(super) const CUSTOMER_MASTER_KEY_SPEC: ConditionKey = ConditionKey("kms:CustomerMasterKeySpec");
pub(super) const CUSTOMER_MASTER_KEY_USAGE: ConditionKey =
    ConditionKey("kms:CustomerMasterKeyUsage");
pub(crate) const DATA_KEY_PAIR_SPEC: ConditionKey = ConditionKey("kms:DataKeyPairSpec");
pub(crate) const ENCRYPTION_ALGORITHM: ConditionKey = ConditionKey("kms:EncryptionAlgorithm");
pub(crate) const ENCRYPTION_CONTEXT: ConditionKey = ConditionKey("kms:EncryptionContext:*");
pub(crate) const ENCRYPTION_CONTEXT_KEYS: ConditionKey = ConditionKey("kms:EncryptionContextKeys");
pub(crate) const EXPIRATION_MODEL: ConditionKey = ConditionKey("kms:ExpirationModel");
pub(crate) const GRANTEE_PRINCIPAL: ConditionKey = ConditionKey("kms:GranteePrincipal");
pub(crate) const GRANTEE_SERVICE_PRINCIPAL: ConditionKey =
    ConditionKey("kms:GranteeServicePrincipal");
pub(crate) const GRANT_CONSTRAINT_SOURCE_ARN: ConditionKey =
    ConditionKey("kms:GrantConstraintSourceArn");
pub(crate) const GRANT_CONSTRAINT_TYPE: ConditionKey = ConditionKey("kms:GrantConstraintType");
pub(crate) const GRANT_IS_FOR_AWS_RESOURCE: ConditionKey =
    ConditionKey("kms:GrantIsForAWSResource");
pub(crate) const GRANT_OPERATIONS: ConditionKey = ConditionKey("kms:GrantOperations");
pub(crate) const KEY_AGREEMENT_ALGORITHM: ConditionKey = ConditionKey("kms:KeyAgreementAlgorithm");
pub(crate) const KEY_ORIGIN: ConditionKey = ConditionKey("kms:KeyOrigin");
pub(crate) const KEY_SPEC: ConditionKey = ConditionKey("kms:KeySpec");
pub(crate) const KEY_USAGE: ConditionKey = ConditionKey("kms:KeyUsage");
pub(crate) const MAC_ALGORITHM: ConditionKey = ConditionKey("kms:MacAlgorithm");
pub(crate) const MESSAGE_TYPE: ConditionKey = ConditionKey("kms:MessageType");
pub(crate) const MULTI_REGION: ConditionKey = ConditionKey("kms:MultiRegion");
pub(crate) const MULTI_REGION_KEY_TYPE: ConditionKey = ConditionKey("kms:MultiRegionKeyType");
pub(crate) const PRIMARY_REGION: ConditionKey = ConditionKey("kms:PrimaryRegion");
pub(crate) const RECIPIENT_ATTESTATION: ConditionKey = ConditionKey("kms:RecipientAttestation:*");
pub(crate) const REPLICA_REGION: ConditionKey = ConditionKey("kms:ReplicaRegion");
pub(crate) const REQUEST_ALIAS: ConditionKey = ConditionKey("kms:RequestAlias");
pub(crate) const REQUEST_TAG: ConditionKey = ConditionKey("aws:RequestTag/*");
pub(super) const RESOURCE_ALIASES: ConditionKey = ConditionKey("kms:ResourceAliases");
pub(crate) const RESOURCE_TAG: ConditionKey = ConditionKey("aws:ResourceTag/*");
pub(crate) const RETIRING_PRINCIPAL: ConditionKey = ConditionKey("kms:RetiringPrincipal");
pub(crate) const RETIRING_SERVICE_PRINCIPAL: ConditionKey =
    ConditionKey("kms:RetiringServicePrincipal");
pub(crate) const RE_ENCRYPT_ON_SAME_KEY: ConditionKey = ConditionKey("kms:ReEncryptOnSameKey");
pub(crate) const ROTATION_PERIOD_IN_DAYS: ConditionKey = ConditionKey("kms:RotationPeriodInDays");
pub(crate) const SCHEDULE_KEY_DELETION_PENDING_WINDOW_IN_DAYS: ConditionKey =
    ConditionKey("kms:ScheduleKeyDeletionPendingWindowInDays");
pub(crate) const SIGNING_ALGORITHM: ConditionKey = ConditionKey("kms:SigningAlgorithm");
pub(crate) const TAG_KEYS: ConditionKey = ConditionKey("aws:TagKeys");
pub(crate) const TRAILING_DAYS_WITHOUT_KEY_USAGE: ConditionKey =
    ConditionKey("kms:TrailingDaysWithoutKeyUsage");
pub(crate) const VALID_TO: ConditionKey = ConditionKey("kms:ValidTo");
pub(crate) const VIA_SERVICE: ConditionKey = ConditionKey("kms:ViaService");
pub(crate) const WRAPPING_ALGORITHM: ConditionKey = ConditionKey("kms:WrappingAlgorithm");
pub(crate) const WRAPPING_KEY_SPEC: ConditionKey = ConditionKey("kms:WrappingKeySpec");

/// What most actions on a key have.
pub(crate) const ON_KEY: &[ConditionKey] = &[CALLER_ACCOUNT, VIA_SERVICE];

/// What actions have that can name their key by an alias.
pub(crate) const BY_ALIAS: &[ConditionKey] = &[CALLER_ACCOUNT, REQUEST_ALIAS, VIA_SERVICE];

/// What actions have that encrypt or decrypt.
pub(crate) const ENCRYPTION: &[ConditionKey] = &[
    ENCRYPTION_ALGORITHM,
    ENCRYPTION_CONTEXT,
    ENCRYPTION_CONTEXT_KEYS,
];

/// What describes a key, and so belongs to every action on a key.
pub(crate) const OF_KEY: &[ConditionKey] = &[
    CUSTOMER_MASTER_KEY_SPEC,
    CUSTOMER_MASTER_KEY_USAGE,
    KEY_ORIGIN,
    KEY_SPEC,
    KEY_USAGE,
    MULTI_REGION,
    MULTI_REGION_KEY_TYPE,
    RESOURCE_ALIASES,
    RESOURCE_TAG,
];

/// The condition keys of KMS that are lists.
const LISTS: [ConditionKey; 3] = [ENCRYPTION_CONTEXT_KEYS, GRANT_OPERATIONS, RESOURCE_ALIASES];

impl ConditionKey {
    /// As AWS writes it, without `*` at its end.
    pub(super) fn name(self) -> &'static str {
        self.0.trim_end_matches('*')
    }

    /// Whether a policy means this key by a name. Names of keys ignore case.
    pub(super) fn is_named(self, name: &str) -> bool {
        let own = self.name();
        match name.get(..own.len()) {
            Some(start) => {
                start.eq_ignore_ascii_case(own)
                    && (name.len() == own.len() || self.0.ends_with('*'))
            }
            None => false,
        }
    }
}

/// Whether a condition key is a list of KMS.
pub(crate) fn is_list(name: &str) -> bool {
    LISTS.iter().any(|list| list.is_named(name))
}

/// Whether a condition key describes a key.
pub(crate) fn describes_key(name: &str) -> bool {
    OF_KEY.iter().any(|known| known.is_named(name))
}
