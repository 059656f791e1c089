//! Invalid seeds: their errors name the file, the line and the field, and nothing is created.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn errors_have_file_line_and_field() {
    let key = format!("keys:\n  - id: {KEY}\n");
    let mut unexpected = Vec::new();
    for (rest, expected) in [
        ("    spce: RSA_2048", "3: keys[0].spce: unknown field"),
        ("    spec: RSA_1024", "3: keys[0].spec: unknown variant"),
        (
            "    spec: RSA_2048",
            "2: keys[0].usage: required for RSA_2048: ENCRYPT_DECRYPT or SIGN_VERIFY",
        ),
        (
            "    spec: HMAC_256\n    usage: SIGN_VERIFY",
            "4: keys[0].usage: KeyUsage SIGN_VERIFY is not compatible with KeySpec HMAC_256",
        ),
        ("    spec: SM2\n    usage: SIGN_VERIFY", "3: keys[0].spec: "),
        (
            "    account: 12",
            "3: keys[0].account: expected an account of 12 digits",
        ),
        (
            "    region: here",
            "3: keys[0].region: invalid Region \"here\"; expected a Region such as us-east-1",
        ),
        (
            "    alias: orders",
            "3: keys[0].alias: Alias must start with the prefix \"alias/\"",
        ),
        (
            "    aliases: [alias/a, alias/aws/s3]",
            "3: keys[0].aliases[1]: ",
        ),
        (
            "    alias: alias/a\n    aliases:\n      - alias/a",
            "5: keys[0].aliases[0]: duplicate alias alias/a",
        ),
        (
            "    material: {}",
            "3: keys[0].material: expected exactly one of: seed, pem, hex, base64",
        ),
        (
            "    material:\n      seed: a\n      hex: 00",
            "3: keys[0].material: expected exactly one of",
        ),
        (
            "    material:\n      hex: 0g",
            "4: keys[0].material.hex: expected pairs of hexadecimal digits",
        ),
        (
            "    material:\n      hex: '00'",
            "4: keys[0].material.hex: not a key of SYMMETRIC_DEFAULT",
        ),
        (
            "    material:\n      base64: '*'",
            "4: keys[0].material.base64: invalid base64",
        ),
        (
            "    material:\n      pem: nothing",
            "4: keys[0].material.pem: no private key in PEM found",
        ),
        (
            "    material: s3cret",
            "3: keys[0].material: expected a mapping, such as {seed: orders}",
        ),
        (
            "    material: {seed: a}\n    materials: [{seed: b}]",
            "4: keys[0].materials: material and materials are mutually exclusive",
        ),
        (
            "    spec: HMAC_256\n    materials: [{seed: a}, {seed: b}]",
            "4: keys[0].materials: only a symmetric",
        ),
        (
            "    materials:\n      - seed: a\n      - seed: a",
            "5: keys[0].materials[1]: duplicate material",
        ),
        (
            "    materials:\n      - seed: a\n        rotated: 2026-01-01",
            "5: keys[0].materials[0].rotated: not allowed for the first material",
        ),
        (
            "    materials:\n      - seed: a\n      - seed: b\n        rotated: 2026-01-01\n      - seed: c\n        rotated: 2025-01-01",
            "7: keys[0].materials[2]: rotated must not be before the rotation of the previous material",
        ),
        (
            "    origin: AWS_CLOUDHSM",
            "3: keys[0].origin: expected AWS_KMS or EXTERNAL",
        ),
        (
            "    origin: EXTERNAL\n    spec: ML_DSA_44",
            "3: keys[0].origin: ",
        ),
        (
            "    expires: 2030-01-01",
            "3: keys[0].expires: allowed only with origin: EXTERNAL and a material",
        ),
        (
            "    expires: soon",
            "3: keys[0].expires: invalid time \"soon\"; expected RFC 3339, such as 2027-01-01T00:00:00Z",
        ),
        (
            "    policy: '{}'",
            "3: keys[0].policy: MalformedPolicyDocumentException",
        ),
        (
            "    policy: 1",
            "3: keys[0].policy: expected a policy document, as a mapping or as JSON text",
        ),
        ("    tags:\n      aws:a: b", "3: keys[0].tags: "),
        ("    state: Creating", "3: keys[0].state: unknown variant"),
        (
            "    state: PendingImport",
            "3: keys[0].state: PendingImport is allowed only with origin: EXTERNAL and without a material",
        ),
        (
            "    origin: EXTERNAL\n    state: Enabled",
            "4: keys[0].state: a key without material can only be PendingImport",
        ),
        (
            "    state: Enabled\n    deletion_in: 7d",
            "4: keys[0].deletion_in: allowed only with state: PendingDeletion",
        ),
        (
            "    deletion_in: 6d",
            "3: keys[0].deletion_in: expected a duration from 7d to 30d",
        ),
        (
            "    deletion_in: 7d\n    deletion_date: 2030-01-01",
            "4: keys[0].deletion_date: deletion_in and deletion_date are mutually exclusive",
        ),
        (
            "    rotation: {period_days: 9}",
            "3: keys[0].rotation.period_days: ",
        ),
        (
            "    spec: HMAC_256\n    rotation: true",
            "4: keys[0].rotation: allowed only for a symmetric",
        ),
        (
            "    rotation: often",
            "3: keys[0].rotation: expected true, false, or a mapping, such as {period_days: 180}",
        ),
        (
            "    multi_region: true",
            "2: keys[0].id: the id of a multi-Region key starts with mrk-",
        ),
        (
            "    multi_region: {replicas: [us-nowhere-1]}",
            "3: keys[0].multi_region.replicas[0]: ",
        ),
        (
            "    region: eu-west-1\n    multi_region:\n      primary: us-east-1",
            "5: keys[0].multi_region.primary: must equal the key's region, eu-west-1",
        ),
        (
            "    grants:\n      - operations: [Decrypt]",
            "4: keys[0].grants[0]: missing field",
        ),
        (
            "    grants:\n      - {grantee: me, operations: [Decrypt]}",
            "4: keys[0].grants[0]: ",
        ),
        (
            "    grants:\n      - {grantee: 'arn:aws:iam::111122223333:root', operations: [Sign]}",
            "4: keys[0].grants[0]: ",
        ),
        (
            "    grants:\n      - {id: ab, grantee: 'arn:aws:iam::111122223333:root', operations: [Decrypt]}",
            "4: keys[0].grants[0].id: a grant id has 64",
        ),
        (
            "  - id: not-a-uuid",
            "3: keys[1].id: expected a UUID, or mrk- and 32 hexadecimal digits",
        ),
        (
            "  - description: no id",
            "3: keys[1].id: required for a key without an alias or material.seed",
        ),
        (
            "  - id: 1234abcd-12ab-34cd-56ef-1234567890ab",
            "3: keys[1].id: duplicate key arn:aws:kms:us-east-1:000000000000:key/1234abcd",
        ),
        (
            "identities:\n  - access_key_id: a/b",
            "4: identities[0].access_key_id: expected 1 to 128",
        ),
        (
            "identities:\n  - access_key_id: AKIA",
            "4: identities[0]: expected either account or arn",
        ),
        (
            "identities:\n  - access_key_id: AKIA\n    arn: arn:aws:s3:::b",
            "5: identities[0].arn: ARN does not refer to a valid principal",
        ),
        (
            "---\nregion: nowhere",
            "4: region: invalid Region \"nowhere\"",
        ),
        ("    id: twice", "3: keys[0].id: duplicate field"),
        ("    description: *none", "3: keys[0].description: "),
        ("    description: [", "3: "),
    ] {
        let error = rejection(&format!("{key}{rest}\n"));
        assert!(
            !error.contains("s3cret") && !error.contains('\n'),
            "{error}"
        );
        if !error.starts_with(&format!("seed.yaml:{expected}")) {
            unexpected.push(format!("{rest}\n  is {error}\n not {expected}"));
        }
    }
    assert!(unexpected.is_empty(), "{}", unexpected.join("\n"));
}

