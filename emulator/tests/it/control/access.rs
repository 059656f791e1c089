//! Access control.

use std::net::SocketAddr;

use serde_json::Value;

use super::{get, refused};
use crate::client::{exchange, request};
use crate::in_process::local;
use crate::process::{emulator, start};

#[test]
fn rejects_web_pages() {
    let (_kms, address) = local();
    let port = address.port();
    let send = |headers: &str| {
        let text = format!(
            "PUT /_emulator/clock HTTP/1.1\r\n{headers}Connection: close\r\nContent-Length: 15\r\n\r\n{{\"frozen\":true}}"
        );
        exchange(address, text.as_bytes())
            .unwrap()
            .split(' ')
            .nth(1)
            .unwrap()
            .to_owned()
    };
    let token = "X-Emulator-Token: any\r\n";
    assert_eq!(send(&format!("Host: localhost:{port}\r\n")), "403");
    assert_eq!(
        send(&format!("Host: evil.example:{port}\r\n{token}")),
        "403"
    );
    assert_eq!(
        send(&format!(
            "Host: localhost:{port}\r\n{token}Origin: http://evil.example\r\n"
        )),
        "403"
    );
    assert_eq!(get(address, "clock")["frozen"], false);
    assert_eq!(send(&format!("Host: localhost:{port}\r\n{token}")), "200");
}

#[test]
fn control_plane_is_off_on_other_addresses_without_a_token() {
    let mut command = emulator();
    command.args(["--host=0.0.0.0", "--port=0", "--temporary"]);
    let running = start(command);
    let address = SocketAddr::from(([127, 0, 0, 1], running.address.port()));
    let (status, message) = refused(address, "GET clock", &Value::Null);
    assert!(
        status == 403 && message.contains("--control-token"),
        "{message}"
    );
    let (_, log) = running.stop();
    assert!(log.contains("the control plane is off"), "{log}");

    let mut command = emulator();
    command.args([
        "--host=0.0.0.0",
        "--port=0",
        "--temporary",
        "--control-token=t0ken",
    ]);
    let running = start(command);
    let address = SocketAddr::from(([127, 0, 0, 1], running.address.port()));
    assert_eq!(refused(address, "GET clock", &Value::Null).0, 403);
    let head = "GET /_emulator/clock HTTP/1.1\r\nX-Emulator-Token: t0ken";
    assert_eq!(request(address, head, "").unwrap().status, 200);
    let (_, log) = running.stop();
    assert!(!log.contains("t0ken"), "{log}");
}
