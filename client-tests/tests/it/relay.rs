//! A TCP relay between a client and the emulator. It counts connections: a client that keeps its
//! connection alive opens one.

use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// It accepts no more connections once it is dropped.
pub(crate) struct Relay {
    pub(crate) address: String,
    connections: Arc<AtomicUsize>,
}

impl Relay {
    /// A relay to an address.
    pub(crate) fn to(target: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let connections = Arc::new(AtomicUsize::new(0));
        let (counted, target) = (Arc::clone(&connections), target.to_owned());
        thread::spawn(move || {
            for client in listener.incoming() {
                // `drop` opened this connection to end the loop.
                if Arc::strong_count(&counted) == 1 {
                    return;
                }
                counted.fetch_add(1, Ordering::SeqCst);
                let (client, target) = (client.unwrap(), target.clone());
                thread::spawn(move || pass(&client, &TcpStream::connect(target)?));
            }
        });
        Self {
            address,
            connections,
        }
    }

    /// The number of connections so far.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.connections = Arc::default();
        drop(TcpStream::connect(&self.address));
    }
}

/// Copies bytes in both directions until both ends are closed.
fn pass(client: &TcpStream, emulator: &TcpStream) -> io::Result<()> {
    thread::scope(|both| {
        both.spawn(|| one_way(client, emulator));
        one_way(emulator, client)
    })
}

fn one_way(mut from: &TcpStream, mut to: &TcpStream) -> io::Result<()> {
    let passed = io::copy(&mut from, &mut to);
    to.shutdown(Shutdown::Write)?;
    passed.map(drop)
}
