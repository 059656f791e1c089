//! `kms-emulator attest`: creates attestation documents without an enclave.

use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use x509_cert::der::pem;

use crate::attestation::Document;
use crate::hex;

#[derive(Args)]
pub(super) struct Attest {
    /// RSA public key of the enclave, a DER or PEM file
    #[arg(long, value_name = "FILE")]
    public_key: PathBuf,
    /// Value of a platform configuration register (repeatable); the default is zeros, as in debug mode
    #[arg(long = "pcr", value_name = "N=HEX", value_parser = pcr)]
    pcrs: Vec<Pcr>,
    /// File with data to include in the document
    #[arg(long, value_name = "FILE")]
    user_data: Option<PathBuf>,
    /// Nonce to include in the document
    #[arg(long, value_name = "HEX", value_parser = nonce)]
    nonce: Option<Nonce>,
    /// File to write the document to [default: standard output, in base64 on a terminal]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// The index and the value of a register.
#[derive(Clone)]
struct Pcr(u8, Vec<u8>);

/// A newtype, because clap treats `Vec<u8>` as a list of values.
#[derive(Clone)]
struct Nonce(Vec<u8>);

/// The label of a PEM file.
const LABEL: &str = "PUBLIC KEY";

impl Attest {
    pub(super) fn run(self) -> Result<(), String> {
        let document = self.document()?.sign();
        let document =
            document.map_err(|error| format!("cannot create the attestation document: {error}"))?;
        let Some(path) = self.out else {
            let mut out = io::stdout().lock();
            let written = if out.is_terminal() {
                writeln!(out, "{}", STANDARD.encode(document))
            } else {
                out.write_all(&document)
            };
            return written
                .and_then(|()| out.flush())
                .map_err(|error| format!("cannot write to standard output: {error}"));
        };
        fs::write(&path, document)
            .map_err(|error| format!("cannot write {}: {error}", path.display()))
    }

    fn document(&self) -> Result<Document, String> {
        let mut document = Document::new(public_key(read(&self.public_key)?)?);
        for Pcr(index, value) in &self.pcrs {
            document = document.pcr(*index, value.as_slice());
        }
        if let Some(path) = &self.user_data {
            document = document.user_data(read(path)?);
        }
        if let Some(Nonce(nonce)) = &self.nonce {
            document = document.nonce(nonce.as_slice());
        }
        Ok(document)
    }
}

fn read(path: &PathBuf) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

/// Converts the content of a DER or PEM file to DER.
fn public_key(file: Vec<u8>) -> Result<Vec<u8>, String> {
    if !file.starts_with(b"-----BEGIN") {
        return Ok(file);
    }
    match pem::decode_vec(&file) {
        Ok((LABEL, der)) => Ok(der),
        Ok((label, _)) => Err(format!("--public-key: expected a {LABEL}, found a {label}")),
        Err(error) => Err(format!("--public-key: invalid PEM: {error}")),
    }
}

fn pcr(argument: &str) -> Result<Pcr, String> {
    let (index, value) = argument
        .split_once('=')
        .ok_or("expected N=HEX, such as 0=00ff")?;
    let index = index
        .parse()
        .map_err(|_| "expected a register number from 0 to 255 before =")?;
    Ok(Pcr(index, bytes(value)?))
}

fn nonce(argument: &str) -> Result<Nonce, String> {
    bytes(argument).map(Nonce)
}

fn bytes(digits: &str) -> Result<Vec<u8>, String> {
    hex::decode(digits).ok_or_else(|| "expected hexadecimal bytes, such as 00ff".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_register() {
        let Pcr(index, value) = pcr("31=00fFa0").unwrap();
        assert_eq!((index, value), (31, vec![0, 0xff, 0xa0]));
        for wrong in [
            "", "0", "=00", "x=00", "256=00", "0=0", "0=0g", "0=+1", "0=é",
        ] {
            assert!(pcr(wrong).is_err(), "{wrong}");
        }
        assert!(nonce("").unwrap().0.is_empty());
    }

    #[test]
    fn reads_der_and_pem_public_keys() {
        assert_eq!(public_key(vec![0x30, 0]).unwrap(), [0x30, 0]);
        let pem = |label| format!("-----BEGIN {label}-----\nMAA=\n-----END {label}-----\n");
        assert_eq!(public_key(pem(LABEL).into_bytes()).unwrap(), [0x30, 0]);
        assert!(public_key(pem("RSA PUBLIC KEY").into_bytes()).is_err());
        assert!(public_key(b"-----BEGIN PUBLIC KEY-----\n".to_vec()).is_err());
    }
}
