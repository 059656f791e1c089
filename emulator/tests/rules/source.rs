//! Parses the source of the crate: its modules with their items and imports. Test code is ignored.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, Macro, UseTree};

use crate::crate_folder;

/// Segments from the root of the crate, without `crate`: `["error", "message"]`.
pub(crate) type ModulePath = Vec<String>;

/// One file of the crate.
#[derive(Default)]
pub(crate) struct Module {
    /// Relative to `src`, with `/`.
    pub(crate) file: String,
    /// Names of items, inline modules included.
    items: BTreeSet<String>,
    /// Modules in separate files.
    children: BTreeSet<String>,
    /// `use`: the name and the path. Child modules see private ones too.
    aliases: Vec<(String, ModulePath)>,
    /// `use …::*`
    globs: Vec<ModulePath>,
    /// Paths within this crate, except those into a child of this module.
    pub(crate) imports: BTreeSet<ModulePath>,
    /// First segments of all other paths: names of crates, items and prelude names.
    pub(crate) roots: BTreeSet<String>,
}

/// All modules of the library by path. The root has an empty path.
pub(crate) struct Crate(pub(crate) BTreeMap<ModulePath, Module>);

/// The library, parsed once.
pub(crate) fn library() -> &'static Crate {
    static LIBRARY: LazyLock<Crate> = LazyLock::new(|| Crate::parse(&crate_folder().join("src")));
    &LIBRARY
}

impl Crate {
    fn parse(src: &Path) -> Self {
        let mut modules = BTreeMap::new();
        let mut queue = vec![(Vec::new(), src.join("lib.rs"))];
        while let Some((path, file)) = queue.pop() {
            let module = Module::parse(src, &path, &file);
            for child in &module.children {
                let folder = match file.file_name().unwrap().to_str().unwrap() {
                    "mod.rs" | "lib.rs" => file.parent().unwrap().to_owned(),
                    _ => file.with_extension(""),
                };
                let child_path = [path.as_slice(), std::slice::from_ref(child)].concat();
                let flat = folder.join(child).with_extension("rs");
                let child_file = if flat.exists() {
                    flat
                } else {
                    folder.join(child).join("mod.rs")
                };
                queue.push((child_path, child_file));
            }
            modules.insert(path, module);
        }
        Self(modules)
    }

    /// The file that defines what a path names. Re-exports are followed.
    pub(crate) fn file_of(&self, path: &[String]) -> Option<&str> {
        self.find(&[], path)
    }

    fn find(&self, module: &[String], rest: &[String]) -> Option<&str> {
        let current = self.0.get(module)?;
        let Some((name, tail)) = rest.split_first() else {
            return Some(&current.file);
        };
        if current.children.contains(name) {
            return self.find(&[module, std::slice::from_ref(name)].concat(), tail);
        }
        if current.items.contains(name) || name == "*" {
            return Some(&current.file);
        }
        let named = current.aliases.iter().find(|(alias, _)| alias == name);
        if let Some((_, target)) = named {
            return self.find(&[], &[target.as_slice(), tail].concat());
        }
        current
            .globs
            .iter()
            .find_map(|glob| self.find(&[], &[glob.as_slice(), rest].concat()))
    }
}

impl Module {
    fn parse(src: &Path, path: &[String], file: &Path) -> Self {
        let text =
            fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let syntax =
            syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let relative = file.strip_prefix(src).unwrap();
        let mut reader = Reader {
            path: path.to_vec(),
            depth: path.len(),
            module: Self {
                file: relative.to_str().unwrap().replace('\\', "/"),
                ..Self::default()
            },
        };
        reader.declare(&syntax.items);
        reader.visit_file(&syntax);
        reader.module
    }
}

struct Reader {
    /// The current module, inline modules included.
    path: ModulePath,
    /// The length of the file's own path.
    depth: usize,
    module: Module,
}

impl Reader {
    fn declare(&mut self, items: &[Item]) {
        for item in items {
            let name = match item {
                Item::Mod(item) if is_test(&item.attrs) => continue,
                Item::Mod(item) if item.content.is_none() => {
                    self.module.children.insert(item.ident.to_string());
                    continue;
                }
                Item::Mod(item) => &item.ident,
                Item::Struct(item) => &item.ident,
                Item::Enum(item) => &item.ident,
                Item::Union(item) => &item.ident,
                Item::Fn(item) => &item.sig.ident,
                Item::Const(item) => &item.ident,
                Item::Static(item) => &item.ident,
                Item::Type(item) => &item.ident,
                Item::Trait(item) => &item.ident,
                Item::Macro(item) => {
                    let Some(ident) = &item.ident else {
                        // A macro such as `wire_enum!`, which may define any name in it.
                        let names = words(item.mac.tokens.clone());
                        self.module.items.extend(names);
                        continue;
                    };
                    ident
                }
                _ => continue,
            };
            self.module.items.insert(name.to_string());
        }
    }

