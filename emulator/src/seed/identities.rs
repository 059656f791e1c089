//! The identities of a seed: users, roles, federated users and their access keys.

use std::collections::{BTreeMap, BTreeSet};

use super::error::{FieldPath, Problem};
use super::format::{self, AccessKey};
use super::identity_fields::{check_fields, inline_policies, tags};
use super::identity_policy::{self, Kind};
use crate::api::AccountId;
use crate::auth::{Account, Identity, ManagedPolicyRecord, Principal, unique_id};
use crate::context::Context;
use crate::grant::require_principal;
use crate::iam::{Directory, PrincipalArn, PrincipalResource};

/// AWS's highest quota.
const MAX_MANAGED_POLICIES: usize = 20;

/// The identities of all documents of a seed.
#[derive(Default)]
pub(super) struct Identities {
    pub(super) accounts: BTreeMap<String, Account>,
    pub(super) managed_policies: BTreeMap<String, ManagedPolicyRecord>,
    /// By the names of their records.
    principals: BTreeMap<String, Planned>,
    /// In the order of the seed.
    access_keys: Vec<(String, Identity)>,
    access_key_ids: BTreeSet<String>,
    unique_ids: BTreeSet<String>,
}

struct Planned {
    principal: Principal,
    /// Whether the seed says no more of it than that it exists.
    is_bare: bool,
}

impl Identities {
    pub(super) fn principals(&self) -> impl Iterator<Item = &Principal> {
        self.principals.values().map(|planned| &planned.principal)
    }

    pub(super) fn has_access_key(&self, arn: &str) -> bool {
        let mut keys = self.access_keys.iter();
        keys.any(|(_, identity)| identity.arn.as_deref() == Some(arn))
    }

    /// The access keys with their identities, whose unique ids may be in other documents.
    pub(super) fn access_keys(&self) -> impl Iterator<Item = (&str, Identity)> {
        self.access_keys.iter().map(|(id, identity)| {
            let mut identity = identity.clone();
            identity.user_id = identity.arn.as_deref().and_then(|arn| self.user_id(arn));
            (id.as_str(), identity)
        })
    }

    /// The unique id of a user or role, or of a session of a role.
    fn user_id(&self, arn: &str) -> Option<String> {
        let parsed = PrincipalArn::parse(arn).ok()?;
        let planned = self.principals.get(&Principal::record_name(&parsed)?)?;
        let id = &planned.principal.unique_id;
        match parsed.resource {
            PrincipalResource::AssumedRole { .. } => Some(format!("{id}:{}", parsed.name())),
            _ => Some(id.clone()).filter(|id| !id.is_empty()),
        }
    }

    pub(super) fn account(
        &mut self,
        seed: &format::Account,
        path: &FieldPath,
    ) -> Result<(), Problem> {
        let field = path.member("id");
        let id = parse_account(&seed.id, &field)?.to_string();
        if let Some(organization) = &seed.organization {
            let is_id = organization.strip_prefix("o-").is_some_and(|id| {
                let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
                (10..=32).contains(&id.len()) && id.bytes().all(is_letter)
            });
            if !is_id {
                let field = path.member("organization");
                return Err(field.invalid("expected o- and 10 to 32 letters and digits"));
            }
        }
        let field_of_policies = path.member("service_control_policies");
        let mut service_control_policies = Vec::new();
        for (index, policy) in seed.service_control_policies.iter().enumerate() {
            let path = field_of_policies.at(index);
            identity_policy::check(&policy.0, Kind::ServiceControl, &path)?;
            service_control_policies.push(policy.0.clone());
        }
        let account = Account {
            organization: seed.organization.clone(),
            service_control_policies,
        };
        match self.accounts.insert(id, account) {
            Some(_) => Err(field.invalid("duplicate account")),
            None => Ok(()),
        }
    }

    pub(super) fn add(
        &mut self,
        seed: &format::Identity,
        path: &FieldPath,
        context: &Context<'_, '_>,
    ) -> Result<(), Problem> {
        let ids = self.access_key_ids(seed, path)?;
        let (account, arn) = match (&seed.account, &seed.arn) {
            (Some(account), None) => (parse_account(account, &path.member("account"))?, None),
            (None, Some(arn)) => {
                let field = path.member("arn");
                require_principal(arn, &Directory::default())
                    .map_err(|error| field.rejected(error))?;
                let account = arn.split(':').nth(4).and_then(AccountId::parse);
                let account = account.ok_or_else(|| {
                    field.invalid("expected the ARN of a user, a role or a session")
                })?;
                (account, Some(arn))
            }
            _ => return Err(path.invalid("expected either account or arn")),
        };
        let parsed = arn.and_then(|arn| PrincipalArn::parse(arn).ok());
        check_fields(seed, parsed.as_ref(), path)?;
        match parsed.filter(|parsed| has_record(parsed.resource)) {
            Some(parsed) => self.principal(seed, &parsed, path, context)?,
            None if ids.is_empty() => {
                let field = path.member("access_keys");
                return Err(field.invalid("required for an account and for a session"));
            }
            None => {}
        }
        for (id, secret) in ids {
            let identity = Identity {
                account: account.clone(),
                arn: seed.arn.clone(),
                secret,
                user_id: None,
                session: None,
            };
            self.access_keys.push((id, identity));
        }
        Ok(())
    }

