//! IP addresses and ranges, as AWS reads them. It accepts some forms that libraries refuse, and
//! refuses others (recorded), so that `std::net` cannot parse them.

/// An address of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Address {
    V4(u32),
    V6(u128),
}

/// A range of a policy.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Range {
    network: Address,
    prefix: u32,
}

/// Whether a text is the address of a request.
pub(crate) fn is_address(text: &str) -> bool {
    Address::parse(text).is_some()
}

impl Address {
    /// Parses the address of a request. An IPv4 address in an IPv6 form is IPv4.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if !text.contains(':') {
            return v4(text).map(Self::V4);
        }
        if let Some((groups, dotted)) = text.rsplit_once(':')
            && dotted.contains('.')
        {
            let is_mapped = groups.eq_ignore_ascii_case("::ffff");
            return v4(dotted).filter(|_| is_mapped).map(Self::V4);
        }
        let address = v6(text)?;
        match u32::try_from(address & 0xffff_ffff) {
            Ok(low) if address >> 32 == 0xffff => Some(Self::V4(low)),
            _ => Some(Self::V6(address)),
        }
    }
}

impl Range {
    /// Parses the range of a policy: an address, or a CIDR block. `192.0.2.5/24` is accepted, but an
    /// IPv6 block must not have host bits, and no IPv6 form may have dots.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let (network, bits) = if address.contains(':') {
            (Address::V6(v6(address)?), 128)
        } else {
            (Address::V4(v4(address)?), 32)
        };
        let prefix = match prefix {
            Some(prefix) => decimal(prefix.strip_prefix('+').unwrap_or(prefix), bits)?,
            None => bits,
        };
        if let Address::V6(address) = network
            && prefix < 128
            && address << prefix != 0
        {
            return None;
        }
        Some(Self { network, prefix })
    }

    pub(super) fn contains(&self, address: Address) -> bool {
        match (self.network, address) {
            (Address::V4(own), Address::V4(other)) => (own ^ other).leading_zeros() >= self.prefix,
            (Address::V6(own), Address::V6(other)) => (own ^ other).leading_zeros() >= self.prefix,
            _ => false,
        }
    }
}

/// Four decimal numbers. Leading zeros are accepted.
fn v4(text: &str) -> Option<u32> {
    let mut parts = text.split('.');
    let mut address = 0;
    for _ in 0..4 {
        address = address << 8 | decimal(parts.next()?, 255)?;
    }
    parts.next().is_none().then_some(address)
}

fn decimal(text: &str, max: u32) -> Option<u32> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = is_number.then(|| text.parse().ok()).flatten();
    number.filter(|number| *number <= max)
}

/// Eight groups, or fewer with one gap. `:::` is a gap, too; a colon at the end is ignored; a colon
/// at the start is a group of zeros before it.
fn v6(text: &str) -> Option<u128> {
    let text = text.replacen(":::", "::", 1);
    let (head, tail) = match text.split_once("::") {
        Some((head, tail)) => (head, Some(tail)),
        None => (text.as_str(), None),
    };
    let last = tail.unwrap_or(head);
    let last = last.strip_suffix(':').unwrap_or(last);
    let (head, tail) = match tail {
        Some(_) => (groups(head, true)?, Some(groups(last, false)?)),
        None => (groups(last, true)?, None),
    };
    let missing = 8_usize.checked_sub(head.len() + tail.as_ref().map_or(0, Vec::len))?;
    match &tail {
        Some(_) if missing == 0 => return None,
        None if missing > 0 => return None,
        _ => {}
    }
    let zeros = std::iter::repeat_n(0, missing);
    let all = head
        .into_iter()
        .chain(zeros)
        .chain(tail.unwrap_or_default());
    Some(all.fold(0, |address, group| address << 16 | u128::from(group)))
}

fn groups(text: &str, may_begin_with_colon: bool) -> Option<Vec<u16>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    let mut groups = Vec::new();
    for (index, group) in text.split(':').enumerate() {
        let is_hexadecimal =
            (1..=4).contains(&group.len()) && group.bytes().all(|byte| byte.is_ascii_hexdigit());
        match u16::from_str_radix(group, 16) {
            Ok(group) if is_hexadecimal => groups.push(group),
            _ if group.is_empty() && index == 0 && may_begin_with_colon => groups.push(0),
            _ => return None,
        }
    }
    Some(groups)
}
