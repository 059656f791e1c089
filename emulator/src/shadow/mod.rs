//! A shadow of an upstream: clients get the answers of the upstream, and this emulator computes its own
//! beside them, on the same keys, to find differences.
//!
//! A request goes to the upstream first. Its answer decides what this emulator cannot know: the ids of new
//! keys, the account of the caller, and whether anything is stored. So both have the same keys with the
//! same ids, and ARNs, policies and messages need no translation. Values that both sides make
//! differently, such as ciphertexts, are pairs (`pairs`), and replaced in later requests.
//!
//! Requests that change something run one at a time, so that both sides do them in the same order. Others
//! run beside each other.

mod accounts;
mod bounded;
mod case;
mod compare;
mod forward;
mod judge;
mod made;
mod pairs;
mod report;
mod role;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod upstream_tests;

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use serde_json::{Map, Value, json};

use crate::Kms;
use crate::api::{AccountId, KeyId};
use crate::auth::credential_scope;
use crate::context::Followed;
use crate::crypto::Random;
use crate::operation;
use crate::protocol::{Format, Reply, Request, Trace, request_id};
use crate::remote::{Answer, Remote, RemoteError};

use accounts::Accounts;
use case::Case;
use judge::{Call, Known};
pub(crate) use report::{Compared, Report};
use report::{Seen, Verdict};

/// Keys in custom key stores are used by a proxy or a cluster, which must not be asked twice.
const CUSTOM_KEY_STORE: &str = "custom key stores are not compared";
/// AWS serves STS at other hosts, and nothing here follows from what it answers.
const NOT_OF_KMS: &str = "requests without an operation of KMS, such as those of STS";
/// The length of an id of a request that is used here, too.
const MAX_REQUEST_ID: usize = 64;

/// A shadow of an upstream.
pub(crate) struct Shadow {
    remote: Remote,
    /// Whether requests are signed with the identity of `remote`. If not, the client's signature is passed on.
    signs: bool,
    /// The folder for cases.
    cases: Option<PathBuf>,
    /// Held for writing by a request that changes something, for reading by others.
    order: RwLock<()>,
    accounts: Accounts,
    known: Mutex<Known>,
    report: Report,
}

/// A request with the account and Region in which it runs.
struct Incoming<'r> {
    request: &'r Request<'r>,
    operation: &'r str,
    /// The access key id. Empty if this emulator signs.
    caller: String,
    region: String,
}

impl Shadow {
    pub(crate) fn new(remote: Remote, signs: bool, cases: Option<PathBuf>) -> Self {
        let report = Report::new(remote.address().to_string());
        Self {
            remote,
            signs,
            cases,
            order: RwLock::default(),
            accounts: Accounts::new(),
            known: Mutex::new(Known::new()),
            report,
        }
    }

    pub(crate) fn report(&self) -> &Report {
        &self.report
    }

    /// The upstream.
    pub(crate) fn upstream(&self) -> String {
        self.remote.address().to_string()
    }

    /// The Region of requests that are not signed for one.
    pub(crate) fn region(&self) -> &str {
        self.remote.region()
    }

    /// The reply to a client. Blocks until the upstream has answered.
    pub(crate) fn answer(&self, kms: &Kms, request: &Request<'_>) -> Reply {
        let credential = request.credential();
        let scope = credential.as_deref().and_then(credential_scope);
        let access_key = scope.as_ref().map(|scope| scope.access_key_id);
        let region = scope.and_then(|scope| scope.region);
        let region = region.filter(|region| !region.is_empty());
        let operation = request.operation().ok();
        let changes = operation
            .and_then(operation::find)
            .is_some_and(|entry| !entry.read_only);
        let (_alone, _beside);
        if changes {
            _alone = self.order.write().unwrap_or_else(PoisonError::into_inner);
        } else {
            _beside = self.order.read().unwrap_or_else(PoisonError::into_inner);
        }
        let answer = match self.forward(request, region) {
            Ok(answer) => answer,
            Err(error) => return self.unanswered(&error),
        };
        let Some(operation) = operation else {
            self.report.add_not_compared(NOT_OF_KMS);
            return Self::passed_on(answer, empty_reply());
        };
        let caller = access_key.filter(|_| !self.signs).unwrap_or_default();
        let incoming = Incoming {
            request,
            operation,
            caller: caller.to_owned(),
            region: region.unwrap_or(self.remote.region()).to_owned(),
        };
        let ours = self.follow(kms, &incoming, &answer);
        Self::passed_on(answer, ours)
    }

