//! One request, from its arrival to the commit of its changes.

use std::sync::Arc;

use super::Services;
use super::followed::Followed;
use super::last_use::LastUse;
use super::origin::Origin;
use crate::api::{KeyArn, KeyState, KeyUsage, Location, key_state};
use crate::attestation::Trust;
use crate::auth::Caller;
use crate::authorization::{Action, Asked, By, Question};
use crate::clock::Timestamp;
use crate::crypto::{CryptoError, Random};
use crate::custom_key_store::XksCall;
use crate::error::{Code, Error, Internal, KmsError, message};
use crate::instance_secret::InstanceSecret;
use crate::key::Key;
use crate::store::{Changes, Receipt, StoreError};

/// The properties of an operation that its requests depend on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OperationInfo {
    pub(crate) name: &'static str,
    /// What its callers need permission for.
    pub(crate) action: Action,
    /// Whether customers can use it on AWS managed keys.
    pub(crate) on_aws_managed_keys: bool,
}

impl OperationInfo {
    /// An internal operation of the emulator, without restrictions.
    pub(crate) const fn internal(name: &'static str) -> Self {
        Self {
            name,
            action: Action {
                cross_account: true,
                ..Action::on_key(name)
            },
            on_aws_managed_keys: true,
        }
    }
}

/// The state of a request: its details and its changes.
pub(crate) struct RequestState<'s> {
    details: Details<'s>,
    changes: Option<Changes<'s>>,
}

/// What a question about permissions is made of.
pub(super) enum Unasked {
    Input(Box<(Asked, Origin)>),
    /// The question, without a caller and a key.
    Question(Box<Question>),
}

/// The details of a request.
pub(super) struct Details<'s> {
    pub(super) services: &'s Services,
    pub(super) operation: OperationInfo,
    pub(super) caller: Arc<Caller>,
    pub(super) now: Timestamp,
    /// Empty for internal operations.
    request_id: &'s str,
    /// Whether the request only finds out whether it would be refused.
    pub(super) is_rehearsal: bool,
    /// The answer of the upstream of a shadow.
    pub(super) followed: Option<Arc<Followed>>,
    /// The key that the request is about, for the log and the events.
    pub(super) subject_key: Option<KeyArn>,
    /// The keys that the request uses for cryptography.
    used_keys: Vec<KeyArn>,
    /// What a question about the permissions of the caller is made of, until it is needed.
    pub(super) unasked: Option<Unasked>,
    /// The question about the permissions of the caller. `None` if it may do everything, or before it is
    /// needed.
    pub(super) question: Option<Box<Question>>,
    /// What refused the request, if a permission is missing.
    pub(super) refused_by: Option<By>,
}

/// A running request. `L` is [`Unlocked`], or [`Locked`] if the request holds the write lock.
pub(crate) struct RequestContext<'c, 's, L> {
    pub(super) details: &'c mut Details<'s>,
    pub(super) lock: L,
}

/// A request that has not asked for the write lock. It holds the lock only if it has created an AWS
/// managed key, whose alias was used for the first time.
pub(crate) type Context<'c, 's> = RequestContext<'c, 's, Unlocked<'c, 's>>;

/// A request that holds the write lock and may change records.
pub(crate) type WriteContext<'c, 's> = RequestContext<'c, 's, Locked<'c, 's>>;

/// The changes of a [`Context`]: `None`, or a new AWS managed key.
pub(crate) struct Unlocked<'c, 's>(&'c mut Option<Changes<'s>>);

/// The changes of the request, which hold the write lock.
pub(crate) struct Locked<'c, 's>(pub(super) &'c mut Changes<'s>);

/// Whether a request holds the write lock.
pub(crate) trait Lock {
    /// The changes of the request, which its reads see.
    fn changes(&self) -> Option<&Changes<'_>>;
}

impl Lock for Unlocked<'_, '_> {
    fn changes(&self) -> Option<&Changes<'_>> {
        self.0.as_ref()
    }
}

impl Lock for Locked<'_, '_> {
    fn changes(&self) -> Option<&Changes<'_>> {
        Some(self.0)
    }
}

