//! A certificate authority that issues certificates for any host name.

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

use super::{TlsError, read, unusable};
use crate::clock::Clock;
use crate::folder::private_folder;
use crate::hex;

/// The validity of a certificate. Apple's systems accept at most 825 days.
const VALIDITY: Duration = Duration::from_secs(820 * 24 * 60 * 60);
/// How far `notBefore` is in the past, to tolerate clock skew.
const BACKDATE: Duration = Duration::from_secs(24 * 60 * 60);

/// The host names of a client on the same machine.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

pub(super) struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
    /// The key of all certificates, which differ only in their names.
    key: KeyPair,
    names: Vec<String>,
}

impl Authority {
    pub(super) fn temporary(names: &[ServerName<'static>]) -> Result<Self, TlsError> {
        let key = generate()?;
        let pem = self_signed(&key)?;
        Self::new(pem, key, names)
    }

    /// Reads the authority from a folder, and creates missing files. A new certificate for an existing
    /// key has the same name, so clients that trust the old certificate accept it.
    pub(super) fn in_folder(
        folder: &Path,
        names: &[ServerName<'static>],
    ) -> Result<Self, TlsError> {
        let (certificate, key) = (folder.join("ca.pem"), folder.join("ca.key"));
        let cannot = |file: &Path| {
            let file = file.to_owned();
            move |error| TlsError::File {
                file,
                source: error,
            }
        };
        private_folder(folder).map_err(cannot(folder))?.sync();
        if !key.exists() {
            let pem = generate()?.serialize_pem();
            write(&key, &pem).map_err(cannot(&key))?;
        }
        let pem = String::from_utf8(read(&key)?).ok();
        let pair = pem.and_then(|pem| KeyPair::from_pem(&pem).ok());
        let pair = pair.ok_or(TlsError::NotPem {
            file: key,
            section: "private key",
        })?;
        if !certificate.exists() {
            let pem = self_signed(&pair)?;
            write(&certificate, &pem).map_err(cannot(&certificate))?;
        }
        let pem = fs::read_to_string(&certificate).map_err(cannot(&certificate))?;
        Self::new(pem, pair, names)
    }

    fn new(pem: String, key: KeyPair, names: &[ServerName<'static>]) -> Result<Self, TlsError> {
        Ok(Self {
            pem,
            issuer: Issuer::new(params(&key), key),
            key: generate()?,
            names: names
                .iter()
                .map(|name| name.to_str().into_owned())
                .collect(),
        })
    }

    pub(super) fn pem(&self) -> &str {
        &self.pem
    }

    /// A certificate for a host name, and its private key.
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
        let mut params = CertificateParams::new(names).map_err(unusable)?;
        params.distinguished_name = common_name("Simulated KMS");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let now = now();
        params.not_before = now - BACKDATE;
        params.not_after = now + VALIDITY;
        let certificate = params
            .signed_by(&self.key, &self.issuer)
            .map_err(unusable)?;
        let key = PrivatePkcs8KeyDer::from(self.key.serialize_der());
        Ok((vec![certificate.into()], key.into()))
    }
}

fn generate() -> Result<KeyPair, TlsError> {
    KeyPair::generate().map_err(unusable)
}

/// The certificate of an authority, in PEM.
fn self_signed(key: &KeyPair) -> Result<String, TlsError> {
    let certificate = params(key).self_signed(key).map_err(unusable)?;
    Ok(certificate.pem())
}

/// The certificate of the authority, which depends only on its key. Its name contains part of the key
/// id, so that clients can trust several authorities.
fn params(key: &KeyPair) -> CertificateParams {
    let mut params = CertificateParams::default();
    let id = params.key_identifier(key);
    let id = hex::encode(id.get(..4).unwrap_or_default());
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

/// The system time, not the clock of the emulator: clients check certificates against their own
/// clock.
fn now() -> OffsetDateTime {
    let seconds = Clock::system().now().millis().div_euclid(1000);
    OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// Writes a file atomically, readable only by its owner.
fn write(file: &Path, text: &str) -> io::Result<()> {
    let temporary = file.with_extension("unfinished");
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut written = options.open(&temporary)?;
    written.write_all(text.as_bytes())?;
    written.sync_all()?;
    fs::rename(temporary, file)
}
