//! A text of YAML, of which JSON is a part, as a tree. Its nodes know their lines, so that the
//! format's types need not carry lines about.
//!
//! All types are read from the tree (see `values`), so that the parser is there once, and not once
//! for each type.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput};

use super::error::Wrong;

/// How many nodes aliases may repeat in all: so many that nobody misses them, and so few that a
/// short text cannot become a long one.
const MOST_REPEATED: usize = 100_000;

/// How deep it may go, whether by brackets or by aliases in aliases.
const DEEPEST: usize = 128;

/// A node: its line, and what it is. Of a field, the line is that of its name.
#[derive(Clone)]
pub(super) struct Node {
    pub(super) line: u64,
    pub(super) kind: Kind,
    /// How many nodes it is, with those below it.
    nodes: usize,
    depth: usize,
}

#[derive(Clone)]
pub(super) enum Kind {
    /// A text without quotes, which may be meant as a number, as nothing and so on.
    Plain(Arc<str>),
    Text(Arc<str>),
    Items(Arc<[Node]>),
    Fields(Arc<[(String, Node)]>),
}

impl Node {
    /// The one document of a text.
    pub(super) fn read(text: &str) -> Result<Self, Wrong> {
        let mut reader = Reader {
            parser: Parser::new_from_str(text),
            anchors: HashMap::new(),
            repeated: 0,
        };
        let mut root = None;
        while let Some(event) = reader.parser.next() {
            let (event, span) = event?;
            if event.is_node() {
                if root.is_some() {
                    return Err(wrong(span, "another document begins with ---"));
                }
                root = Some(reader.node(event, span)?);
            }
        }
        root.ok_or_else(|| Wrong::new("there is nothing in it"))
    }

    fn new(span: Span, kind: Kind) -> Result<Self, Wrong> {
        let below: Vec<&Self> = match &kind {
            Kind::Plain(_) | Kind::Text(_) => Vec::new(),
            Kind::Items(items) => items.iter().collect(),
            Kind::Fields(fields) => fields.iter().map(|(_, node)| node).collect(),
        };
        let nodes = 1 + below.iter().map(|node| node.nodes).sum::<usize>();
        let depth = 1 + below.iter().map(|node| node.depth).max().unwrap_or(0);
        if depth > DEEPEST {
            return Err(wrong(span, "it is nested too deeply"));
        }
        Ok(Self {
            line: line(span),
            kind,
            nodes,
            depth,
        })
    }

    /// A field of it.
    pub(super) fn field(&self, name: &str) -> Option<&Self> {
        let Kind::Fields(fields) = &self.kind else {
            return None;
        };
        let found = fields.iter().find(|(field, _)| field == name);
        found.map(|(_, node)| node)
    }

    /// The line of a field such as `keys[1].material.pem`; of the deepest that there is on the way
    /// to one that is missing.
    pub(super) fn line_of(&self, field: &str) -> u64 {
        let mut node = self;
        for step in field.split(['.', '[']).filter(|step| !step.is_empty()) {
            let below = match (&node.kind, step.strip_suffix(']')) {
                (Kind::Items(items), Some(index)) => {
                    index.parse().ok().and_then(|index: usize| items.get(index))
                }
                _ => node.field(step),
            };
            match below {
                Some(below) => node = below,
                None => break,
            }
        }
        node.line
    }
}

struct Reader<'text> {
    parser: Parser<'text, StrInput<'text>>,
    anchors: HashMap<usize, Node>,
    repeated: usize,
}

impl<'text> Reader<'text> {
    /// The node that begins with an event.
    fn node(&mut self, event: Event<'text>, span: Span) -> Result<Node, Wrong> {
        let (kind, anchor) = match event {
            Event::Alias(anchor) => return self.repeat(anchor, span),
            Event::Scalar(text, style, anchor, tag) => {
                let is_str = tag.is_some_and(|tag| tag.core_suffix() == Some("str"));
                let is_plain = style == ScalarStyle::Plain && !is_str;
                let kind = if is_plain { Kind::Plain } else { Kind::Text };
                (kind(text.into()), anchor)
            }
            Event::SequenceStart(_, anchor, _) => (Kind::Items(self.items()?.into()), anchor),
            Event::MappingStart(_, anchor, _) => (Kind::Fields(self.fields()?.into()), anchor),
            _ => return Err(wrong(span, "a value is expected")),
        };
        let node = Node::new(span, kind)?;
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    /// The next node, unless the list or map ends.
    fn next(&mut self) -> Result<Option<Node>, Wrong> {
        match self.parser.next().transpose()? {
            None | Some((Event::SequenceEnd | Event::MappingEnd, _)) => Ok(None),
            Some((event, span)) => self.node(event, span).map(Some),
        }
    }

    fn items(&mut self) -> Result<Vec<Node>, Wrong> {
        let mut items = Vec::new();
        loop {
            let item = self.next();
            match item.map_err(|wrong| wrong.within(&format!("[{}]", items.len())))? {
                Some(item) => items.push(item),
                None => return Ok(items),
            }
        }
    }

    fn fields(&mut self) -> Result<Vec<(String, Node)>, Wrong> {
        let mut fields = Vec::new();
        let mut names = HashSet::new();
        let mut merged = Vec::new();
        while let Some(key) = self.next()? {
            let (Kind::Plain(name) | Kind::Text(name)) = &key.kind else {
                return Err(Wrong::new("the name of a field is a text").at(key.line));
            };
            let wrong = |wrong: Wrong| wrong.within(name).at(key.line);
            let value = self.next().map_err(wrong)?;
            let mut value = value.ok_or_else(|| wrong(Wrong::new("a value is missing")))?;
            value.line = key.line;
            if matches!(key.kind, Kind::Plain(_)) && **name == *"<<" {
                merged.push(value);
            } else if names.insert(name.to_string()) {
                fields.push((name.to_string(), value));
            } else {
                return Err(wrong(Wrong::new("it is there twice")));
            }
        }
        // `<<: *other`, or a list of such: the fields that are not there yet.
        for value in merged {
            let maps = match &value.kind {
                Kind::Items(items) => items.iter().collect(),
                _ => vec![&value],
            };
            for map in maps {
                let Kind::Fields(more) = &map.kind else {
                    return Err(Wrong::new("expected fields").within("<<").at(value.line));
                };
                let more = more.iter().filter(|(name, _)| names.insert(name.clone()));
                fields.extend(more.cloned());
            }
        }
        Ok(fields)
    }

    fn repeat(&mut self, anchor: usize, span: Span) -> Result<Node, Wrong> {
        let known = self.anchors.get(&anchor).cloned();
        let mut node = known.ok_or_else(|| wrong(span, "it is part of itself"))?;
        self.repeated += node.nodes;
        if self.repeated > MOST_REPEATED {
            return Err(wrong(span, "anchors are repeated too often"));
        }
        node.line = line(span);
        Ok(node)
    }
}

fn line(span: Span) -> u64 {
    span.start.line() as u64
}

fn wrong(span: Span, what: &str) -> Wrong {
    Wrong::new(what).at(line(span))
}

impl From<ScanError> for Wrong {
    fn from(error: ScanError) -> Self {
        Self::new(error.info()).at(error.marker().line() as u64)
    }
}
