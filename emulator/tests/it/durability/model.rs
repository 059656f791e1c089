//! A model of a disk: what a folder can contain after a power failure.
//!
//! What was synced is there. Of everything else, any part may be there: pages of 4 KiB in any order, and
//! changes of names and lengths in their order, as journals of file systems keep them. A sync of a file
//! does not sync its name.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::trace::Step;

const PAGE: usize = 4096;

type Id = usize;
const ROOT: Id = 0;

#[derive(Clone)]
enum Node {
    Folder(BTreeMap<String, Id>),
    File(Vec<u8>),
}

/// A step, with files and folders instead of paths.
enum Change {
    Name {
        folder: Id,
        name: String,
        node: Option<Id>,
    },
    /// A rename changes two names at once.
    Move {
        from: (Id, String),
        to: (Id, String),
        node: Id,
    },
    Write {
        file: Id,
        offset: usize,
        bytes: Vec<u8>,
    },
    Truncate {
        file: Id,
        length: usize,
    },
    Sync(Id),
    Sent(Vec<u8>),
}

/// What survives of the changes that are not synced.
#[derive(Clone, Copy, Debug)]
pub(super) enum Unsynced {
    /// As after `kill -9`.
    Kept,
    Lost,
    Partly,
}

pub(super) struct Disk {
    initial: Vec<Node>,
    kinds: Vec<Node>,
    changes: Vec<Change>,
    /// For each change, the number of the sync that makes it durable.
    synced: Vec<usize>,
}

impl Disk {
    /// A folder, all of whose content is synced, and the steps of a process in it.
    pub(super) fn new(folder: &Path, steps: &[Step]) -> Self {
        let mut initial = vec![Node::Folder(BTreeMap::new())];
        load(&mut initial, ROOT, folder);
        let mut recorder = Recorder {
            live: initial.clone(),
            changes: Vec::new(),
        };
        let kinds = {
            for step in steps {
                recorder.record(step);
            }
            let empty = |node: &Node| match node {
                Node::Folder(_) => Node::Folder(BTreeMap::new()),
                Node::File(_) => Node::File(Vec::new()),
            };
            recorder.live.iter().map(empty).collect()
        };
        let changes = recorder.changes;
        let synced = (0..changes.len()).map(|at| synced(&changes, at)).collect();
        Self {
            initial,
            kinds,
            changes,
            synced,
        }
    }

    /// The points at which the power can fail: before each change, and at the end.
    pub(super) fn points(&self) -> impl Iterator<Item = usize> {
        let is_change = |at: &usize| {
            let change = at.checked_sub(1).map(|last| &self.changes[last]);
            !matches!(change, Some(Change::Sent(_)))
        };
        (0..=self.changes.len()).filter(is_change)
    }

    /// The point at which a text was sent to a client.
    pub(super) fn sent(&self, text: &str) -> usize {
        let sent = self.changes.iter().position(|change| match change {
            Change::Sent(bytes) => String::from_utf8_lossy(bytes).contains(text),
            _ => false,
        });
        sent.unwrap_or_else(|| panic!("{text} was sent"))
    }

    /// Writes the folder as it is after a power failure at a point.
    pub(super) fn restore(&self, point: usize, unsynced: Unsynced, folder: &Path) {
        let changes = &self.changes[..point];
        // The journal of names and lengths ends somewhere.
        let journal = fastrand::usize(..=point);
        let survives = |at: usize, is_journaled: bool| {
            self.synced[at] < point
                || match unsynced {
                    Unsynced::Kept => true,
                    Unsynced::Lost => false,
                    Unsynced::Partly if is_journaled => at < journal,
                    Unsynced::Partly => fastrand::bool(),
                }
        };
        let mut nodes = self.kinds.clone();
        nodes[..self.initial.len()].clone_from_slice(&self.initial);
        for (at, change) in changes.iter().enumerate() {
            match change {
                Change::Name { folder, name, node } if survives(at, true) => {
                    set(&mut nodes, *folder, name, *node);
                }
                Change::Move { from, to, node } if survives(at, true) => {
                    set(&mut nodes, from.0, &from.1, None);
                    set(&mut nodes, to.0, &to.1, Some(*node));
                }
                Change::Truncate { file, length } if survives(at, true) => {
                    bytes(&mut nodes, *file).resize(*length, 0);
                }
                Change::Write {
                    file,
                    offset,
                    bytes: written,
                } => {
                    let mut offset = *offset;
                    let mut rest = written.as_slice();
                    while !rest.is_empty() {
                        let (page, others) = rest.split_at(rest.len().min(PAGE - offset % PAGE));
                        if survives(at, false) {
                            write(bytes(&mut nodes, *file), offset, page);
                        }
                        offset += page.len();
                        rest = others;
                    }
                }
                _ => {}
            }
        }
        store(&nodes, ROOT, folder);
    }
}

/// The number of the sync that makes a change durable.
fn synced(changes: &[Change], at: usize) -> usize {
    let nodes = match &changes[at] {
        Change::Name { folder: node, .. }
        | Change::Write { file: node, .. }
        | Change::Truncate { file: node, .. } => [*node, *node],
        Change::Move { from, to, .. } => [from.0, to.0],
        Change::Sync(_) | Change::Sent(_) => return usize::MAX,
    };
    let is_sync = |change: &Change| matches!(change, Change::Sync(node) if nodes.contains(node));
    let later = changes[at..].iter().position(is_sync);
    later.map_or(usize::MAX, |later| at + later)
}

