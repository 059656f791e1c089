//! Lookup and changes of grants.
//!
//! A grant is stored under its key. One index maps its terms to it, so that a repeated request
//! finds the same grant. Another index maps its retiring principal to it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::records::{IndexedKey, grants_of};
use super::{Lock, RequestContext, WriteContext};
use crate::api::{AccountId, EncryptionContext, KeyArn, KeyId, Location, Region};
use crate::authorization::{Constraints, GrantFacts, Question};
use crate::error::{Error, Internal, message};
use crate::grant::{Grant, GrantKey, GrantTerms, digest};
use crate::hex;
use crate::key::Key;
use crate::store::{Bytes, StoreError, record};

/// The purpose of sealed grant tokens.
const TOKEN: &str = "GrantToken";

impl<L: Lock> RequestContext<'_, '_, L> {
    /// A grant, unless its key is deleted.
    ///
    /// # Errors
    ///
    /// `NotFoundException`. Its text on AWS is unknown.
    pub(crate) fn grant(&self, grant_key: &GrantKey) -> Result<Grant, Error> {
        let name = name(grant_key);
        let bytes = self.get(&name);
        match bytes {
            Some(bytes) if self.key_exists(&grant_key.key)? => Ok(record::decode(&name, &bytes)?),
            _ => Err(message::grant_not_found(&grant_key.key, &grant_key.id).into()),
        }
    }

    /// A grant, without the consistency delay: as for a request with its token.
    ///
    /// # Errors
    ///
    /// Internal: its record is damaged.
    pub(super) fn latest_grant(&self, grant_key: &GrantKey) -> Result<Option<Grant>, StoreError> {
        let bytes = self.services().store.get(&name(grant_key));
        let grant = bytes.map(|bytes| self.read_grant(grant_key, &bytes));
        Ok(grant.transpose()?.map(Arc::unwrap_or_clone))
    }

    /// The terms of a new grant as they are stored.
    ///
    /// # Errors
    ///
    /// Internal: a record is damaged.
    pub(crate) fn stored_terms(&self, terms: GrantTerms) -> Result<GrantTerms, StoreError> {
        let by_id = |principal: Option<String>| {
            let principal = principal.map(|principal| self.by_unique_id(&principal));
            principal.transpose()
        };
        Ok(GrantTerms {
            grantee_principal: by_id(terms.grantee_principal)?,
            retiring_principal: by_id(terms.retiring_principal)?,
            ..terms
        })
    }

    /// The id of the grant of a key with the same terms.
    pub(crate) fn grant_with_terms(
        &self,
        key: &KeyArn,
        terms: &GrantTerms,
    ) -> Result<Option<String>, StoreError> {
        let name = terms_name(key, terms)?;
        let bytes = self.get(&name);
        bytes.map(|bytes| record::decode(&name, &bytes)).transpose()
    }

    /// Calls `take` for all visible grants of a key.
    ///
    /// # Errors
    ///
    /// Internal: a record is damaged.
    pub(super) fn for_each_grant(
        &self,
        key: &KeyArn,
        mut take: impl FnMut(&GrantKey, &Grant),
    ) -> Result<(), StoreError> {
        let mut grant_key = GrantKey {
            key: key.clone(),
            id: String::new(),
        };
        let mut result = Ok(());
        self.scan(&grants_of(key), None, |id, bytes| {
            id.clone_into(&mut grant_key.id);
            match self.read_grant(&grant_key, bytes) {
                Ok(grant) => take(&grant_key, &grant),
                Err(error) => result = Err(error),
            }
            result.is_ok()
        });
        result
    }

    /// Whether a key has a visible grant.
    pub(super) fn has_grants(&self, key: &KeyArn) -> bool {
        let mut has_grants = false;
        self.scan(&grants_of(key), None, |_, _| {
            has_grants = true;
            false
        });
        has_grants
    }