    /// The access keys of an identity, in both forms.
    fn access_key_ids(
        &mut self,
        seed: &format::Identity,
        path: &FieldPath,
    ) -> Result<Vec<(String, Option<String>)>, Problem> {
        let first = seed.access_key_id.iter();
        let first = first.map(|id| (id, &seed.secret_access_key, path.member("access_key_id")));
        let others = seed.access_keys.iter().enumerate();
        let others = others.map(|(index, AccessKey { id, secret })| {
            (
                id,
                secret,
                path.member("access_keys").at(index).member("id"),
            )
        });
        let mut keys = Vec::new();
        for (id, secret, field) in first.chain(others) {
            let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
            if !(1..=128).contains(&id.len()) || !id.bytes().all(is_word) {
                return Err(field.invalid("expected 1 to 128 letters, digits and underscores"));
            }
            if !self.access_key_ids.insert(id.clone()) {
                return Err(field.invalid("duplicate access key id"));
            }
            keys.push((id.clone(), secret.clone()));
        }
        Ok(keys)
    }

    /// Plans a user, a role or a federated user.
    fn principal(
        &mut self,
        seed: &format::Identity,
        arn: &PrincipalArn<'_>,
        path: &FieldPath,
        context: &Context<'_, '_>,
    ) -> Result<(), Problem> {
        let text = seed.arn.clone().unwrap_or_default();
        let name = Principal::record_name(arn).unwrap_or_default();
        let kind = match arn.resource {
            PrincipalResource::Role => Kind::OfRole,
            _ => Kind::OfUser,
        };
        let mut principal = Principal {
            unique_id: self.unique_id(seed, arn, path)?,
            policies: inline_policies(seed, kind, path)?,
            tags: tags(seed, path)?,
            max_session_duration: seed.max_session_duration,
            arn: text,
            ..Principal::default()
        };
        let field = path.member("managed_policies");
        if seed.managed_policies.len() > MAX_MANAGED_POLICIES {
            return Err(field.invalid(format!("at most {MAX_MANAGED_POLICIES} are possible")));
        }
        for (index, policy) in seed.managed_policies.iter().enumerate() {
            let policy = self.managed_policy(policy, &field.at(index), context)?;
            if principal.managed_policies.contains(&policy) {
                return Err(field.at(index).invalid("duplicate policy"));
            }
            principal.managed_policies.push(policy);
        }
        if let Some(policy) = &seed.permissions_boundary {
            let field = path.member("permissions_boundary");
            let policy = self.managed_policy(policy, &field, context)?;
            principal.permissions_boundary = Some(policy);
        }
        if let Some(policy) = &seed.trust_policy {
            identity_policy::check(&policy.0, Kind::Trust, &path.member("trust_policy"))?;
            principal.trust_policy = Some(policy.0.clone());
        }
        let is_bare = principal.is_bare() && seed.unique_id.is_none();
        let field = path.member("arn");
        match self.principals.get(&name) {
            Some(known) if known.principal.arn != principal.arn => {
                let other = &known.principal.arn;
                Err(field.invalid(format!("{other} has the same name")))
            }
            // An identity may be repeated for further access keys.
            Some(_) if is_bare => Ok(()),
            Some(Planned { is_bare: false, .. }) => Err(field.invalid("duplicate identity")),
            _ => {
                self.principals.insert(name, Planned { principal, is_bare });
                Ok(())
            }
        }
    }

    fn unique_id(
        &mut self,
        seed: &format::Identity,
        arn: &PrincipalArn<'_>,
        path: &FieldPath,
    ) -> Result<String, Problem> {
        let prefix = match arn.resource {
            PrincipalResource::User => "AIDA",
            PrincipalResource::Role => "AROA",
            _ => return Ok(String::new()),
        };
        let Some(id) = &seed.unique_id else {
            return Ok(unique_id(prefix, seed.arn.as_deref().unwrap_or_default()));
        };
        let field = path.member("unique_id");
        let is_letter = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        if !id.starts_with(prefix) || id.len() > 128 || !id.bytes().all(is_letter) {
            let message = format!("expected {prefix} and up to 124 capital letters and digits");
            return Err(field.invalid(message));
        }
        if !self.unique_ids.insert(id.clone()) {
            return Err(field.invalid("duplicate unique id"));
        }
        Ok(id.clone())
    }

    /// Plans a managed policy, and returns its ARN.
    fn managed_policy(
        &mut self,
        seed: &format::ManagedPolicy,
        path: &FieldPath,
        context: &Context<'_, '_>,
    ) -> Result<String, Problem> {
        let arn = &seed.arn;
        let field = path.member("arn");
        if !identity_policy::is_arn(arn) {
            let message = "expected an ARN such as arn:aws:iam::111122223333:policy/limits";
            return Err(field.invalid(message));
        }
        match (&seed.document, self.managed_policies.get(arn)) {
            (Some(policy), Some(known)) if policy.0 != known.document => {
                let message = "the policy has another document elsewhere in the seed";
                return Err(path.member("document").invalid(message));
            }
            (_, Some(_)) => {}
            (Some(policy), None) => {
                identity_policy::check(&policy.0, Kind::Managed, &path.member("document"))?;
                let document = policy.0.clone();
                let record = ManagedPolicyRecord { document };
                self.managed_policies.insert(arn.clone(), record);
            }
            (None, None) if context.has_managed_policy(arn) => {}
            (None, None) => {
                return Err(field.invalid("its document must come first, in this seed or another"));
            }
        }
        Ok(arn.clone())
    }
}

impl Principal {
    fn is_bare(&self) -> bool {
        let bare = Self {
            arn: self.arn.clone(),
            unique_id: self.unique_id.clone(),
            ..Self::default()
        };
        *self == bare
    }
}

pub(super) fn parse_account(text: &str, field: &FieldPath) -> Result<AccountId, Problem> {
    AccountId::parse(text).ok_or_else(|| field.invalid("expected an account of 12 digits"))
}

/// Whether principals of a kind have policies of their own.
fn has_record(resource: PrincipalResource<'_>) -> bool {
    !matches!(
        resource,
        PrincipalResource::Root | PrincipalResource::AssumedRole { .. }
    )
}