/// A text of directives is not an empty seed.
#[test]
fn checks_directives() {
    for (text, expected) in [
        ("%YAML 9.9\n", "1: unknown directive; expected %YAML 1.2"),
        (
            "%YAML 9.9\n---\nkeys: []\n",
            "1: unknown directive; expected %YAML 1.2",
        ),
        ("keys: []\n...\n%YAML 9.9\n---\n", "3: "),
        (
            "# one\n%YAML 1.2\n",
            "2: a directive needs a document that starts with ---",
        ),
        (
            &"%".repeat(100_000),
            "1: unknown directive; expected %YAML 1.2",
        ),
        (
            &"%\n".repeat(100_000),
            "1: unknown directive; expected %YAML 1.2",
        ),
    ] {
        let error = rejection(text);
        assert!(
            error.starts_with(&format!("seed.yaml:{expected}")),
            "{error}"
        );
    }
    for text in [
        "",
        "# nothing\n---\n",
        "%YAML 1.2\n---\nkeys: []\n",
        "%YAML 1.1\n%TAG ! !a\n---\n",
    ] {
        assert!(Seed::parse("seed.yaml", text).is_ok(), "{text}");
    }
}

#[test]
fn invalid_file_rejects_all_files() {
    let valid = Seed::parse("a.yaml", "keys: [{alias: alias/a}]").unwrap();
    let invalid =
        "\nAliases:\n  - AliasName: alias/b\n    TargetKeyId: 1234abcd-12ab-34cd-56ef-1234567890ab";
    let both = valid.clone().and(Seed::parse("b.yaml", invalid).unwrap());
    let kms = builder().build_temporary().unwrap();
    let error = kms.seed(&both).unwrap_err().to_string();
    assert!(
        error.starts_with("b.yaml:3: Aliases[0].AliasName: key arn:aws:kms:"),
        "{error}"
    );
    assert_eq!(kms.key_count(), 0);
    assert_eq!(kms.seed(&valid).unwrap().created, 2);
    let error = builder().seed(both).build_temporary().err().unwrap();
    assert!(error.to_string().starts_with("b.yaml:3: "), "{error}");
}