    /// The grants of a key that name the caller: those that are visible, and those of the tokens in the
    /// request.
    pub(super) fn grants_of_caller(
        &self,
        question: &Question,
        key: &Key,
    ) -> Result<Vec<GrantFacts>, Error> {
        let mut grants = Vec::new();
        let actor = &question.subject.actor;
        self.for_each_grant(&key.arn, |grant_key, grant| {
            let entries = [grant.terms.grantee(), grant.terms.retiring()];
            let mut entries = entries.into_iter().flatten();
            if entries.any(|entry| actor.named_by(entry).is_some()) {
                grants.push(grant_facts(grant_key.clone(), grant.clone()));
            }
        })?;
        for id in &question.grant_tokens {
            let grant_key = GrantKey {
                key: key.arn.clone(),
                id: id.clone(),
            };
            if let Some(grant) = self.latest_grant(&grant_key)? {
                grants.push(grant_facts(grant_key, grant));
            }
        }
        Ok(grants)
    }

    fn read_grant(&self, grant_key: &GrantKey, bytes: &Bytes) -> Result<Arc<Grant>, StoreError> {
        let decoded = &self.services().decoded.grants;
        decoded.read(&name(grant_key), bytes)
    }

    /// Calls `take` for the grants of a key, sorted by id, after the given id, until it returns
    /// `false`.
    pub(crate) fn grants(
        &self,
        key: &KeyArn,
        after: Option<&str>,
        mut take: impl FnMut(GrantKey, Grant) -> bool,
    ) -> Result<(), Error> {
        let prefix = grants_of(key);
        let mut result = Ok(());
        self.scan(&prefix, after, |id, bytes| {
            let grant_key = GrantKey {
                key: key.clone(),
                id: id.to_owned(),
            };
            match read(&grant_key, bytes) {
                Ok(grant) => take(grant_key, grant),
                Err(error) => {
                    result = Err(error.into());
                    false
                }
            }
        });
        result
    }

    /// Calls `take` for the grants in this Region that a principal can retire, sorted by id, after
    /// the given id, until it returns `false`.
    pub(crate) fn retirable_grants(
        &self,
        principal: &str,
        after: Option<&str>,
        mut take: impl FnMut(GrantKey, Grant) -> bool,
    ) -> Result<(), Error> {
        let prefix = retirable_prefix(&self.location().region, principal);
        let mut after = after.map(str::to_owned);
        loop {
            const CHUNK: usize = 100;
            // Collects names first: the callback of a scan must not read the store.
            let mut found = Vec::new();
            self.scan(&prefix, after.as_deref(), |id, bytes| {
                found.push((id.to_owned(), bytes.clone()));
                found.len() < CHUNK
            });
            for (id, bytes) in &found {
                let owner: IndexedKey = record::decode(&format!("{prefix}{id}"), bytes)?;
                let grant_key = GrantKey {
                    key: owner.arn(&self.location().region),
                    id: id.clone(),
                };
                match self.grant(&grant_key) {
                    Ok(grant) => {
                        if !take(grant_key, grant) {
                            return Ok(());
                        }
                    }
                    Err(Error::Kms(_)) => {} // deleted with its key
                    Err(error) => return Err(error),
                }
            }
            match found.pop() {
                Some((last, _)) if found.len() + 1 == CHUNK => after = Some(last),
                _ => return Ok(()),
            }
        }
    }

    /// The token of a grant. It identifies the grant and cannot be forged.
    pub(crate) fn grant_token(&self, grant_key: &GrantKey) -> String {
        let GrantKey { key, id } = grant_key;
        let text = format!("{}/{}/{id}", key.location, key.id);
        self.instance_secret().seal(TOKEN, &text)
    }

    /// The grant that a token identifies.
    ///
    /// # Errors
    ///
    /// `InvalidGrantTokenException`. Its text on AWS is unknown.
    pub(crate) fn grant_of_token(&self, token: &str) -> Result<GrantKey, Error> {
        let text = self.instance_secret().open(TOKEN, token);
        let grant_key = text.as_deref().and_then(parse);
        Ok(grant_key.ok_or_else(|| message::invalid_grant_token(token.len()))?)
    }

    /// The id of a new grant.
    ///
    /// # Errors
    ///
    /// Internal: the system's random number generator fails.
    pub(crate) fn new_grant_id(&self) -> Result<String, Error> {
        let random = self.random().bytes(32);
        let random = random.map_err(|error| Internal::new("create a grant", error))?;
        Ok(hex::encode(&random))
    }
}