    /// Computes the answer of this emulator, and compares it with that of the upstream.
    fn follow(&self, kms: &Kms, incoming: &Incoming<'_>, answer: &Answer) -> Reply {
        let Incoming {
            request,
            operation,
            caller,
            region,
        } = incoming;
        self.accounts
            .learn(caller, region, request.body, &answer.body);
        let account = self.accounts.of(caller);
        let input = Map::from(request.json().unwrap_or_default());
        let authorization = self.authorization(request, account.as_ref(), region);
        let body = self.translated(request.body, &input);
        let repeated = Request {
            authorization: authorization.as_deref(),
            body: &body,
            ..**request
        };
        let call = Call {
            operation,
            input: &input,
        };
        let (ours, verdict) = if operation.contains("CustomKeyStore") {
            let mut ours = empty_reply();
            ours.trace.operation = operation::find(operation).map(|entry| entry.info.name);
            (ours, Verdict::NotCompared(CUSTOM_KEY_STORE))
        } else {
            let followed = Some(Arc::new(followed(operation, answer)));
            let ours = kms
                .prepare_following(&repeated, followed)
                .submit(kms)
                .wait();
            let verdict = self.known().judge(call, answer, &ours);
            (ours, verdict)
        };
        let now = kms.clock().now().to_string();
        let id = answer.header("x-amzn-requestid");
        let seen = Seen {
            operation,
            request_id: id.unwrap_or(&ours.request_id),
            at: now.clone(),
        };
        self.report.add(&seen, verdict, |new, all| {
            let folder = self.cases.as_deref()?;
            let case = Case {
                operation,
                input: &input,
                region,
                account: account.as_ref(),
                answer,
                made: &self.known().made,
                host: self.remote.address().host(),
                is_aws: self.remote.address().is_aws(),
                day: now.get(..10)?,
            };
            case.write(folder, new, all)
        });
        ours
    }

    /// The credentials for this emulator, in the account that the caller has in the upstream.
    fn authorization<'r>(
        &self,
        request: &Request<'r>,
        account: Option<&AccountId>,
        region: &str,
    ) -> Option<Cow<'r, str>> {
        let access_key = match account {
            Some(account) => account.as_str(),
            None if self.signs => "SHADOW",
            None => return request.credential(),
        };
        let scope = format!("{access_key}/20260101/{region}/kms/aws4_request");
        Some(format!("AWS4-HMAC-SHA256 Credential={scope}").into())
    }

    /// The body with the values of this emulator in place of those of the upstream.
    fn translated<'r>(&self, body: &'r [u8], input: &Map<String, Value>) -> Cow<'r, [u8]> {
        let mut translated = Value::Object(input.clone());
        if self.known().pairs.translate(&mut translated) {
            translated.to_string().into_bytes().into()
        } else {
            body.into()
        }
    }

    /// The reply to a request without an answer. Nothing was done here.
    fn unanswered(&self, error: &RemoteError) -> Reply {
        self.report.add_unanswered();
        let was_sent = !matches!(
            error,
            RemoteError::Connect(_)
                | RemoteError::Tls(_)
                | RemoteError::Credentials(_)
                | RemoteError::Invalid(_)
        );
        let upstream = self.remote.address();
        let mut message =
            format!("Simulated KMS has no answer of its upstream {upstream}: {error}");
        if was_sent {
            message += ". The upstream may have done what was asked";
        }
        tracing::error!("{message}");
        let mut reply = empty_reply();
        reply.status = if was_sent { 502 } else { 503 };
        reply.body = json!({ "__type": "UpstreamUnavailable", "message": message })
            .to_string()
            .into_bytes();
        reply.trace.error = Some("UpstreamUnavailable".to_owned());
        reply
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A reply without a body, for what this emulator does not compute.
fn empty_reply() -> Reply {
    let id = request_id(&Random::System);
    Reply::success(id, Vec::new(), Trace::default(), Format::default())
}

/// What this emulator takes over from the upstream.
fn followed(operation: &str, answer: &Answer) -> Followed {
    let json = answer.json().unwrap_or_default();
    let id = answer.header("x-amzn-requestid");
    let id = id.filter(|id| id.len() <= MAX_REQUEST_ID && id.is_ascii());
    let key = judge::key_id(&json);
    let material = match (operation, answer.error().as_deref()) {
        ("ImportKeyMaterial", None) => {
            // The same material again must be the same here, too.
            let material = json.get("KeyMaterialId").and_then(Value::as_str);
            Some([key.unwrap_or_default(), material.unwrap_or_default()].join("/"))
        }
        // Here, other material than before is refused as well.
        ("ImportKeyMaterial", Some("IncorrectKeyMaterialException")) => {
            Some(id.unwrap_or_default().to_owned())
        }
        _ => None,
    };
    Followed {
        request_id: id.map(str::to_owned),
        key_id: key.map(KeyId::new).filter(KeyId::is_well_formed),
        material,
        succeeded: answer.status == 200 && !answer.is_foreign(),
    }
}
