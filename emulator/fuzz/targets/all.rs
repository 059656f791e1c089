//! Every target of `kms_emulator::fuzzing`. The variable `FUZZ_TARGET` chooses one. Its valid inputs are written to
//! `corpus/TARGET` before the first run.

#![no_main]

use std::path::Path;
use std::sync::LazyLock;
use std::{env, fs, process};

use kms_emulator::fuzzing::{TARGETS, Target};
use libfuzzer_sys::fuzz_target;

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = env::var("FUZZ_TARGET").unwrap_or_default();
    let target = TARGETS.iter().find(|target| target.name == name);
    target.copied().unwrap_or_else(|| {
        let names: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
        eprintln!("FUZZ_TARGET must be one of: {}", names.join(" "));
        process::exit(2);
    })
});

fn write_inputs() {
    let folder = Path::new("corpus").join(TARGET.name);
    fs::create_dir_all(&folder).expect("the corpus can be written");
    for (index, input) in (TARGET.inputs)().iter().enumerate() {
        let file = folder.join(format!("valid-{index}"));
        fs::write(file, input).expect("the corpus can be written");
    }
}

fuzz_target!(
    init: write_inputs(),
    |input: &[u8]| (TARGET.run)(input)
);
