//! An endpoint in front of an emulator, which changes or swallows its answers.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

use crate::client::exchange;

/// What becomes of a request.
pub(super) enum Fate {
    /// The emulator answers.
    Passed,
    /// This answer, instead.
    Answered(String),
    /// The emulator answers, with this text in the place of another one.
    Edited(&'static str, &'static str),
    /// The connection is closed without an answer.
    Closed,
    /// The connection stays open without an answer.
    Silent,
}

/// A request, as it arrived.
pub(super) struct Seen {
    pub(super) text: String,
}

impl Seen {
    /// Whether it calls an operation.
    pub(super) fn calls(&self, operation: &str) -> bool {
        let target = format!("trentservice.{operation}\r\n");
        let text = self.text.to_ascii_lowercase();
        text.contains(&target.to_ascii_lowercase())
    }
}

/// Starts the endpoint. `judge` decides about each request, and `answered` sees each answer of the emulator.
pub(super) fn between(
    emulator: SocketAddr,
    mut judge: impl FnMut(&Seen) -> Fate + Send + 'static,
    mut answered: impl FnMut(&str) + Send + 'static,
) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let mut silent = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let Some(text) = read(&mut stream) else {
                continue;
            };
            let seen = Seen { text };
            let mut pass = || {
                let answer = exchange(emulator, closing(&seen.text).as_bytes()).unwrap();
                answered(&answer);
                answer
            };
            let answer = match judge(&seen) {
                Fate::Passed => pass(),
                Fate::Answered(answer) => answer,
                Fate::Edited(from, to) => pass().replace(from, to),
                Fate::Closed => continue,
                Fate::Silent => {
                    silent.push(stream);
                    continue;
                }
            };
            // The client may have given up.
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    url
}

/// An answer over HTTP.
pub(super) fn http(status: &str, content_type: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}"
    )
}

/// A request with its body; `None` if the client sent none.
fn read(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 8192];
    loop {
        let count = stream.read(&mut buffer).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let mut lines = head.lines();
        let length = lines.find_map(|line| {
            let (name, value) = line.split_once(':')?;
            let is_length = name.eq_ignore_ascii_case("content-length");
            is_length.then(|| value.trim().parse::<usize>().unwrap())
        });
        if body.len() >= length.unwrap_or(0) {
            return Some(text.into_owned());
        }
    }
}

/// The request with the wish that the connection is closed after it.
fn closing(request: &str) -> String {
    let (line, rest) = request.split_once("\r\n").unwrap();
    format!("{line}\r\nConnection: close\r\n{rest}")
}
