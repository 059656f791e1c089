//! The question about a permission, as far as the request itself tells it.

use std::net::{IpAddr, Ipv4Addr};

use super::request::Unasked;
use super::{Lock, Origin, RequestContext};
use crate::api::AliasName;
use crate::authorization::{Asked, Question};
use crate::error::Error;

/// The address of requests without one.
const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

impl<L: Lock> RequestContext<'_, '_, L> {
    /// Makes the question of what it is made of, unless it is made.
    pub(super) fn made(&self, unasked: Unasked) -> Result<Box<Question>, Error> {
        match unasked {
            Unasked::Input(input) => {
                let (asked, origin) = *input;
                Ok(Box::new(self.question(asked, origin)?))
            }
            Unasked::Question(question) => Ok(question),
        }
    }

    /// The question about a permission, without a caller and a key.
    pub(super) fn question(&self, asked: Asked, origin: Origin) -> Result<Question, Error> {
        let location = self.location();
        let alias = asked.alias_name.map(|name| {
            let name = AliasName::new(name);
            name.arn(location).to_string()
        });
        let tokens = asked.grant_tokens.iter();
        let grant_tokens = tokens.map(|token| self.grant_of_token(token).map(|grant| grant.id));
        let grant_tokens = grant_tokens.collect::<Result<_, _>>()?;
        let mut parameters = asked.parameters;
        // `RetireGrant` itself refuses an invalid token.
        let retired = parameters.grant_token.take();
        let retired = retired.and_then(|token| self.grant_of_token(&token).ok());
        parameters.grant_token = retired.map(|grant| grant.id);
        Ok(Question {
            region: location.region.as_str().to_owned(),
            key_id: asked.key_id,
            alias,
            grant_tokens,
            parameters,
            encryption_context: asked.encryption_context,
            // A service is what makes grants for its resources.
            grant_is_for_aws_resource: origin.via_service.is_some().then_some(true),
            via_service: origin.via_service,
            address: Some(origin.address.unwrap_or(LOOPBACK)),
            at: Some(self.now()),
            user_agent: origin.user_agent,
            ..Question::of(self.details.operation.action)
        })
    }
}
