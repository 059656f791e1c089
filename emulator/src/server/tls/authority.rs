//! A certificate authority of the emulator's own, which issues one for any name.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use time::OffsetDateTime;

use super::{TlsError, read};
use crate::clock::Clock;
use crate::folder::private_folder;
use crate::hex::hex;

/// How long a certificate is good for: no longer than what Apple's systems take.
const VALIDITY: Duration = Duration::from_secs(820 * 24 * 60 * 60);
/// How long before now it begins, for clocks that differ.
const BEFORE: Duration = Duration::from_secs(24 * 60 * 60);

/// What every client on the same machine may call the emulator.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

pub(super) struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
    /// Of all certificates: what differs are their names.
    key: KeyPair,
    names: Vec<String>,
}

impl Authority {
    pub(super) fn temporary(names: &[ServerName<'static>]) -> Result<Self, TlsError> {
        let key = KeyPair::generate()?;
        let pem = params(&key).self_signed(&key)?.pem();
        Self::new(pem, key, names)
    }

    /// The key comes first and decides: a certificate that is missing is made anew, with the same
    /// name and so as good as the one that clients have.
    pub(super) fn in_folder(
        folder: &Path,
        names: &[ServerName<'static>],
    ) -> Result<Self, TlsError> {
        let (certificate, key) = (folder.join("ca.pem"), folder.join("ca.key"));
        let cannot = |file: &Path| {
            let file = file.to_owned();
            move |error| TlsError::File(file, error)
        };
        private_folder(folder).map_err(cannot(folder))?;
        if !key.exists() {
            let pem = KeyPair::generate()?.serialize_pem();
            write(&key, &pem).map_err(cannot(&key))?;
        }
        let pem = String::from_utf8(read(&key)?).ok();
        let pair = pem.and_then(|pem| KeyPair::from_pem(&pem).ok());
        let pair = pair.ok_or(TlsError::NotPem(key, "private key"))?;
        if !certificate.exists() {
            let pem = params(&pair).self_signed(&pair)?.pem();
            write(&certificate, &pem).map_err(cannot(&certificate))?;
        }
        let pem = fs::read_to_string(&certificate).map_err(cannot(&certificate))?;
        Self::new(pem, pair, names)
    }

    fn new(pem: String, key: KeyPair, names: &[ServerName<'static>]) -> Result<Self, TlsError> {
        Ok(Self {
            pem,
            issuer: Issuer::new(params(&key), key),
            key: KeyPair::generate()?,
            names: names
                .iter()
                .map(|name| name.to_str().into_owned())
                .collect(),
        })
    }

    pub(super) fn pem(&self) -> &str {
        &self.pem
    }

    /// A certificate for a name, and its key.
    pub(super) fn issue(
        &self,
        name: &ServerName<'_>,
    ) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), TlsError> {
        let mut names = vec![name.to_str().into_owned()];
        for other in LOOPBACK.map(str::to_owned).iter().chain(&self.names) {
            if !names.contains(other) {
                names.push(other.clone());
            }
        }
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name = common_name("Simulated KMS");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let now = now();
        params.not_before = now - BEFORE;
        params.not_after = now + VALIDITY;
        let certificate = params.signed_by(&self.key, &self.issuer)?;
        let key = PrivatePkcs8KeyDer::from(self.key.serialize_der());
        Ok((vec![certificate.into()], key.into()))
    }
}

/// The authority itself. Everything follows from its key; the end of its name tells one from
/// another, for clients that trust several.
fn params(key: &KeyPair) -> CertificateParams {
    let mut params = CertificateParams::default();
    let id = params.key_identifier(key);
    let id = hex(id.get(..4).unwrap_or_default());
    params.distinguished_name = common_name(&format!("Simulated KMS authority {id}, for tests"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = date_time_ymd(2000, 1, 1);
    params.not_after = date_time_ymd(2100, 1, 1);
    params
}

fn common_name(name: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}

/// The real time: clients compare certificates with theirs, and know nothing of a clock that a test
/// has moved.
fn now() -> OffsetDateTime {
    let seconds = Clock::real().now().millis().div_euclid(1000);
    OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// Writes a file that only its owner can read, whole or not at all.
fn write(file: &Path, text: &str) -> io::Result<()> {
    let unfinished = file.with_extension("unfinished");
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut written = options.open(&unfinished)?;
    written.write_all(text.as_bytes())?;
    written.sync_all()?;
    fs::rename(unfinished, file)
}