impl WriteContext<'_, '_> {
    /// Stores a grant.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn put_grant(&mut self, grant_key: &GrantKey, grant: &Grant) -> Result<(), Error> {
        let record_name = name(grant_key);
        let bytes = record::encode(&record_name, grant)?;
        self.put(record_name, bytes);
        if grant.terms.name.is_some() {
            let terms_record = terms_name(&grant_key.key, &grant.terms)?;
            let bytes = record::encode(&terms_record, &grant_key.id)?;
            self.put(terms_record, bytes);
        }
        if let Some(principal) = grant.terms.retiring() {
            let retirable = retirable_name(grant_key, principal);
            let bytes = record::encode(&retirable, &IndexedKey::new(&grant_key.key))?;
            self.put(retirable, bytes);
        }
        Ok(())
    }

    /// Deletes a grant.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn delete_grant(
        &mut self,
        grant_key: &GrantKey,
        grant: &Grant,
    ) -> Result<(), Error> {
        self.delete(name(grant_key));
        if grant.terms.name.is_some() {
            let terms_record = terms_name(&grant_key.key, &grant.terms)?;
            self.delete(terms_record);
        }
        if let Some(principal) = grant.terms.retiring() {
            self.delete(retirable_name(grant_key, principal));
        }
        Ok(())
    }

    /// Deletes all grants of a key.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn delete_grants(&mut self, key: &KeyArn) -> Result<(), Error> {
        let mut all = Vec::new();
        self.grants(key, None, |grant_key, grant| {
            all.push((grant_key, grant));
            true
        })?;
        for (grant_key, grant) in all {
            self.delete_grant(&grant_key, &grant)?;
        }
        Ok(())
    }
}

fn name(grant_key: &GrantKey) -> String {
    format!("{}{}", grants_of(&grant_key.key), grant_key.id)
}

fn terms_name(key: &KeyArn, terms: &GrantTerms) -> Result<String, StoreError> {
    let name = format!("grant-of-terms/{}/{}", key.location, key.id);
    let terms = record::encode(&name, terms)?;
    Ok(format!("{name}/{}", digest(&terms)))
}

fn retirable_prefix(region: &Region, principal: &str) -> String {
    format!("retirable-grant/{region}/{}/", digest(principal.as_bytes()))
}

fn retirable_name(grant_key: &GrantKey, principal: &str) -> String {
    let prefix = retirable_prefix(&grant_key.key.location.region, principal);
    format!("{prefix}{}", grant_key.id)
}

fn parse(text: &str) -> Option<GrantKey> {
    let mut parts = text.splitn(4, '/');
    let account = AccountId::parse(parts.next()?)?;
    let region = Region::parse(parts.next()?)?;
    let key = KeyArn {
        location: Location { account, region },
        id: KeyId::new(parts.next()?),
    };
    let id = parts.next()?.to_owned();
    Some(GrantKey { key, id })
}

fn read(grant_key: &GrantKey, bytes: &Bytes) -> Result<Grant, StoreError> {
    record::decode(&name(grant_key), bytes)
}

fn grant_facts(grant_key: GrantKey, grant: Grant) -> GrantFacts {
    let Grant {
        terms,
        issuing_account,
        ..
    } = grant;
    let retiring = terms.retiring().map(str::to_owned);
    let grantee = terms.grantee().map(str::to_owned);
    let constraints = terms.constraints.map(|constraints| Constraints {
        encryption_context_equals: pairs(constraints.encryption_context_equals),
        encryption_context_subset: pairs(constraints.encryption_context_subset),
        source_arn: constraints.source_arn,
    });
    let operations = terms.operations.iter();
    let account = issuing_account.split(':').nth(4).unwrap_or_default();
    GrantFacts {
        id: Some(grant_key.id),
        key: grant_key.key.to_string(),
        grantee: grantee.unwrap_or_default(),
        retiring,
        operations: operations
            .map(|operation| operation.as_str().to_owned())
            .collect(),
        constraints: constraints.unwrap_or_default(),
        issuer_account: account.to_owned(),
    }
}

fn pairs(context: Option<EncryptionContext>) -> BTreeMap<String, String> {
    context
        .map(EncryptionContext::into_pairs)
        .unwrap_or_default()
}
