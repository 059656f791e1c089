//! The parts of ARNs.

/// `arn`, the partition, the service, the Region, the account and the resource of an ARN. Only the
/// resource may contain colons. `None` for a text with fewer parts.
pub(crate) fn arn_parts(text: &str) -> Option<[&str; 6]> {
    let mut rest = text;
    let mut next = || {
        let (part, after) = rest.split_once(':')?;
        rest = after;
        Some(part)
    };
    let [arn, partition, service, region, account] = [next()?, next()?, next()?, next()?, next()?];
    Some([arn, partition, service, region, account, rest])
}
