//! The changes of a process to the disk, recorded by strace.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

/// One change, a sync, or bytes that were sent to a client.
pub(super) enum Step {
    Create(String),
    Write {
        path: String,
        offset: u64,
        bytes: Vec<u8>,
    },
    Truncate {
        path: String,
        length: u64,
    },
    Rename(String, String),
    Link(String, String),
    Unlink(String),
    MakeFolder(String),
    RemoveFolder(String),
    Sync(String),
    Sent(Vec<u8>),
}

/// The options to record with. The log is complete: strace shortens no text.
pub(super) fn options(log: &Path) -> Vec<String> {
    let calls = format!(
        "trace={},sendto,lseek,read,close",
        super::interrupted::CHANGES
    );
    let log = log.to_str().unwrap();
    // The numbers of file descriptors come with paths.
    ["-f", "-y", "-s", "40000000", "-e", &calls, "-o", log]
        .map(str::to_owned)
        .into()
}

/// Reads a log. Paths are relative to the folder.
pub(super) fn read(log: &Path, folder: &Path) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut unfinished: HashMap<String, String> = HashMap::new();
    let mut offsets: HashMap<String, u64> = HashMap::new();
    let log = fs::read(log).unwrap();
    for line in log.split(|byte| *byte == b'\n') {
        let line = String::from_utf8_lossy(line);
        let Some((thread, call)) = line.split_once(' ') else {
            continue;
        };
        let call = call.trim_start();
        // A call that another thread interrupts in the log has two lines.
        if let Some(begin) = call.strip_suffix(" <unfinished ...>") {
            unfinished.insert(thread.to_owned(), begin.to_owned());
            continue;
        }
        let call = match call
            .strip_prefix("<... ")
            .and_then(|rest| rest.split_once(" resumed>"))
        {
            Some((_, end)) => unfinished.remove(thread).unwrap_or_default() + end,
            None => call.to_owned(),
        };
        let Some((name, rest)) = call.split_once('(') else {
            continue;
        };
        let Some((arguments, result)) = rest.rsplit_once(" = ") else {
            continue;
        };
        if result.starts_with('-') || result.starts_with('?') {
            continue;
        }
        read_call(name, arguments, result, folder, &mut offsets, &mut steps);
    }
    steps
}

