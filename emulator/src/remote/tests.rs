use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::thread::{self, JoinHandle};

use super::identity::Environment;
use super::*;

const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

#[test]
fn addresses_have_a_host_only() {
    let address = Address::parse("HTTP://LocalHost:8080/").unwrap();
    assert_eq!(address.to_string(), "http://localhost:8080");
    assert_eq!(address.host(), "localhost");
    let address = Address::parse("https://[::1]:443").unwrap();
    assert_eq!(address.to_string(), "https://[::1]");
    for url in [
        "",
        "localhost:8080",
        "ftp://localhost",
        "http://",
        "http://user@localhost",
        "http://localhost/path",
        "http://localhost?query",
        "http://kms.us-east-1.amazonaws.com",
        "http://kms.us-east-1.amazonaws.com.",
    ] {
        assert!(Address::parse(url).is_err(), "{url}");
    }
}

#[test]
fn hosts_of_aws_are_known_in_every_partition() {
    for (host, region) in [
        ("kms.eu-west-1.amazonaws.com", Some("eu-west-1")),
        (
            "kms-fips.us-gov-west-1.amazonaws.com",
            Some("us-gov-west-1"),
        ),
        ("kms.cn-north-1.amazonaws.com.cn", Some("cn-north-1")),
        ("kms.us-east-1.api.aws", Some("us-east-1")),
        ("kms.eusc-de-east-1.amazonaws.eu", Some("eusc-de-east-1")),
        ("kms.us-iso-east-1.c2s.ic.gov", Some("us-iso-east-1")),
        ("vpce-1.kms.us-east-1.vpce.amazonaws.com", Some("us-east-1")),
        ("KMS.us-east-1.AMAZONAWS.com.", Some("us-east-1")),
        ("kms.amazonaws.com", None),
    ] {
        let address = Address::parse(&format!("https://{host}")).unwrap();
        assert!(address.is_aws(), "{host}");
        assert_eq!(address.region(), region, "{host}");
    }
    for host in ["localhost", "amazonaws.com.example.org", "notamazonaws.com"] {
        let address = Address::parse(&format!("https://{host}")).unwrap();
        assert!(!address.is_aws(), "{host}");
    }
}

/// The identity of a home folder and of variables.
fn identity(
    home: &Path,
    profile: Option<&str>,
    variables: &[(&str, &str)],
) -> Result<Option<Identity>, String> {
    let variable = |name: &str| {
        let found = variables.iter().find(|(other, _)| *other == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    Identity::of(
        profile,
        &Environment {
            variable: &variable,
            home: Some(home.to_owned()),
        },
    )
}

/// A home folder with profiles of each kind.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".aws");
    fs::create_dir(&folder).unwrap();
    let config = "[default]\nregion = eu-west-1\n\n[profile work]\nregion=eu-central-1 # ours\n\
                  s3 =\n  region = none\n[profile sso]\nsso_session = s\n[sso-session s]\n\
                  [profile role]\nrole_arn = arn:aws:iam::111122223333:role/r\nsource_profile = work\n\
                  [profile \"two words\"]\ncredential_process = printf '%s' \
                  '{\"Version\":1,\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"S\",\"SessionToken\":\"T\",\
                  \"Expiration\":\"2099-01-01T00:00:00Z\"}'\n[profile broken]\n\
                  credential_process = echo a-secret\n[profile empty]\nregion = us-west-2\n";
    fs::write(folder.join("config"), config).unwrap();
    let credentials = "# ours\n[default]\naws_access_key_id = D\naws_secret_access_key = E\n\
                       [work]\nAWS_ACCESS_KEY_ID=W\naws_secret_access_key= a=b/c \n\
                       aws_session_token = t\n";
    fs::write(folder.join("credentials"), credentials).unwrap();
    home
}

#[test]
fn credentials_have_the_precedence_of_the_aws_cli() {
    let home = home();
    let home = home.path();
    let key = [("AWS_ACCESS_KEY_ID", "V"), ("AWS_SECRET_ACCESS_KEY", "X")];
    let by_profile = [key[0], key[1], ("AWS_PROFILE", "work")];
    let only_profile = [("AWS_PROFILE", "work")];
    for (profile, variables, expected, region) in [
        (None, &[][..], "D", Some("eu-west-1")),
        (None, &key[..], "V", None),
        (None, &by_profile[..], "V", None),
        (None, &only_profile[..], "W", Some("eu-central-1")),
        (Some("work"), &key[..], "W", Some("eu-central-1")),
    ] {
        let found = identity(home, profile, variables).unwrap().unwrap();
        assert_eq!(found.credentials().unwrap().access_key_id, expected);
        assert_eq!(found.region(), region);
    }
    let work = identity(home, Some("work"), &[]).unwrap().unwrap();
    let work = work.credentials().unwrap();
    assert_eq!(work.secret, "a=b/c");
    assert_eq!(work.session_token.as_deref(), Some("t"));
    assert!(!format!("{work:?}").contains("a=b/c"));
}

#[test]
fn credentials_of_services_are_refused_with_what_to_do() {
    let home = home();
    for profile in ["sso", "role"] {
        let error = identity(home.path(), Some(profile), &[]).unwrap_err();
        assert!(
            error.contains("aws configure export-credentials --format env"),
            "{error}"
        );
        assert!(error.contains(profile), "{error}");
    }
    let error = identity(home.path(), Some("other"), &[]).unwrap_err();
    assert_eq!(error, "there is no profile other");
    assert!(identity(home.path(), Some("empty"), &[]).unwrap().is_none());
    let nowhere = tempfile::tempdir().unwrap();
    assert!(identity(nowhere.path(), None, &[]).unwrap().is_none());
    let variables = [("AWS_WEB_IDENTITY_TOKEN_FILE", "/token")];
    identity(nowhere.path(), None, &variables).unwrap_err();
}

#[cfg(unix)]
#[test]
fn a_credential_process_is_run() {
    let home = home();
    let found = identity(home.path(), Some("two words"), &[]);
    let found = found.unwrap().unwrap();
    let credentials = found.credentials().unwrap();
    assert_eq!(credentials.access_key_id, "A");
    assert_eq!(credentials.session_token.as_deref(), Some("T"));
    let broken = identity(home.path(), Some("broken"), &[]).unwrap().unwrap();
    let error = broken.credentials().unwrap_err();
    assert!(!error.contains("a-secret"), "{error}");
}

/// An endpoint that gives one connection after another to a function.
fn endpoint(mut answers: Vec<Box<dyn FnOnce(TcpStream) + Send>>) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let thread = thread::spawn(move || {
        for answer in answers.drain(..) {
            answer(listener.accept().unwrap().0);
        }
    });
    (url, thread)
}

