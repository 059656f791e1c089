//! Credentials of each client: good, wrong, missing and expired, and roles by a profile, by a web identity and
//! in code. A program of the client says who it is for STS, and what KMS answers. The environment alone
//! configures it. `client-tests/identities.yaml` has the identities.

use std::fs;
use std::process::Command;

use aws_credential_types::Credentials;
use aws_sdk_sts::config::{BehaviorVersion, Region};
use aws_smithy_http_client::Builder;
use libtest_mimic::Trial;
use tokio::runtime::Runtime;

use crate::client::Client;
use crate::docs;
use crate::emulator::Emulator;
use crate::tool::{self, succeed};
use crate::{cli, go, java, javascript, python};

/// A program that prints a line for STS and a line for KMS.
pub(crate) struct Program {
    pub(crate) client: Client,
    pub(crate) needs: &'static [&'static str],
    pub(crate) command: fn() -> Command,
    /// A part of the client's own error if there are no credentials.
    pub(crate) no_credentials: &'static str,
    /// Whether the client has a provider that assumes a role and needs no profile.
    pub(crate) assumes_in_code: bool,
    /// Whether its providers read `AWS_ENDPOINT_URL`, and not only `AWS_ENDPOINT_URL_STS`.
    pub(crate) providers_read_endpoint_url: bool,
}

type Test = fn(&Program);
type Variables<'a> = &'a [(&'a str, &'a str)];

const ALICE: [(&str, &str); 2] = [
    ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
    (
        "AWS_SECRET_ACCESS_KEY",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    ),
];
const ROLE: &str = "arn:aws:iam::111122223333:role/app";
const IS_ALICE: &str = "arn:aws:iam::111122223333:user/alice";
const IS_APP: &str = "arn:aws:sts::111122223333:assumed-role/app/test";
const KEY: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

/// Profiles with keys, and profiles that assume the role with them.
const PROFILES: &str = "[profile alice]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY

[profile bob]
aws_access_key_id = AKIABOBEXAMPLE000001
aws_secret_access_key = bob-secret

[profile app]
role_arn = arn:aws:iam::111122223333:role/app
source_profile = alice
role_session_name = test

[profile app-by-bob]
role_arn = arn:aws:iam::111122223333:role/app
source_profile = bob
role_session_name = test
";

/// Web identity tokens of `https://issuer.example` for the audience `sts.amazonaws.com`, with the subjects
/// `shop` and `other`. Only their claims are read.
const TOKENS: [(&str, &str); 2] = [
    (
        "shop",
        "e30.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwic3ViIjoic2hvcCIsImF1ZCI6InN0cy5hbWF6b25hd3MuY29tIn0.c2ln",
    ),
    (
        "other",
        "e30.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwic3ViIjoib3RoZXIiLCJhdWQiOiJzdHMuYW1hem9uYXdzLmNvbSJ9.c2ln",
    ),
];

/// Nothing listens on this port.
const CLOSED_PORT: &str = "http://127.0.0.1:9";

pub(crate) fn trials() -> Vec<Trial> {
    let tests: [(&str, Test); 3] = [
        ("start_up", start_up),
        ("signatures", signatures),
        ("roles", roles),
    ];
    let programs = || {
        [
            rust(),
            javascript::credentials(),
            python::credentials(),
            python::credentials_async(),
            cli::credentials(),
            java::credentials(),
            go::credentials(),
        ]
    };
    (0..programs().len())
        .flat_map(|number| {
            let program = &programs()[number];
            tests.map(|(name, test)| {
                let name = format!("credentials::{:?}::{name}", program.client);
                tool::trial(&name, program.needs, move || {
                    let program = &programs()[number];
                    test(program);
                    program.client.add_passed(1);
                })
            })
        })
        .collect()
}

fn rust() -> Program {
    Program {
        client: Client::Rust,
        needs: &[],
        command: || Command::new(env!("CARGO_BIN_EXE_credentials")),
        no_credentials: "no providers in chain provided credentials",
        assumes_in_code: true,
        providers_read_endpoint_url: true,
    }
}

/// The first calls of many programs, with any credentials.
fn start_up(program: &Program) {
    let emulator = Emulator::start();
    let credentials = [
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
    ];
    let not_found = "NotFoundException: \
                     Alias arn:aws:kms:us-east-1:000000000000:alias/orders is not found.";
    check(
        program,
        &emulator,
        &credentials,
        ["arn:aws:iam::000000000000:root", not_found],
    );
}