#[expect(clippy::too_many_lines, reason = "one arm for each system call")]
fn read_call(
    name: &str,
    arguments: &str,
    result: &str,
    folder: &Path,
    offsets: &mut HashMap<String, u64>,
    steps: &mut Vec<Step>,
) {
    let relative = |path: &str| {
        let path = Path::new(path).strip_prefix(folder).ok()?;
        Some(path.to_str()?.to_owned())
    };
    let arguments = arguments.trim_end().strip_suffix(')').unwrap_or(arguments);
    let texts = texts(arguments);
    let named = |index: usize| relative(str::from_utf8(texts.get(index)?).ok()?);
    // The file of the first argument, such as `5</data/sled/db>`.
    let descriptor = arguments
        .split_once('<')
        .map(|(number, _)| number.to_owned())
        .unwrap_or_default();
    let opened = || {
        let (_, rest) = arguments.split_once('<')?;
        relative(rest.split_once('>')?.0)
    };
    let result: u64 = result
        .split(['<', ' '])
        .next()
        .unwrap_or_default()
        .parse()
        .unwrap_or(0);
    let last = |arguments: &str| {
        arguments
            .rsplit(", ")
            .next()
            .and_then(|last| last.parse().ok())
    };
    match name {
        "sendto" => steps.extend(texts.into_iter().next().map(Step::Sent)),
        "openat" => {
            offsets.insert(result.to_string(), 0);
            if let Some(path) = named(0) {
                if arguments.contains("O_CREAT") {
                    steps.push(Step::Create(path.clone()));
                }
                if arguments.contains("O_TRUNC") {
                    steps.push(Step::Truncate { path, length: 0 });
                }
            }
        }
        "read" => *offsets.entry(descriptor).or_default() += result,
        "lseek" => {
            offsets.insert(descriptor, result);
        }
        "write" | "pwrite64" | "writev" => {
            let Some(path) = opened() else {
                steps.push(Step::Sent(texts.concat()));
                return;
            };
            let offset = if name == "pwrite64" {
                last(arguments).unwrap()
            } else {
                let known = offsets.entry(descriptor).or_default();
                *known += result;
                *known - result
            };
            let mut bytes = texts.concat();
            bytes.truncate(usize::try_from(result).unwrap());
            steps.push(Step::Write {
                path,
                offset,
                bytes,
            });
        }
        "copy_file_range" | "sendfile" => {
            copied(name, arguments, result, &relative, offsets, steps);
        }
        "ftruncate" => {
            steps.extend(opened().map(|path| Step::Truncate {
                path,
                length: last(arguments).unwrap(),
            }));
        }
        "rename" => steps.extend(
            named(0)
                .zip(named(1))
                .map(|(from, to)| Step::Rename(from, to)),
        ),
        "link" | "linkat" => steps.extend(
            named(0)
                .zip(named(1))
                .map(|(from, to)| Step::Link(from, to)),
        ),
        "unlinkat" => {
            let parent = opened().unwrap_or_default();
            let name = texts
                .first()
                .map(|name| String::from_utf8_lossy(name).into_owned());
            let name = name.unwrap_or_default();
            let path = relative(&name).unwrap_or_else(|| format!("{parent}/{name}"));
            steps.push(if arguments.contains("AT_REMOVEDIR") {
                Step::RemoveFolder(path)
            } else {
                Step::Unlink(path)
            });
        }
        "unlink" => steps.extend(named(0).map(Step::Unlink)),
        "mkdir" => steps.extend(named(0).map(Step::MakeFolder)),
        "rmdir" => steps.extend(named(0).map(Step::RemoveFolder)),
        "fsync" | "fdatasync" => steps.extend(opened().map(Step::Sync)),
        "chmod" | "fchmod" | "fchmodat" | "close" => {}
        other => panic!("the recorder does not know {other}"),
    }
}

/// A copy within the kernel: the bytes are those of the source.
fn copied(
    name: &str,
    arguments: &str,
    count: u64,
    relative: &dyn Fn(&str) -> Option<String>,
    offsets: &mut HashMap<String, u64>,
    steps: &mut Vec<Step>,
) {
    let files: Vec<_> = arguments
        .split('<')
        .skip(1)
        .filter_map(|rest| relative(rest.split_once('>')?.0))
        .collect();
    let [first, second] = files.as_slice() else {
        return;
    };
    let (from, to) = if name == "sendfile" {
        (second, first)
    } else {
        (first, second)
    };
    let offset = offsets.entry(format!("copy to {to}")).or_default();
    let start = *offset;
    *offset += count;
    // Files that are copied do not change meanwhile, so the model reads them when it gets here.
    let marker = format!("{from}\0{start}\0{count}").into_bytes();
    steps.push(Step::Write {
        path: format!("copy:{to}"),
        offset: start,
        bytes: marker,
    });
}

/// The quoted texts in the arguments, without their escapes.
fn texts(arguments: &str) -> Vec<Vec<u8>> {
    let mut texts = Vec::new();
    let mut bytes = arguments.bytes().peekable();
    while let Some(byte) = bytes.next() {
        if byte != b'"' {
            continue;
        }
        let mut text = Vec::new();
        while let Some(byte) = bytes.next() {
            match byte {
                b'"' => break,
                b'\\' => match bytes.next().unwrap() {
                    b'n' => text.push(b'\n'),
                    b't' => text.push(b'\t'),
                    b'r' => text.push(b'\r'),
                    b'v' => text.push(0x0b),
                    b'f' => text.push(0x0c),
                    digit @ b'0'..=b'7' => {
                        let mut value = u32::from(digit - b'0');
                        for _ in 0..2 {
                            if let Some(digit) = bytes.next_if(|byte| (b'0'..=b'7').contains(byte))
                            {
                                value = value * 8 + u32::from(digit - b'0');
                            }
                        }
                        text.push(u8::try_from(value).unwrap());
                    }
                    other => text.push(other),
                },
                other => text.push(other),
            }
        }
        texts.push(text);
    }
    texts
}
