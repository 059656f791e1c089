//! A power failure on a real file system: ext4 in a file.

use std::path::Path;
use std::process::Command;

use super::folder::{Keys, create, export};
use crate::process::start_in;

#[test]
#[ignore = "needs root and loop devices"]
fn keys_survive_a_power_failure_on_ext4() {
    for keys in [
        Keys::Plain(1),
        Keys::Plain(40),
        Keys::Tags(12),
        Keys::Policies(60),
        Keys::Descriptions(82),
        Keys::Plain(3000),
    ] {
        let work = tempfile::tempdir().unwrap();
        let image = work.path().join("disk");
        std::fs::File::create(&image)
            .unwrap()
            .set_len(1 << 30)
            .unwrap();
        execute("mkfs.ext4", &["-q", "-F"], &image);
        let (ids, cut) = {
            let mounted = Mounted::new(&image);
            let folder = mounted.0.path().join("data");
            let running = start_in(&folder);
            let ids = create(running.address, keys);
            let cut = copy(&image, "cut");
            running.kill();
            (ids, cut)
        };
        // A second failure, in the middle of the start after the first.
        let second = {
            let mounted = Mounted::new(&cut);
            let running = start_in(&mounted.0.path().join("data"));
            let second = copy(&cut, "second");
            running.kill();
            second
        };
        for image in [cut, second] {
            let mounted = Mounted::new(&image);
            let state = export(&mounted.0.path().join("data")).unwrap();
            for id in &ids {
                assert!(
                    state.contains(&format!("material/000000000000/us-east-1/{id}/0\"")),
                    "{keys:?}: {id}"
                );
            }
        }
        println!("{keys:?}: nothing is lost");
    }
}

fn copy(image: &Path, name: &str) -> std::path::PathBuf {
    let copy = image.with_extension(name);
    let status = Command::new("cp")
        .arg("--sparse=always")
        .arg(image)
        .arg(&copy)
        .status();
    assert!(status.unwrap().success());
    copy
}

fn execute(program: &str, arguments: &[&str], path: &Path) {
    let status = Command::new(program).args(arguments).arg(path).status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "{program} works"
    );
}

/// A mounted image, unmounted on drop.
struct Mounted(tempfile::TempDir);

impl Mounted {
    fn new(image: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let image = image.to_str().unwrap();
        execute("mount", &["-o", "loop", image], folder.path());
        Self(folder)
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}
