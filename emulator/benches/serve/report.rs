//! The tables of the results, in Markdown.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::figure::{Figure, short};
use crate::goals::Goals;
use crate::growth::Growth;
use crate::isolation::Isolation;
use crate::million::Million;
use crate::peers::Peer;
use crate::requests::{CONNECTIONS, Results};
use crate::start::Starts;

const BEGIN: &str = "<!-- results -->\n";
const END: &str = "<!-- end of results -->";

/// What a run measured.
pub(crate) struct Measured<'a> {
    pub(crate) results: &'a Results,
    pub(crate) peers: &'a [Peer],
    pub(crate) isolation: &'a Isolation,
    pub(crate) starts: &'a Starts,
    pub(crate) growth: &'a Growth,
    pub(crate) million: Option<&'a Million>,
    pub(crate) goals: &'a Goals,
}

/// All tables of a run.
pub(crate) fn text(measured: &Measured<'_>) -> String {
    let mut text = machine();
    requests(measured.results, &mut text);
    compared(measured.results, measured.peers, &mut text);
    isolated(measured.isolation, &mut text);
    start(measured.starts, &mut text);
    grown(measured.growth, &mut text);
    if let Some(million) = measured.million {
        most(million, &mut text);
    }
    judged(measured.goals, &mut text);
    text
}

fn machine() -> String {
    let date = kms_emulator::clock::Clock::system().now().to_string();
    let date = date.split('T').next().unwrap_or_default();
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find(|line| line.starts_with("model name"));
    let model = model
        .and_then(|line| line.split(": ").nth(1))
        .unwrap_or("unknown processor");
    let count = cpus
        .lines()
        .filter(|line| line.starts_with("processor"))
        .count();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default();
    let rustc = Command::new("rustc").arg("--version").output();
    let rustc = rustc.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    format!(
        "Measured on {date} with version {}, {}, on {count} × {model}, Linux {}, load {load} at the end \
         (the client is part of it).\n\n",
        env!("CARGO_PKG_VERSION"),
        rustc.unwrap_or_default(),
        kernel.trim(),
    )
}

fn requests(results: &Results, text: &mut String) {
    let _ = writeln!(
        text,
        "### Requests\n\nCPU time of the server per request in µs, with the number of connections; the rest with \
         {CONNECTIONS}. Median [minimum–maximum] of the rounds.\n"
    );
    let counts: Vec<_> = results
        .rows
        .first()
        .map_or(&[][..], |row| &row.cells)
        .iter()
        .collect();
    text.push_str("| Operation |");
    for (count, _) in &counts {
        let _ = write!(text, " {count} |");
    }
    text.push_str(" / bare HTTP | requests/s | p50 ms | p99 ms |\n| --- |");
    text.push_str(&" ---: |".repeat(counts.len() + 4));
    text.push('\n');
    for row in &results.rows {
        let _ = write!(text, "| {} |", row.name);
        for (_, cell) in &row.cells {
            let _ = write!(text, " {} |", cell.cost);
        }
        let cell = row.cell();
        let _ = writeln!(
            text,
            " {} | {} | {} | {} |",
            short(cell.cost.over(results.bare()).median()),
            short(cell.rate.median()),
            short(cell.p50.median()),
            short(cell.p99.median()),
        );
    }
    let primitives = &results.primitives;
    let _ = writeln!(
        text,
        "\nThe bare cryptography on all processors at once, in µs: sign P-256 {}, verify P-256 {}, generate P-256 {}, AES-256-GCM of 32 bytes \
         {}, sign RSA_2048 PSS {}. An append of 1 KiB with its sync: {} ms.\n",
        primitives.sign,
        primitives.verify,
        primitives.generate,
        primitives.encrypt,
        primitives.rsa,
        results.append,
    );
    let auth: Vec<_> = results.auth.iter().collect();
    if let [none, signed, policy, conditions] = auth.as_slice() {
        let _ = writeln!(
            text,
            "`Sign` with a signed request, in µs: `--auth none` {}, `sigv4` {}, `policy` {}, and with \
             conditions {}.\n",
            none.cell().cost,
            signed.cell().cost,
            policy.cell().cost,
            conditions.cell().cost
        );
    }
}

fn compared(results: &Results, peers: &[Peer], text: &mut String) {
    if peers.is_empty() {
        return;
    }
    let _ = writeln!(
        text,
        "### Beside others\n\nIn the same run, {CONNECTIONS} connections: requests per second, and CPU time of the \
         server per request in µs.\n"
    );
    text.push_str("| Operation | Simulated KMS |");
    for peer in peers {
        let _ = write!(text, " {} |", peer.name);
    }
    text.push_str("\n| --- |");
    text.push_str(&" ---: |".repeat(peers.len() + 1));
    text.push('\n');
    let mut names: Vec<_> = results.peers.iter().map(|(_, row)| row.name).collect();
    names.dedup();
    names.truncate(4);
    for name in names {
        let show = |rate: &Figure, cost: &Figure| {
            format!(" {}/s, {} µs |", short(rate.median()), short(cost.median()))
        };
        let own = results.row(name).cell();
        let _ = write!(text, "| {name} |{}", show(&own.rate, &own.cost));
        for index in 0..peers.len() {
            let row = results
                .peers
                .iter()
                .find(|(peer, row)| *peer == index && row.name == name);
            match row {
                Some((_, row)) => text.push_str(&show(&row.cell().rate, &row.cell().cost)),
                None => text.push_str(" – |"),
            }
        }
        text.push('\n');
    }
    text.push('\n');
    for peer in peers {
        let _ = writeln!(text, "- {}: {}.", peer.name, peer.note);
    }
    text.push_str(
        "- Simulated KMS: an event of CloudTrail and a line of log for each request, as by default; with a data \
         folder, it answers a write when it is synced.\n\n",
    );
}