/// Reads a request with `Content-Length`.
fn read(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).unwrap();
        text += std::str::from_utf8(&buffer[..read]).unwrap();
        if text.ends_with("{}") || read == 0 {
            return text;
        }
    }
}

fn fixed(response: &'static str) -> Box<dyn FnOnce(TcpStream) + Send> {
    Box::new(move |mut stream| {
        read(&mut stream);
        stream.write_all(response.as_bytes()).unwrap();
    })
}

fn remote(url: &str, timeout: Duration) -> Remote {
    let identity = Identity::fixed(Credentials {
        session_token: Some("token".to_owned()),
        ..Credentials::new(KEY, SECRET)
    });
    let options = Options {
        timeout,
        retries: 1,
        pause: Duration::ZERO,
        ..Options::default()
    };
    let address = Address::parse(url).unwrap();
    Remote::new(address, "us-east-1".to_owned(), identity, options).unwrap()
}

const LONG: Duration = Duration::from_secs(60);

#[test]
fn requests_are_signed_with_the_token_and_the_target() {
    let (sender, receiver) = std::sync::mpsc::channel();
    let (url, thread) = endpoint(vec![Box::new(move |mut stream: TcpStream| {
        sender.send(read(&mut stream)).unwrap();
        let answer =
            b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\nX-Amzn-RequestId: r\r\n\r\n{\"Keys\":[]}";
        stream.write_all(answer).unwrap();
    })]);
    let answer = remote(&url, LONG).call("ListKeys", b"{}").unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("x-amzn-requestid"), Some("r"));
    assert_eq!(answer.json().unwrap()["Keys"], serde_json::json!([]));
    thread.join().unwrap();
    let sent = receiver.recv().unwrap().to_ascii_lowercase();
    assert!(sent.starts_with("post / http/1.1\r\n"), "{sent}");
    for expected in [
        "x-amz-target: trentservice.listkeys\r\n",
        "x-amz-security-token: token\r\n",
        "signedheaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target,",
        "/us-east-1/kms/aws4_request",
    ] {
        assert!(sent.contains(expected), "{expected}: {sent}");
    }
}

#[test]
fn what_is_no_answer_of_kms_has_its_own_error() {
    const THROTTLED: &str = "HTTP/1.1 400 Bad Request\r\nContent-Length: 32\r\nConnection: close\r\n\r\n\
                             {\"__type\":\"ThrottlingException\"}";
    let call = |answers| {
        let (url, thread) = endpoint(answers);
        let result = remote(&url, LONG).call("ListKeys", b"{}");
        thread.join().unwrap();
        result.map(|answer| answer.status)
    };
    let html = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>";
    let error = call(vec![fixed(html)]).unwrap_err();
    assert!(
        matches!(error, RemoteError::NotKms { status: 200, .. }),
        "{error:?}"
    );
    let error = call(vec![fixed("")]).unwrap_err();
    assert!(matches!(error, RemoteError::Reset(_)), "{error:?}");
    let error = call(vec![fixed(
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}",
    )])
    .unwrap_err();
    assert!(matches!(error, RemoteError::Reset(_)), "{error:?}");
    let error = call(vec![fixed(THROTTLED), fixed(THROTTLED)]).unwrap_err();
    assert_eq!(error, RemoteError::Throttled { attempts: 2 });
    let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    assert_eq!(call(vec![fixed(THROTTLED), fixed(ok)]), Ok(200));
    // A redirect is an answer, and is not followed.
    let redirect =
        "HTTP/1.1 307 Moved\r\nLocation: http://example.org/\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(call(vec![fixed(redirect)]), Ok(307));
    let large = Box::new(|mut stream: TcpStream| {
        read(&mut stream);
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n";
        stream.write_all(head.as_bytes()).unwrap();
        // Until the client closes the connection.
        while stream.write_all(&[b' '; 4096]).is_ok() {}
    });
    let error = call(vec![large]).unwrap_err();
    assert_eq!(error, RemoteError::TooLarge(MAX_ANSWER));
}

#[test]
fn an_endpoint_that_hangs_or_is_absent_ends_in_an_error() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let timeout = Duration::from_millis(50);
    let error = remote(&url, timeout).call("ListKeys", b"{}").unwrap_err();
    assert_eq!(error, RemoteError::TimedOut(timeout));
    drop(listener);
    let error = remote(&url, LONG).call("ListKeys", b"{}").unwrap_err();
    assert!(matches!(error, RemoteError::Connect(_)), "{error:?}");
}
