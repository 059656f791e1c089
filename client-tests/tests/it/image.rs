//! The image: built, looked at and run by `docker/smoke.sh`, which needs no Docker engine.

use std::process::Command;

use libtest_mimic::Trial;

use crate::emulator;
use crate::tool;

pub(crate) fn trials() -> Vec<Trial> {
    vec![tool::trial(
        "image::smoke",
        &["bash", "buildah", "curl", "python3"],
        smoke,
    )]
}

fn smoke() {
    let script = emulator::root().join("docker/smoke.sh");
    tool::succeed(Command::new("bash").arg(script));
}
