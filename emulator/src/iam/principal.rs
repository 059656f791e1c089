//! The principals of a statement, and how they name the principal of a request.

use super::clause::Clause;
use crate::api::arn_parts;

/// The principals of a statement, with their types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Principals(pub(crate) Vec<(Kind, String)>);

/// The type of a principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `"Principal": "*"`, or another text, which is invalid.
    Bare,
    Aws,
    Service,
    Federated,
    CanonicalUser,
}

/// The principal of a request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Actor {
    /// Empty for a service.
    pub(crate) arn: String,
    /// Empty for a service.
    pub(crate) account: String,
    /// The ARN of the role of a session, with its path, or of the user who made a federated session.
    pub(crate) issuer: Option<String>,
    /// `AIDA…`, or `AROA…:session`.
    pub(crate) user_id: Option<String>,
    /// The name of the service that calls.
    pub(crate) service: Option<String>,
}

/// How directly a statement names a principal. A later value is more direct.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// By its account: the account decides.
    Account,
    /// By `*`, by the role of the session, or by the user of the federated session.
    Issuer,
    /// By its own ARN or id.
    Itself,
}

impl Actor {
    /// The principal with an ARN. The path of a session's role is not known.
    pub(crate) fn of_arn(arn: &str) -> Self {
        let [_, partition, _, _, account, resource] = arn_parts(arn).unwrap_or_default();
        let session = resource.strip_prefix("assumed-role/");
        let role = session.and_then(|session| session.split('/').next());
        Self {
            arn: arn.to_owned(),
            account: account.to_owned(),
            issuer: role.map(|role| format!("arn:{partition}:iam::{account}:role/{role}")),
            ..Self::default()
        }
    }

    /// Whether this is the root user of an account.
    pub(crate) fn is_root(&self) -> bool {
        self.arn.ends_with(":root") && self.is_account(&self.arn)
    }

    /// Whether an entry is the ARN of this principal's account.
    fn is_account(&self, entry: &str) -> bool {
        let [_, partition, ..] = arn_parts(&self.arn).unwrap_or_default();
        let expected = ["arn", partition, "iam", "", &self.account, "root"];
        arn_parts(entry).is_some_and(|parts| parts == expected)
    }

    /// How an entry names this principal: an ARN, an account, a unique id or `*`. Wildcards inside of
    /// an entry have no meaning (IAM User Guide).
    pub(crate) fn named_by(&self, entry: &str) -> Option<Reach> {
        if self.service.is_some() {
            let names_service = self.service.as_deref() == Some(entry);
            return names_service.then_some(Reach::Itself);
        }
        let is_account = entry == self.account || self.is_account(entry);
        let id = self.user_id.as_deref();
        if entry == self.arn || id == Some(entry) || (is_account && self.is_root()) {
            Some(Reach::Itself)
        } else if self.issuer.as_deref() == Some(entry)
            || id
                .and_then(|id| id.split_once(':'))
                .is_some_and(|(issuer, _)| issuer == entry)
        {
            Some(Reach::Issuer)
        } else {
            is_account.then_some(Reach::Account)
        }
    }
}

impl Principals {
    fn reach(&self, actor: &Actor) -> Option<Reach> {
        let reaches = self.0.iter().filter_map(|(kind, entry)| match kind {
            Kind::Bare | Kind::Aws if entry == "*" => Some(Reach::Issuer),
            Kind::Aws if actor.service.is_none() => actor.named_by(entry),
            Kind::Service if actor.service.is_some() => actor.named_by(entry),
            _ => None,
        });
        reaches.max()
    }
}

impl Clause<Principals> {
    /// How a statement that allows names a principal.
    pub(crate) fn allows(&self, actor: &Actor) -> Option<Reach> {
        match self {
            Self::Is(principals) => principals.reach(actor),
            Self::Not(principals) if principals.exempts(actor) => None,
            Self::Not(_) => Some(Reach::Issuer),
        }
    }

    /// Whether a statement that denies names a principal. An account covers all that is in it.
    pub(crate) fn denies(&self, actor: &Actor) -> bool {
        match self {
            Self::Is(principals) => principals.reach(actor).is_some(),
            Self::Not(principals) => !principals.exempts(actor),
        }
    }
}

impl Clause<Principals> {
    /// Whether a statement names an identity provider by one of its names.
    pub(crate) fn names_provider(&self, names: &[&str]) -> bool {
        let (principals, is_named) = match self {
            Self::Is(principals) => (principals, true),
            Self::Not(principals) => (principals, false),
        };
        let is_listed = principals.0.iter().any(|(kind, entry)| match kind {
            Kind::Bare | Kind::Aws => entry == "*",
            Kind::Federated => entry == "*" || names.contains(&entry.as_str()),
            Kind::Service | Kind::CanonicalUser => false,
        });
        is_listed == is_named
    }
}

impl Principals {
    /// Whether `NotPrincipal` leaves out a principal: only by an exact entry. A role does not stand for
    /// its sessions, nor an account for its users (documented).
    fn exempts(&self, actor: &Actor) -> bool {
        self.0.iter().any(|(kind, entry)| {
            let is_anyone = matches!(kind, Kind::Bare | Kind::Aws) && entry == "*";
            is_anyone || actor.named_by(entry) == Some(Reach::Itself)
        })
    }
}