struct Recorder {
    live: Vec<Node>,
    changes: Vec<Change>,
}

impl Recorder {
    fn record(&mut self, step: &Step) {
        match step {
            Step::Create(path) => {
                if self.find(path).is_none() {
                    self.add(path, Node::File(Vec::new()));
                }
            }
            Step::MakeFolder(path) => self.add(path, Node::Folder(BTreeMap::new())),
            Step::Write {
                path,
                offset,
                bytes: written,
            } => {
                let offset = usize::try_from(*offset).unwrap();
                let (path, written) = match path.strip_prefix("copy:") {
                    Some(to) => (to, self.copied(written)),
                    None => (path.as_str(), written.clone()),
                };
                let Some(file) = self.find(path) else { return };
                write(bytes(&mut self.live, file), offset, &written);
                self.changes.push(Change::Write {
                    file,
                    offset,
                    bytes: written,
                });
            }
            Step::Truncate { path, length } => {
                let Some(file) = self.find(path) else { return };
                let length = usize::try_from(*length).unwrap();
                bytes(&mut self.live, file).resize(length, 0);
                self.changes.push(Change::Truncate { file, length });
            }
            Step::Rename(from, to) => {
                let node = self.find(from).unwrap();
                let (from, to) = (self.parent(from), self.parent(to));
                set(&mut self.live, from.0, &from.1, None);
                set(&mut self.live, to.0, &to.1, Some(node));
                self.changes.push(Change::Move { from, to, node });
            }
            Step::Link(from, to) => {
                let node = self.find(from);
                self.name(to, node);
            }
            Step::Unlink(path) | Step::RemoveFolder(path) => {
                assert!(self.find(path).is_some(), "{path} is known");
                self.name(path, None);
            }
            Step::Sync(path) => {
                // A file that has no name any more.
                let Some(id) = self.find(path) else { return };
                self.changes.push(Change::Sync(id));
            }
            Step::Sent(bytes) => self.changes.push(Change::Sent(bytes.clone())),
        }
    }

    /// The bytes that the kernel copied: path, offset and count, with NUL between.
    fn copied(&mut self, marker: &[u8]) -> Vec<u8> {
        let marker = str::from_utf8(marker).unwrap();
        let [from, start, count] = marker.split('\0').collect::<Vec<_>>()[..] else {
            panic!("{marker}")
        };
        let (start, count): (usize, usize) = (start.parse().unwrap(), count.parse().unwrap());
        let file = self.find(from).unwrap();
        bytes(&mut self.live, file)[start..start + count].to_vec()
    }

    fn add(&mut self, path: &str, node: Node) {
        self.live.push(node);
        self.name(path, Some(self.live.len() - 1));
    }

    fn name(&mut self, path: &str, node: Option<Id>) {
        let (folder, name) = self.parent(path);
        set(&mut self.live, folder, &name, node);
        self.changes.push(Change::Name { folder, name, node });
    }

    fn parent(&self, path: &str) -> (Id, String) {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        (self.find(folder).unwrap(), name.to_owned())
    }

    fn find(&self, path: &str) -> Option<Id> {
        let parts = path.split('/').filter(|part| !part.is_empty());
        parts
            .into_iter()
            .try_fold(ROOT, |id, name| match &self.live[id] {
                Node::Folder(entries) => entries.get(name).copied(),
                Node::File(_) => None,
            })
    }
}

fn set(nodes: &mut [Node], folder: Id, name: &str, node: Option<Id>) {
    let Node::Folder(entries) = &mut nodes[folder] else {
        panic!("{name} is in a folder")
    };
    match node {
        Some(node) => entries.insert(name.to_owned(), node),
        None => entries.remove(name),
    };
}

fn bytes(nodes: &mut [Node], file: Id) -> &mut Vec<u8> {
    match &mut nodes[file] {
        Node::File(bytes) => bytes,
        Node::Folder(_) => panic!("a folder has no bytes"),
    }
}

fn write(file: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    let end = offset + bytes.len();
    if file.len() < end {
        file.resize(end, 0);
    }
    file[offset..end].copy_from_slice(bytes);
}

fn load(nodes: &mut Vec<Node>, id: Id, folder: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let is_folder = entry.file_type().unwrap().is_dir();
        let inner = nodes.len();
        nodes.push(if is_folder {
            Node::Folder(BTreeMap::new())
        } else {
            Node::File(fs::read(entry.path()).unwrap())
        });
        set(nodes, id, entry.file_name().to_str().unwrap(), Some(inner));
        if is_folder {
            load(nodes, inner, &entry.path());
        }
    }
}

fn store(nodes: &[Node], id: Id, path: &Path) {
    match &nodes[id] {
        Node::Folder(entries) => {
            fs::create_dir_all(path).unwrap();
            for (name, inner) in entries {
                store(nodes, *inner, &path.join(name));
            }
        }
        Node::File(bytes) => {
            let used = bytes
                .chunks(PAGE)
                .rposition(|page| page != &[0; PAGE][..page.len()]);
            let used = used.map_or(0, |last| (last + 1) * PAGE);
            fs::write(path, &bytes[..used.min(bytes.len())]).unwrap();
            // The zeros need no room.
            let file = fs::File::options().write(true).open(path).unwrap();
            file.set_len(bytes.len() as u64).unwrap();
        }
    }
}