impl<'s> RequestState<'s> {
    pub(crate) fn new(
        services: &'s Services,
        operation: OperationInfo,
        caller: impl Into<Arc<Caller>>,
        now: Timestamp,
    ) -> Self {
        Self {
            details: Details {
                services,
                operation,
                caller: caller.into(),
                now,
                request_id: "",
                is_rehearsal: false,
                followed: None,
                subject_key: None,
                used_keys: Vec::new(),
                unasked: None,
                question: None,
                refused_by: None,
            },
            changes: None,
        }
    }

    /// Sets the id of the request.
    pub(crate) fn with_request_id(mut self, request_id: &'s str) -> Self {
        self.details.request_id = request_id;
        self
    }

    /// Repeats what an upstream has answered.
    pub(crate) fn following(mut self, followed: Option<Arc<Followed>>) -> Self {
        self.details.followed = followed;
        self
    }

    /// Only finds out whether the request would be refused: it ends where it would generate an RSA key.
    pub(crate) fn rehearse(mut self) -> Self {
        self.details.is_rehearsal = true;
        self
    }

    /// The context for the operation.
    pub(crate) fn context(&mut self) -> Context<'_, 's> {
        RequestContext {
            details: &mut self.details,
            lock: Unlocked(&mut self.changes),
        }
    }

    /// Gives an internal operation the write lock.
    pub(super) fn set_changes(&mut self, changes: Changes<'s>) {
        self.changes = Some(changes);
    }

    /// Ends the request. Commits its changes if it succeeded, and discards them otherwise.
    ///
    /// # Errors
    ///
    /// Internal, if the store rejects writes.
    pub(crate) fn commit(self, succeeded: bool) -> Result<Receipt, Error> {
        let Details {
            services,
            now,
            followed,
            ..
        } = self.details;
        let succeeded = succeeded && followed.is_none_or(|followed| followed.succeeded);
        match self
            .changes
            .filter(|changes| succeeded && !changes.is_empty())
        {
            Some(changes) => {
                changes.for_each(|name, before| {
                    services.consistency_delay.save(name, before, now);
                });
                Ok(changes.commit()?)
            }
            None => Ok(Receipt::settled()),
        }
    }

    /// Ends an internal operation, whose changes all requests see at once.
    ///
    /// # Errors
    ///
    /// Internal, if the store rejects writes.
    pub(crate) fn commit_at_once(self) -> Result<Receipt, StoreError> {
        self.changes
            .map_or_else(|| Ok(Receipt::settled()), Changes::commit)
    }

    /// The key that the request is about, if it was found.
    pub(crate) fn subject_key(&self) -> Option<&KeyArn> {
        self.details.subject_key.as_ref()
    }

    /// What refused the request, if a permission is missing.
    pub(crate) fn refused_by(&self) -> Option<&By> {
        self.details.refused_by.as_ref()
    }

    /// All keys that the request found. The key that the request names comes first.
    pub(crate) fn subject_keys(&self) -> Vec<KeyArn> {
        let mut keys: Vec<_> = self.details.subject_key.iter().cloned().collect();
        for used in &self.details.used_keys {
            if !keys.contains(used) {
                keys.push(used.clone());
            }
        }
        keys
    }

    /// Whether `name`, an id, an ARN or an alias, refers to one of the given keys.
    pub(crate) fn is_about(&mut self, keys: &[KeyArn], name: &str) -> bool {
        let Self { details, changes } = self;
        match changes {
            Some(changes) => RequestContext {
                details,
                lock: Locked(changes),
            }
            .is_about(keys, name),
            None => self.context().is_about(keys, name),
        }
    }

    /// Takes the keys that the request used for cryptography.
    pub(crate) fn take_used_keys(&mut self) -> Vec<KeyArn> {
        std::mem::take(&mut self.details.used_keys)
    }
}

