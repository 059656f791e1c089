//! Servers as processes of their own, their CPU time and their memory.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::bare;

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_kms-emulator");

/// A peer written in Python needs some seconds.
const STARTS_WITHIN: Duration = Duration::from_secs(30);

/// A running server. It is killed when this is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// The emulator on a free port, when its ready line has arrived.
    pub(crate) fn emulator(arguments: &[&str]) -> Self {
        let mut command = Command::new(BINARY);
        command.args(["--port=0"]).args(arguments);
        Self::ready(command)
    }

    /// As [`Self::emulator`], with a data folder.
    pub(crate) fn durable(folder: &Path) -> Self {
        Self::emulator(&["--data-dir", folder.to_str().unwrap()])
    }

    /// The bare HTTP server.
    pub(crate) fn bare() -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg(bare::SERVER);
        Self::ready(command)
    }

    fn ready(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line
            .split("http://")
            .nth(1)
            .and_then(|rest| rest.split(' ').next());
        let address = address.and_then(|address| address.parse().ok());
        let address = address.unwrap_or_else(|| panic!("no ready line: {line:?}"));
        Self { child, address }
    }

    /// A program that is given a free port, when it accepts connections.
    pub(crate) fn on_port(command: impl FnOnce(u16) -> Command) -> Option<Self> {
        let port = {
            let free = TcpListener::bind("127.0.0.1:0").unwrap();
            free.local_addr().unwrap().port()
        };
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let child = command(port)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let server = Self { child, address };
        let started = Instant::now();
        while TcpStream::connect(address).is_err() {
            if started.elapsed() > STARTS_WITHIN {
                return None;
            }
            sleep(Duration::from_millis(2));
        }
        Some(server)
    }

    /// The CPU time so far, in microseconds. The sum of the threads is exact, but lacks those that have
    /// ended; the sum of the process is rounded down.
    pub(crate) fn cpu(&self) -> f64 {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap();
        let tasks = tasks.map(|task| schedstat(&task.unwrap().path().join("schedstat")));
        tasks.sum::<f64>().max(self.rounded_cpu())
    }

    fn rounded_cpu(&self) -> f64 {
        const TICK: f64 = 10_000.0;
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        // The name of the program may contain spaces.
        let (_, fields) = stat.rsplit_once(')').unwrap();
        let ticks = fields.split(' ').skip(12).take(2);
        ticks
            .map(|ticks| ticks.parse::<f64>().unwrap() * TICK)
            .sum()
    }

    /// The resident memory in MB.
    pub(crate) fn memory(&self) -> f64 {
        memory(&self.child, "VmRSS:").unwrap()
    }

    /// Stops it as `docker stop` does, and waits for its end.
    pub(crate) fn stop(mut self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").arg(pid).status().unwrap().success());
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs the emulator as a command. Returns the seconds, and the largest resident memory in MB.
pub(crate) fn run(arguments: &[&str]) -> (f64, f64) {
    let started = Instant::now();
    let mut child = Command::new(BINARY).args(arguments).spawn().unwrap();
    let mut largest = 0.0;
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        // A process that has ended has no memory.
        largest = memory(&child, "VmHWM:").unwrap_or(largest);
        sleep(Duration::from_millis(2));
    };
    assert!(status.success(), "{arguments:?}");
    (started.elapsed().as_secs_f64(), largest)
}

fn memory(child: &Child, field: &str) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find(|line| line.starts_with(field))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024.0 / 1e6)
}

/// The CPU time of this thread in microseconds.
pub(crate) fn thread_cpu() -> f64 {
    schedstat(Path::new("/proc/thread-self/schedstat"))
}

fn schedstat(path: &Path) -> f64 {
    // The thread may have ended.
    let Ok(text) = fs::read_to_string(path) else {
        return 0.0;
    };
    text.split(' ').next().unwrap().parse::<f64>().unwrap() / 1000.0
}