#[test]
fn limits_size_depth_and_aliases() {
    let long = " ".repeat(MAX_BYTES + 1);
    let error = Seed::parse("seed.yaml", &long).err().unwrap();
    assert!(
        error.to_string().contains("a seed file may have up to"),
        "{error}"
    );
    let mut bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (one, next) in ('a'..'i').zip('b'..='i') {
        let aliases = vec![format!("*{one}"); 9].join(", ");
        writeln!(bomb, "{next}: &{next} [{aliases}]").unwrap();
    }
    bomb.push_str("Keys: *i\n");
    assert!(Seed::parse("seed.yaml", &bomb).is_err());
    assert!(Seed::parse("seed.yaml", &"[".repeat(100_000)).is_err());
    let both = "- ".repeat(250) + &"[".repeat(250) + &"]".repeat(250);
    let error = Seed::parse("seed.yaml", &both).err().unwrap().to_string();
    assert!(error.ends_with(": nested too deeply"), "{error}");
    let (open, close) = ("[".repeat(50), "]".repeat(50));
    let deep = format!("Keys:\na: &a {open}{close}\nb: &b {open}*a{close}\nc: {open}*b{close}\n");
    let error = Seed::parse("seed.yaml", &deep).err().unwrap().to_string();
    assert!(error.starts_with("seed.yaml:4: c[0]"), "{error}");
    assert!(error.ends_with(": nested too deeply"), "{error}");
}

proptest! {
    #[test]
    fn arbitrary_text_does_not_panic(text in ".{0,200}") {
        let _ = Seed::parse("seed.yaml", &text);
    }

    #[test]
    fn damaged_example_does_not_panic(from in 0_usize..8000, length in 0_usize..40, with in "[-a-z:{}\\[\\]&*|'\"\n ]{0,4}") {
        let text = fs::read_to_string(fixture("example.yaml")).unwrap();
        let from = from.min(text.len());
        let to = (from + length).min(text.len());
        if let (Some(start), Some(end)) = (text.get(..from), text.get(to..)) {
            let text = format!("{start}{with}{end}");
            if let Ok(seed) = Seed::parse("seed.yaml", &text) {
                let _ = seed.is_local_kms();
            }
        }
    }
}