    /// Adds a path, with `crate`, `self` and `super` resolved.
    fn path(&mut self, segments: &[String]) {
        match self.resolve(segments) {
            Some(path) => {
                let own = path.starts_with(&self.path[..self.depth]) && self.depth > 0;
                if !own || path.len() == self.depth {
                    self.module.imports.insert(path);
                }
            }
            None => {
                if let Some(first) = segments.first() {
                    self.module.roots.insert(first.clone());
                }
            }
        }
    }

    fn resolve(&self, segments: &[String]) -> Option<ModulePath> {
        let (first, mut rest) = segments.split_first()?;
        let mut base = match first.as_str() {
            "crate" | "$crate" => Vec::new(),
            "self" => self.path.clone(),
            "super" => self.path[..self.path.len() - 1].to_vec(),
            name if self.path.len() == self.depth && self.module.children.contains(name) => {
                return Some([self.path.as_slice(), segments].concat());
            }
            _ => return None,
        };
        while let Some((next, tail)) = rest.split_first()
            && next == "super"
        {
            base.pop();
            rest = tail;
        }
        base.extend_from_slice(rest);
        Some(base)
    }

    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut joined = false;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if !joined {
                        self.finish(&mut path);
                    }
                    path.push(ident.to_string());
                    joined = false;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' && !path.is_empty() => {
                    joined = true;
                }
                TokenTree::Group(group) => {
                    self.finish(&mut path);
                    joined = false;
                    self.tokens(group.stream());
                }
                _ => {
                    self.finish(&mut path);
                    joined = false;
                }
            }
        }
        self.finish(&mut path);
    }

    fn finish(&mut self, path: &mut Vec<String>) {
        if path.len() > 1 {
            self.path(path);
        }
        path.clear();
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes: &[Attribute] = match item {
            Item::Const(item) => &item.attrs,
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Mod(item) => &item.attrs,
            Item::Struct(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            _ => &[],
        };
        if !is_test(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !is_test(&item.attrs) {
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.path.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.path.pop();
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let mut paths = Vec::new();
        flatten(&item.tree, &mut Vec::new(), &mut paths);
        let at_root = self.path.len() == self.depth;
        for (name, path) in paths {
            self.path(&path);
            if let Some(target) = self.resolve(&path)
                && at_root
            {
                match name {
                    Some(name) => self.module.aliases.push((name, target)),
                    None => self.module.globs.push(target),
                }
            }
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments = path.segments.iter();
        let segments: Vec<_> = segments.map(|segment| segment.ident.to_string()).collect();
        if segments.len() > 1 {
            self.path(&segments);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &'ast Macro) {
        self.tokens(item.tokens.clone());
        visit::visit_macro(self, item);
    }
}

/// The paths of a `use`, and the name that each gets; a glob has none.
fn flatten(
    tree: &UseTree,
    prefix: &mut Vec<String>,
    into: &mut Vec<(Option<String>, Vec<String>)>,
) {
    match tree {
        UseTree::Path(path) => {
            prefix.push(path.ident.to_string());
            flatten(&path.tree, prefix, into);
            prefix.pop();
        }
        UseTree::Name(name) if name.ident == "self" => {
            into.push((prefix.last().cloned(), prefix.clone()));
        }
        UseTree::Name(name) => {
            let name = name.ident.to_string();
            into.push((Some(name.clone()), [prefix.as_slice(), &[name]].concat()));
        }
        UseTree::Rename(rename) => {
            let path = [prefix.as_slice(), &[rename.ident.to_string()]].concat();
            into.push((Some(rename.rename.to_string()), path));
        }
        UseTree::Glob(_) => into.push((None, prefix.clone())),
        UseTree::Group(group) => {
            for item in &group.items {
                flatten(item, prefix, into);
            }
        }
    }
}

/// `#[cfg(test)]`, also inside `all(…)`.
fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.meta.require_list().is_ok_and(|list| {
                let names = words(list.tokens.clone());
                names.contains("test") && !names.contains("not")
            })
    })
}

fn words(tokens: TokenStream) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                found.insert(ident.to_string());
            }
            TokenTree::Group(group) => found.extend(words(group.stream())),
            _ => {}
        }
    }
    found
}