fn isolated(isolation: &Isolation, text: &mut String) {
    let _ = writeln!(
        text,
        "The p99 of `Sign` P-256 over 4 connections, in ms: alone {}, beside a client that makes RSA_4096 keys {}, beside a \
         process that only burns CPU {}.\n",
        isolation.alone, isolation.beside_rsa, isolation.beside_burner,
    );
}

fn start(starts: &Starts, text: &mut String) {
    text.push_str(
        "### Start\n\n| Start to the ready line | ms | memory when idle |\n| --- | ---: | ---: |\n",
    );
    for (name, time, memory) in [
        ("bare HTTP server", &starts.bare, None),
        (
            "`--temporary`",
            &starts.temporary,
            Some(&starts.memory_temporary),
        ),
        (
            "a new data folder",
            &starts.new_folder,
            Some(&starts.memory_new_folder),
        ),
    ] {
        let memory = memory.map_or("–".to_owned(), |memory| {
            format!("{} MB", short(memory.median()))
        });
        let _ = writeln!(text, "| {name} | {time} | {memory} |");
    }
    for (name, time) in &starts.in_process {
        let _ = writeln!(text, "| {name} | {time} | – |");
    }
    let _ = writeln!(text, "\nThe binary has {} MB.\n", short(starts.binary));
}

fn grown(growth: &Growth, text: &mut String) {
    let _ = writeln!(
        text,
        "### Growth\n\nWith {} P-256 keys and an alias for each tenth, in a data folder.\n\n| | |\n| --- | ---: |",
        short(growth.keys as f64)
    );
    let ms = |figure: &Figure| format!("{figure} ms");
    let us = |figure: &Figure| format!("{figure} µs");
    let mb = |figure: &Figure| format!("{} MB", short(figure.median()));
    for (name, value) in [
        (
            "size of the state file",
            format!("{} MB", short(growth.file)),
        ),
        ("`kms-emulator import`", ms(&growth.import)),
        ("… its largest memory", mb(&growth.import_memory)),
        ("start to the ready line", ms(&growth.start)),
        ("memory when idle", mb(&growth.memory)),
        ("`GET /health`, CPU", us(&growth.health)),
        ("… with 10 keys", us(&growth.health_few)),
        ("`ListKeys`, 1,000 keys, CPU", us(&growth.list_keys)),
        ("`ListAliases`, 100 aliases, CPU", us(&growth.list_aliases)),
        ("an ordinary `CreateKey`, one client", ms(&growth.write)),
        ("snapshot", ms(&growth.snapshot)),
        ("`CreateKey` after it", ms(&growth.write_after_snapshot)),
        ("restore", ms(&growth.restore)),
        ("`CreateKey` after it", ms(&growth.write_after_restore)),
        (
            "slowest answer to another client meanwhile",
            ms(&growth.other),
        ),
        ("… and without snapshots", ms(&growth.other_alone)),
        ("`GET /_emulator/state`", ms(&growth.export)),
        ("`PUT /_emulator/state`", ms(&growth.put_state)),
        ("reset", ms(&growth.reset)),
        ("memory after all of these", mb(&growth.memory_after)),
    ] {
        let _ = writeln!(text, "| {name} | {value} |");
    }
    text.push('\n');
}

fn most(million: &Million, text: &mut String) {
    let _ = writeln!(
        text,
        "With {} such keys: import {} ms, start {} ms, memory when idle {} MB, CPU of `ListKeys` for 1,000 keys {} µs.\n",
        short(million.keys as f64),
        short(million.import.median()),
        million.start,
        short(million.memory.median()),
        million.list_keys,
    );
}

fn judged(goals: &Goals, text: &mut String) {
    text.push_str(
        "### Goals\n\n| Goal | measured | gate | target | |\n| --- | ---: | ---: | ---: | --- |\n",
    );
    for goal in &goals.0 {
        let verdict = match (goal.gate.is_met(goal.value), goal.target.is_met(goal.value)) {
            (_, true) => "target met",
            (true, false) => "gate met",
            (false, false) => "**missed**",
        };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {verdict} |",
            goal.name,
            goal.value(),
            goal.gate.text(goal.unit),
            goal.target.text(goal.unit),
        );
    }
}

/// Replaces the results in the documentation.
pub(crate) fn write_docs(text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/performance.md");
    let page = fs::read_to_string(&path).unwrap();
    let (head, rest) = page.split_once(BEGIN).unwrap();
    let (_, tail) = rest.split_once(END).unwrap();
    fs::write(&path, format!("{head}{BEGIN}\n{text}\n{END}{tail}")).unwrap();
}