impl<'c, 's> Context<'c, 's> {
    /// Takes the write lock. Do slow work before this call. Read the records to change after it, so
    /// that no change of another request is lost.
    ///
    /// # Errors
    ///
    /// Internal, if the store rejects writes.
    pub(crate) fn write(self) -> Result<WriteContext<'c, 's>, Error> {
        let changes = self.lock.0.take();
        let changes = changes.map_or_else(|| self.details.services.store.begin(), Ok)?;
        Ok(RequestContext {
            details: self.details,
            lock: Locked(self.lock.0.insert(changes)),
        })
    }

    /// Takes the write lock for a part of the request. The lock is held until the request ends.
    pub(super) fn lock(&mut self) -> Result<WriteContext<'_, 's>, Error> {
        RequestContext {
            details: &mut *self.details,
            lock: Unlocked(&mut *self.lock.0),
        }
        .write()
    }

    /// A client for the proxy of an external key store. A call may take a second.
    pub(crate) fn xks_call(&self) -> XksCall<'_> {
        XksCall {
            proxies: &self.details.services.proxies,
            region: self.location().region.as_str(),
            operation: self.details.operation.name,
            request_id: self.details.request_id,
            now: self.now(),
        }
    }
}

impl<'s, L: Lock> RequestContext<'_, 's, L> {
    pub(super) fn services(&self) -> &'s Services {
        self.details.services
    }

    /// The time of the request. It stays the same while the request runs.
    pub(crate) fn now(&self) -> Timestamp {
        self.details.now
    }

    /// The account and Region of the request.
    pub(crate) fn location(&self) -> &Location {
        &self.details.caller.location
    }

    /// The ARN of the caller.
    pub(crate) fn caller_arn(&self) -> String {
        self.details.caller.arn()
    }

    /// The secret that seals markers and tokens.
    pub(crate) fn instance_secret(&self) -> Arc<InstanceSecret> {
        self.services().instance_secret()
    }

    /// The source of random bytes.
    pub(crate) fn random(&self) -> &'s Random {
        &self.services().random
    }

    /// The root of trust for attestation documents.
    pub(crate) fn trust(&self) -> Trust {
        self.services().trust
    }

    /// Whether tags of other emulators have their meaning.
    pub(crate) fn drop_in(&self) -> bool {
        self.services().drop_in
    }

    /// The time at which a background change ends that starts now.
    pub(crate) fn transition_ends(&self) -> Timestamp {
        self.now().plus(self.services().transition_time())
    }

    /// The last cryptographic use of a key.
    ///
    /// # Errors
    ///
    /// Internal: the record is damaged.
    pub(crate) fn last_use(&self, key: &Key) -> Result<Option<LastUse>, StoreError> {
        let Services {
            last_uses, store, ..
        } = self.services();
        last_uses.get(store, &key.arn)
    }

    /// Sets the key that the request is about. Lookups by a reference do this themselves.
    pub(crate) fn set_subject_key(&mut self, key: &Key) {
        self.details.subject_key = Some(key.arn.clone());
    }

    /// Checks that the state of a key allows cryptographic operations, and records the use.
    ///
    /// # Errors
    ///
    /// The exception of the state.
    pub(crate) fn require_usable(&mut self, key: &Key) -> Result<(), KmsError> {
        if key.is_in_external_store() && key.record.state(self.now()) == KeyState::Unavailable {
            let code = Code::KmsInvalidState;
            return Err(message::external_key_store_is_not_connected(code));
        }
        key.require_state(key_state::USABLE, self.now())?;
        self.details.used_keys.push(key.arn.clone());
        Ok(())
    }

    /// Checks that a key has the usage that the operation needs.
    ///
    /// # Errors
    ///
    /// `InvalidKeyUsageException`.
    pub(crate) fn require_usage(&self, key: &Key, usage: KeyUsage) -> Result<(), KmsError> {
        if key.record.usage == usage {
            return Ok(());
        }
        let operation = self.details.operation.name;
        Err(message::wrong_usage(&key.arn, key.record.usage, operation))
    }
}

pub(super) fn cannot_generate(error: CryptoError) -> Internal {
    Internal::new("generate a key", error)
}
