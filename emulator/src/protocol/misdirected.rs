//! Detects requests for other services or wrong paths.

use super::Request;
use crate::error::{ErrorFormat, Misdirected};

/// The maximum length of each text that is copied from a request.
const MAX_TEXT: usize = 100;

/// The services whose errors have the root `<Error>`.
const UNWRAPPED_XML: [&str; 4] = ["s3", "s3express", "s3-object-lambda", "s3-outposts"];
/// The other services whose protocol is restXml.
const REST_XML: [&str; 2] = ["cloudfront", "route53"];

/// Explains why a request cannot be for KMS; `None` if it can.
pub(super) fn explain(request: &Request<'_>) -> Option<Misdirected> {
    let target_service = request
        .target
        .and_then(|target| target.split_once('.'))
        .map(|(service, _)| service);
    if target_service == Some("TrentService") {
        return (request.path != "/").then(|| wrong_path(request.path));
    }
    let signed = request.authorization.and_then(signed_service);
    let signed = signed.filter(|service| *service != "kms");
    let service = printable(signed.or(target_service)?);
    let action = action(request.body);
    let details = match (request.target, action) {
        (Some(target), _) => target.to_owned(),
        (None, Some(action)) => action.to_owned(),
        (None, None) => format!("{} {}", request.method, request.path),
    };
    let format = match service.as_str() {
        _ if request.target.is_some() => ErrorFormat::Json,
        name if UNWRAPPED_XML.contains(&name) => ErrorFormat::UnwrappedXml,
        name if action.is_some() || REST_XML.contains(&name) => ErrorFormat::Xml,
        _ => ErrorFormat::Json,
    };
    let message = format!(
        "This is Simulated KMS; the request is for {service} ({}). Set AWS_ENDPOINT_URL_KMS \
         instead of AWS_ENDPOINT_URL.",
        printable(&details)
    );
    Some(Misdirected {
        service: Some(service),
        message,
        format,
    })
}

fn wrong_path(path: &str) -> Misdirected {
    let message = format!(
        "Simulated KMS has the path / only; the request has the path {}. Remove the path from the \
         endpoint URL.",
        printable(path)
    );
    Misdirected {
        service: None,
        message,
        format: ErrorFormat::Json,
    }
}

/// The service in the credential scope of an `Authorization` header:
/// `Credential=AKIA…/20260101/us-east-1/sqs/aws4_request`. In `SigV4a`, the scope has no Region.
pub(crate) fn signed_service(authorization: &str) -> Option<&str> {
    let scope = authorization
        .split([',', ' '])
        .find_map(|field| field.strip_prefix("Credential="))?;
    let mut parts = scope.rsplit('/');
    let service = (parts.next() == Some("aws4_request")).then(|| parts.next());
    service.flatten().filter(|service| !service.is_empty())
}

/// The operation of a request in the awsQuery protocol.
fn action(body: &[u8]) -> Option<&str> {
    let body = str::from_utf8(body).ok()?;
    body.split('&')
        .find_map(|pair| pair.strip_prefix("Action="))
}

/// Makes a text from a request safe for JSON, XML and logs.
pub(crate) fn printable(text: &str) -> String {
    let replace = |character: char| match character {
        '<' | '>' | '&' | '"' | '\'' => '?',
        character if character.is_ascii_graphic() || character == ' ' => character,
        _ => '?',
    };
    text.chars().take(MAX_TEXT).map(replace).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNED: &str = "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/SERVICE/aws4_request, \
                          SignedHeaders=host, Signature=00";

    fn message(request: &Request<'_>) -> Option<String> {
        explain(request).map(|misdirected| misdirected.message)
    }

    #[test]
    fn finds_the_signed_service() {
        assert_eq!(signed_service(SIGNED), Some("SERVICE"));
        let sigv4a = "AWS4-ECDSA-P256-SHA256 Credential=AKID/20260101/s3/aws4_request, Signature=0";
        assert_eq!(signed_service(sigv4a), Some("s3"));
        for header in [
            "",
            "Bearer x",
            "AWS4-HMAC-SHA256 Credential=AKID/2/3",
            "Credential=//aws4_request",
        ] {
            assert_eq!(signed_service(header), None, "{header}");
        }
    }

    #[test]
    fn kms_requests_are_not_misdirected() {
        let kms = SIGNED.replace("SERVICE", "kms");
        for target in [
            None,
            Some("TrentService.Sign"),
            Some("TrentService."),
            Some("Sign"),
        ] {
            for authorization in [None, Some(kms.as_str())] {
                let request = Request {
                    target,
                    authorization,
                    ..Request::new("", b"{}")
                };
                assert_eq!(message(&request), None, "{target:?}");
            }
        }
        // The target selects the service: the emulator accepts any signature.
        let sqs = SIGNED.replace("SERVICE", "sqs");
        let request = Request {
            authorization: Some(&sqs),
            ..Request::new("TrentService.Sign", b"{}")
        };
        assert_eq!(message(&request), None);
    }

    #[test]
    fn formats_follow_the_protocol_of_the_service() {
        let form = b"Action=GetCallerIdentity&Version=2011-06-15";
        for (service, target, body, format) in [
            (
                "sqs",
                Some("AmazonSQS.SendMessage"),
                &b"{}"[..],
                ErrorFormat::Json,
            ),
            ("sts", None, form, ErrorFormat::Xml),
            ("route53", None, b"", ErrorFormat::Xml),
            ("s3", None, b"", ErrorFormat::UnwrappedXml),
            ("lambda", None, b"{}", ErrorFormat::Json),
        ] {
            let authorization = SIGNED.replace("SERVICE", service);
            let request = Request {
                target,
                authorization: Some(&authorization),
                ..Request::new("", body)
            };
            let misdirected = explain(&request).unwrap();
            assert_eq!(misdirected.format, format, "{service}");
            assert_eq!(misdirected.service.as_deref(), Some(service));
            assert_eq!(misdirected.status(), 400);
        }
    }

    #[test]
    fn texts_of_a_request_are_truncated_and_escaped() {
        let target = format!("<a>&é.{}", "x".repeat(1000));
        let message = message(&Request::new(&target, b"")).unwrap();
        assert!(
            message.contains("the request is for ?a??? (?a???.xxx"),
            "{message}"
        );
        assert!(message.len() < 400, "{message}");
    }
}
