//! Replies that read a change that is not on disk yet.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::*;
use crate::protocol::Reply;
use crate::store::StoreError;

/// A KMS with two keys.
fn two_keys() -> (Kms, [String; 2]) {
    let kms = Kms::builder().build_temporary().unwrap();
    let keys = [create_key(&kms), create_key(&kms)];
    (kms, keys)
}

fn record(key: &str) -> String {
    format!("key/000000000000/us-east-1/{key}")
}

fn describe(kms: &Kms, key: &str) -> PendingReply {
    let body = format!(r#"{{"KeyId":"{key}"}}"#);
    kms.submit(&Request::new("TrentService.DescribeKey", body.as_bytes()))
}

/// The reply, if it waits for nothing.
fn now(reply: impl Future<Output = Reply>) -> Poll<Reply> {
    pin!(reply).poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn a_reply_waits_for_the_changes_of_others_that_it_has_read() {
    let (kms, [changed, other]) = two_keys();
    let store = &kms.services.store;
    let name = record(&changed);
    let bytes = store.get(&name);
    let completion = store.apply_unanswered(&[(name.into(), bytes)]);
    assert!(now(describe(&kms, &other).durable()).is_ready());
    let mut reply = pin!(describe(&kms, &changed).durable());
    let mut context = Context::from_waker(Waker::noop());
    assert!(reply.as_mut().poll(&mut context).is_pending());
    completion.send(&Ok(()));
    assert!(matches!(reply.poll(&mut context), Poll::Ready(reply) if reply.status == 200));
}

#[test]
fn an_error_waits_too() {
    let (kms, [deleted, _]) = two_keys();
    let store = &kms.services.store;
    let completion = store.apply_unanswered(&[(record(&deleted).into(), None)]);
    assert!(now(describe(&kms, &deleted).durable()).is_pending());
    let reply = describe(&kms, &deleted);
    completion.send(&Err(StoreError::WriterStopped));
    // The key was not deleted, so a reply that says so would be wrong.
    assert_eq!(reply.wait().status, 500);
    assert_eq!(describe(&kms, &deleted).wait().status, 200);
}

#[test]
fn a_list_waits_for_a_change_of_what_it_lists() {
    let (kms, [key, _]) = two_keys();
    let list = || kms.submit(&Request::new("TrentService.ListKeys", b"{}"));
    let store = &kms.services.store;
    let _alias = store.apply_unanswered(&[("alias/x".into(), None)]);
    assert!(now(list().durable()).is_ready());
    let _key = store.apply_unanswered(&[(record(&key).into(), None)]);
    assert!(now(list().durable()).is_pending());
}

#[test]
fn a_reply_waits_for_the_identity_of_its_caller() {
    let (kms, [key, _]) = two_keys();
    let store = &kms.services.store;
    let identity = br#"{"account":"000000000000"}"#.as_slice();
    let name = "identity/AKIDEXAMPLE".into();
    let _identity = store.apply_unanswered(&[(name, Some(identity.into()))]);
    let body = format!(r#"{{"KeyId":"{key}"}}"#);
    for (access_key_id, is_ready) in [("AKIDOTHER", true), ("AKIDEXAMPLE", false)] {
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={access_key_id}/20260101/us-east-1/kms/aws4_request"
        );
        let mut request = Request::new("TrentService.DescribeKey", body.as_bytes());
        request.authorization = Some(&authorization);
        assert_eq!(now(kms.submit(&request).durable()).is_ready(), is_ready);
    }
}
