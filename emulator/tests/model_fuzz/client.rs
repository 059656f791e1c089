//! An HTTP client with one connection, which notices when the server drops it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// So that a test fails instead of hanging. The generation of an RSA key is slow without optimization.
const TIMEOUT: Duration = Duration::from_secs(120);

pub(crate) struct Client {
    address: SocketAddr,
    connection: Option<BufReader<TcpStream>>,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().find(|(other, _)| other == name);
        header.map(|(_, value)| value.as_str())
    }
}

impl Client {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self {
            address,
            connection: None,
        }
    }

    /// Sends the bytes of one request and reads its response. Only a response with `Connection: close`
    /// may end the connection.
    pub(crate) fn send(&mut self, request: &[u8]) -> Result<Answer, String> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self
                .connect()
                .map_err(|error| format!("connect: {error}"))?,
        };
        let stream = connection.get_mut();
        let sent = stream.write_all(request);
        sent.map_err(|error| format!("the connection was dropped: {error}"))?;
        let answer = read(&mut connection)?;
        if answer.header("connection") != Some("close") {
            self.connection = Some(connection);
        }
        Ok(answer)
    }

    fn connect(&self) -> std::io::Result<BufReader<TcpStream>> {
        let stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.set_write_timeout(Some(TIMEOUT))?;
        stream.set_nodelay(true)?;
        Ok(BufReader::new(stream))
    }
}

fn read(connection: &mut BufReader<TcpStream>) -> Result<Answer, String> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        match connection.read_line(&mut line) {
            Ok(0) => return Err(format!("the connection was dropped after {lines:?}")),
            Err(error) => return Err(format!("no response: {error}")),
            Ok(_) if line == "\r\n" => break,
            Ok(_) => lines.push(line.trim_end().to_owned()),
        }
    }
    let (status, headers) = lines.split_first().ok_or("no status line")?;
    let status = status.split(' ').nth(1).and_then(|code| code.parse().ok());
    let headers = headers.iter().filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    let mut answer = Answer {
        status: status.ok_or("no status")?,
        headers: headers.collect(),
        body: Vec::new(),
    };
    let length = answer.header("content-length");
    let length = length.and_then(|length| length.parse().ok());
    answer.body.resize(length.ok_or("no Content-Length")?, 0);
    let body = connection.read_exact(&mut answer.body);
    body.map_err(|error| format!("the response is incomplete: {error}"))?;
    Ok(answer)
}
