//! Modules import only from lower floors. `ARCHITECTURE.md` lists the floors, ground first.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;

use crate::crate_folder;
use crate::source::library;

/// The floor of each top-level module, counted from the ground.
fn floors() -> BTreeMap<String, usize> {
    let text = fs::read_to_string(crate_folder().join("ARCHITECTURE.md")).unwrap();
    let section = text
        .split_once("\n## Floors\n")
        .expect("a section Floors")
        .1;
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("- "));
    let mut floors = BTreeMap::new();
    for (floor, row) in rows.enumerate() {
        for name in row.split('`').skip(1).step_by(2) {
            let before = floors.insert(name.to_owned(), floor);
            assert_eq!(before, None, "{name} is on two floors");
        }
    }
    floors
}

#[test]
fn every_module_has_a_floor() {
    let library = library();
    let modules: BTreeSet<_> = library.0.keys().filter_map(|path| path.first()).collect();
    let floors = floors();
    assert_eq!(modules, floors.keys().collect());
}

#[test]
fn no_module_imports_from_a_higher_floor() {
    let floors = floors();
    let mut upwards = BTreeSet::new();
    for (path, module) in &library().0 {
        let floor = |path: &[String]| floors.get(path.first()?).copied();
        let Some(own) = floor(path) else { continue };
        for import in &module.imports {
            if floor(import).is_some_and(|other| other > own) {
                upwards.insert(format!("{} imports {}", module.file, import.join("::")));
            }
        }
    }
    assert!(upwards.is_empty(), "{upwards:#?}");
}

/// Imports between files form no cycle, except between the root file of a module and its children.
#[test]
fn imports_form_no_cycle() {
    let library = library();
    let mut edges: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for module in library.0.values() {
        let targets = module
            .imports
            .iter()
            .filter_map(|import| library.file_of(import));
        let others = targets.filter(|file| *file != module.file);
        edges.insert(&module.file, others.collect());
    }
    let cycles: BTreeSet<_> = edges
        .keys()
        .filter_map(|file| cycle(&edges, file))
        .map(|cycle| cycle.join(" -> "))
        .collect();
    assert!(cycles.is_empty(), "{cycles:#?}");
}

/// An import that does not resolve would escape the tests above.
#[test]
fn every_import_resolves() {
    let library = library();
    let mut unknown = BTreeSet::new();
    for module in library.0.values() {
        for import in &module.imports {
            if library.file_of(import).is_none() {
                unknown.insert(format!("{}: {}", module.file, import.join("::")));
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}

/// The shortest path from a file back to itself.
fn cycle<'f>(edges: &BTreeMap<&'f str, BTreeSet<&'f str>>, from: &'f str) -> Option<Vec<&'f str>> {
    let mut previous: BTreeMap<&str, &str> = BTreeMap::new();
    let mut queue = VecDeque::from([from]);
    while let Some(file) = queue.pop_front() {
        for next in edges.get(file).into_iter().flatten().copied() {
            if next == from {
                let mut path = vec![from, file];
                while let Some(before) = previous.get(path[path.len() - 1]) {
                    path.push(before);
                }
                path.reverse();
                return Some(path);
            }
            if !previous.contains_key(next) {
                previous.insert(next, file);
                queue.push_back(next);
            }
        }
    }
    None
}