fn signatures(program: &Program) {
    let emulator = start("--auth=sigv4");
    let says = |variables: Variables, answers: [&str; 2]| {
        check(program, &emulator, variables, answers);
    };
    says(&ALICE, [IS_ALICE, KEY]);

    let [id, secret] = ALICE;
    let wrong = "The request signature we calculated does not match the signature you provided. Check your AWS \
                 Secret Access Key and signing method. Consult the service documentation for details.";
    says(
        &[id, ("AWS_SECRET_ACCESS_KEY", "wrong")],
        [
            &format!("SignatureDoesNotMatch: {wrong}"),
            &format!("InvalidSignatureException: {wrong}"),
        ],
    );
    let unknown = "The security token included in the request is invalid";
    says(
        &[("AWS_ACCESS_KEY_ID", "AKIAUNKNOWN000000001"), secret],
        [
            &format!("InvalidClientTokenId: {unknown}."),
            &format!("UnrecognizedClientException: {unknown}."),
        ],
    );
    let own = format!("…{}…", program.no_credentials);
    says(&[], [&own, &own]);
    says(
        &[("UNSIGNED", "1")],
        [
            "MissingAuthenticationToken: Request is missing Authentication Token",
            "MissingAuthenticationTokenException: Missing Authentication Token",
        ],
    );

    let [id, secret, token] = session(&emulator);
    let session = [
        ("AWS_ACCESS_KEY_ID", id.as_str()),
        ("AWS_SECRET_ACCESS_KEY", &secret),
        ("AWS_SESSION_TOKEN", &token),
    ];
    says(&session, [IS_APP, KEY]);
    says(
        &session[..2],
        [
            &format!("InvalidClientTokenId: {unknown}"),
            &format!("UnrecognizedClientException: {unknown}"),
        ],
    );
    emulator.send("PUT", "/_emulator/clock", r#"{"advance": "2h"}"#);
    let expired = "The security token included in the request is expired";
    says(
        &session,
        [
            &format!("ExpiredToken: {expired}"),
            &format!("ExpiredTokenException: {expired}"),
        ],
    );
    says(&ALICE, [IS_ALICE, KEY]);
}

fn roles(program: &Program) {
    let emulator = start("--auth=policy");
    let url = emulator.endpoint_url();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let file = folder.path().join(name);
        fs::write(&file, text).unwrap();
        file.to_str().unwrap().to_owned()
    };
    let config = file("config", PROFILES);
    let says = |variables: Variables, answers: [&str; 2]| {
        let config = [("AWS_CONFIG_FILE", config.as_str())];
        check(program, &emulator, &[variables, &config].concat(), answers);
    };
    // Providers call STS: with its own endpoint, and with that of every service.
    let by_endpoint_of_sts = |variables: Variables, answers: [&str; 2]| {
        let endpoints = [
            ("AWS_ENDPOINT_URL", CLOSED_PORT),
            ("AWS_ENDPOINT_URL_KMS", url),
            ("AWS_ENDPOINT_URL_STS", url),
        ];
        says(&[variables, &endpoints].concat(), answers);
    };
    let is_app = |variables: Variables| {
        by_endpoint_of_sts(variables, [IS_APP, KEY]);
        if program.providers_read_endpoint_url {
            says(variables, [IS_APP, KEY]);
        }
    };

    let not_allowed = format!(
        "AccessDeniedException: User: arn:aws:iam::111122223333:user/bob is not authorized to perform: \
         kms:DescribeKey on resource: arn:aws:kms:us-east-1:111122223333:key/{KEY} because no identity-based \
         policy allows the kms:DescribeKey action"
    );
    says(
        &[("AWS_PROFILE", "bob")],
        ["arn:aws:iam::111122223333:user/bob", &not_allowed],
    );

    is_app(&[("AWS_PROFILE", "app")]);
    let refused = format!(
        "…User: arn:aws:iam::111122223333:user/bob is not authorized to perform: sts:AssumeRole on resource: {ROLE}…"
    );
    by_endpoint_of_sts(&[("AWS_PROFILE", "app-by-bob")], [&refused, &refused]);

    let [shop, other] = TOKENS.map(|(subject, token)| file(subject, token));
    let web_identity = |token| {
        [
            ("AWS_ROLE_ARN", ROLE),
            ("AWS_ROLE_SESSION_NAME", "test"),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", token),
        ]
    };
    is_app(&web_identity(&shop));
    let refused = "…Not authorized to perform sts:AssumeRoleWithWebIdentity…";
    by_endpoint_of_sts(&web_identity(&other), [refused, refused]);

    if program.assumes_in_code {
        let [id, secret] = ALICE;
        is_app(&[id, secret, ("ASSUME_ROLE", ROLE)]);
    }
}

fn start(auth: &str) -> Emulator {
    Emulator::start_with(&[auth, "--seed", tool::IDENTITIES])
}

/// Runs the program with these variables and no other credentials. `…` in an answer stands for any text.
fn check(program: &Program, emulator: &Emulator, variables: Variables, [sts, kms]: [&str; 2]) {
    // The AWS CLI keeps sessions of roles there.
    let home = tempfile::tempdir().unwrap();
    let mut command = (program.command)();
    tool::aws_environment(&mut command);
    command
        .env("HOME", home.path())
        .env_remove("AWS_ACCESS_KEY_ID")
        .env_remove("AWS_SECRET_ACCESS_KEY")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_ENDPOINT_URL", emulator.endpoint_url())
        .envs(variables.iter().copied());
    let said = succeed(&mut command);
    assert!(
        docs::matches(&format!("sts: {sts}\nkms: {kms}"), said.trim()),
        "{variables:?}: {said}\ninstead of\nsts: {sts}\nkms: {kms}"
    );
}

/// The access key ID, the secret and the token of a session of the role, for an hour.
fn session(emulator: &Emulator) -> [String; 3] {
    let [(_, id), (_, secret)] = ALICE;
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(emulator.endpoint_url())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::from_keys(id, secret, None))
        .http_client(Builder::new().build_http())
        .build();
    let assume = aws_sdk_sts::Client::from_conf(config)
        .assume_role()
        .role_arn(ROLE)
        .role_session_name("test");
    let answer = Runtime::new().unwrap().block_on(assume.send()).unwrap();
    let credentials = answer.credentials.unwrap();
    [
        credentials.access_key_id,
        credentials.secret_access_key,
        credentials.session_token,
    ]
}
