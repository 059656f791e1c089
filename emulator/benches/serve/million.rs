//! A million keys: whether they work, and what they cost.

use std::path::Path;

use crate::figure::Figure;
use crate::goals::Goals;
use crate::growth;
use crate::load::load;
use crate::request;
use crate::requests::CONNECTIONS;
use crate::server::{Server, run};
use crate::start::timed;
use crate::{Scale, figure};

/// Times in milliseconds, memory in MB, and the CPU time of `ListKeys` in microseconds.
pub(crate) struct Million {
    pub(crate) keys: usize,
    pub(crate) import: Figure,
    pub(crate) start: Figure,
    pub(crate) memory: Figure,
    pub(crate) list_keys: Figure,
}

/// A quick run does not do this.
pub(crate) fn measure(scale: &Scale, folder: &Path) -> Option<Million> {
    let keys = scale.most_keys?;
    println!("growth: {} keys", figure::short(keys as f64));
    let (file, data) = (folder.join("million.json"), folder.join("million"));
    std::fs::write(&file, growth::state(keys)).unwrap();
    let (seconds, _) = run(&[
        "import",
        file.to_str().unwrap(),
        "--data-dir",
        data.to_str().unwrap(),
    ]);
    std::fs::remove_file(&file).unwrap();
    let mut million = Million {
        keys,
        import: Figure::from_iter([seconds * 1000.0]),
        start: Figure::default(),
        memory: Figure::default(),
        list_keys: Figure::default(),
    };
    let list = request::kms("ListKeys", r#"{"Limit":1000}"#);
    for _ in 0..3 {
        let (time, server) = timed(|| Server::durable(&data));
        million.start.push(time);
        million.memory.push(server.memory());
        let before = server.cpu();
        let load = load(server.address, &list, CONNECTIONS, scale.duration);
        let cost = (server.cpu() - before) / load.requests;
        million.list_keys.push(cost);
        server.stop();
    }
    Some(million)
}

pub(crate) fn judge(million: &Million, goals: &mut Goals) {
    let name = format!("start with {} keys", figure::short(million.keys as f64));
    goals.at_most(&name, &million.start, " ms", 5000.0, 2500.0);
}
