//! What is tested of each operation, from the control plane and from the command line.

use serde_json::Value;

use super::get;
use crate::in_process::local;
use crate::process::{emulator, run};

fn command(arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = emulator();
    command.arg("coverage").args(arguments);
    run(command)
}

fn json(arguments: &[&str]) -> Value {
    let (code, out, err) = command(arguments);
    assert_eq!(code, Some(0), "{err}");
    serde_json::from_str(&out).unwrap()
}

#[test]
fn control_plane_and_command_agree() {
    let (_kms, address) = local();
    let coverage = get(address, "coverage");
    assert_eq!(coverage, json(&["--json"]));
    let rows = coverage["operations"].as_array().unwrap();
    assert_eq!(rows.len(), 56);
    let sign = rows.iter().find(|row| row["operation"] == "Sign").unwrap();
    let cells = sign["cells"].as_array().unwrap();
    let columns: Vec<_> = cells.iter().map(|cell| &cell["column"]).collect();
    assert_eq!(columns[0], "success");
    assert_eq!(columns.last().unwrap(), &"policies");
    assert_eq!(cells[0]["known"], "recorded");
    assert_eq!(cells[0]["cases"][0]["evidence"], "recorded");
}

#[test]
fn only_shows_the_cases_of_some_operations() {
    let (code, out, _) = command(&["--only", "Sign,Verify"]);
    assert_eq!(code, Some(0));
    let operations: Vec<_> = out.lines().filter(|line| !line.starts_with(' ')).collect();
    assert_eq!(operations, ["Sign", "Verify"]);
    assert!(out.contains("Sign/digest_of_wrong_length_is_refused"));
    let sign = json(&["--only", "Sign", "--json"]);
    assert_eq!(sign["operations"].as_array().unwrap().len(), 1);

    let (code, _, err) = command(&["--only", "Sing"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("KMS has no operation Sing"), "{err}");
}
