//! The packages for Linux in a bare root, which has no compiler and no other language; and the GitHub Action.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use super::{package, packages};
use crate::emulator;
use crate::tool::{self, succeed, workshop};

/// The version in the name of the Debian package.
fn version() -> String {
    let name = package(".deb");
    let name = name.file_name().unwrap().to_string_lossy();
    name.split('_').nth(1).unwrap().to_owned()
}

/// A root file system of this machine's own distribution, made once.
fn bare_root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let root = workshop("bare-root").join("root.tar");
        if !root.exists() {
            tool::progress("making a bare root file system");
            let release = fs::read_to_string("/etc/os-release").unwrap();
            let suite = release
                .lines()
                .find_map(|line| line.strip_prefix("VERSION_CODENAME="))
                .expect("the name of the distribution");
            let unfinished = root.with_extension("unfinished.tar");
            let mut make = Command::new("mmdebstrap");
            make.args(["--quiet", "--variant=minbase"])
                .args(["--include=ca-certificates,curl,rpm,systemd", suite]);
            succeed(make.arg(&unfinished));
            fs::rename(unfinished, &root).unwrap();
        }
        root
    })
}

/// `client-tests/packages/linux.sh` in a container.
pub(super) fn in_a_bare_root() {
    let image = format!("bare-root-{}", std::process::id());
    let mut import = Command::new("docker");
    import.arg("import").arg(bare_root());
    succeed(import.arg(&image));
    let root = emulator::root();
    let mount = |from: &Path, to: &str| format!("--volume={}:{to}:ro", from.display());
    let mut run = Command::new("docker");
    run.args(["run", "--rm"])
        .arg(mount(packages(), "/packages"))
        .arg(mount(
            &root.join("emulator/packaging/devcontainer"),
            "/feature",
        ))
        .arg(mount(&root.join("client-tests/packages"), "/test"))
        .arg(format!("--env=VERSION={}", version()))
        .args([&image, "bash", "/test/linux.sh"]);
    let output = tool::run(&mut run);
    succeed(Command::new("docker").args(["image", "rm", &image]));
    let report = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{report}\n{errors}");
}

/// The steps of the action: it downloads a release, starts it and sets the variables of the later steps.
pub(super) fn action() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let version = version();
    fs::create_dir(path("releases")).unwrap();
    let release = path("releases").join(format!("v{version}"));
    std::os::unix::fs::symlink(packages(), release).unwrap();
    fs::write(path("seed.yaml"), "keys: [{alias: alias/orders}]").unwrap();
    let step = |script: &str| {
        let mut step = Command::new("bash");
        tool::aws_environment(&mut step);
        step.arg(
            emulator::root()
                .join("emulator/packaging/action")
                .join(script),
        )
        .env_remove("AWS_ACCESS_KEY_ID")
        .env("RUNNER_TEMP", folder.path())
        .env("GITHUB_PATH", path("path"))
        .env("GITHUB_ENV", path("env"))
        .env("GITHUB_OUTPUT", path("output"));
        step
    };
    let mut install = step("install.sh");
    install
        .env("VERSION", &version)
        .env("RELEASES", format!("file://{}", path("releases").display()));
    succeed(&mut install);
    let programs = fs::read_to_string(path("path")).unwrap();
    let program = Path::new(programs.trim()).join("kms-emulator");

    let mut start = step("start.sh");
    start
        .env("PROGRAM", &program)
        .env("PORT", "0")
        .env("SEED", path("seed.yaml"))
        .env("OPTIONS", "--account 111122223333");
    // The emulator lives on, so its output must not be this test's.
    let status = start.stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(status.unwrap().success());
    let variables = fs::read_to_string(path("env")).unwrap();
    let endpoint = variables
        .lines()
        .find_map(|line| line.strip_prefix("AWS_ENDPOINT_URL_KMS="))
        .unwrap();
    for set in [
        "AWS_ACCESS_KEY_ID=test\n",
        "AWS_REGION=us-east-1\n",
        "AWS_DEFAULT_REGION=us-east-1\n",
    ] {
        assert!(variables.contains(set), "{variables}");
    }
    let output = fs::read_to_string(path("output")).unwrap();
    assert_eq!(output, format!("endpoint={endpoint}\n"));
    let mut describe = Command::new("curl");
    describe
        .args([
            "--silent",
            "--fail",
            "--header",
            "X-Amz-Target: TrentService.DescribeKey",
        ])
        .args(["--data", r#"{"KeyId":"alias/orders"}"#, endpoint]);
    let described = succeed(&mut describe);
    assert!(described.contains(":111122223333:"), "{described}");
    let process = fs::read_to_string(path("simulated-kms.pid")).unwrap();
    succeed(Command::new("kill").arg(process.trim()));
}
