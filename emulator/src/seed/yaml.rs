//! Parses YAML, and therefore JSON, into a tree with line numbers.
//!
//! Errors of KMS's rules, which are checked after parsing, have lines, too. So the tree is kept
//! beside the typed seed, to look up the line of a field. Types are deserialized from the tree (see
//! `values`), so the parser is compiled once and not for each type.
//!
//! `serde-saphyr` 2.2 uses the same parser, and with `serde_path_to_error` it reports lines and
//! paths. But it adds eight crates and 1,070 KB to an optimized program, where this code adds 280
//! KB. It reports a duplicate field at `keys[1].?`, with advice to change an option of the library.
//! And the lines of later errors would need its `Spanned` around every field.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput};

use super::error::ParseError;

/// The maximum number of nodes from alias expansions, so that a short text cannot expand to a very
/// large tree.
const MAX_ALIASED_NODES: usize = 100_000;

/// The maximum depth of nesting, alias expansions included.
const MAX_DEPTH: usize = 128;

const NESTED_TOO_DEEPLY: &str = "nested too deeply";

/// A node. The line of a field is the line of its name.
#[derive(Clone)]
pub(super) struct Node {
    pub(super) line: u64,
    pub(super) kind: Kind,
    /// The number of nodes in this subtree.
    nodes: usize,
    depth: usize,
}

#[derive(Clone)]
pub(super) enum Kind {
    /// A scalar without quotes, which may be a number, a boolean or null.
    Plain(Arc<str>),
    Text(Arc<str>),
    Items(Arc<[Node]>),
    Fields(Arc<[(String, Node)]>),
}

impl Node {
    /// Parses a text with one document.
    pub(super) fn read(text: &str) -> Result<Self, ParseError> {
        let mut reader = Reader {
            parser: Parser::new_from_str(text),
            anchors: HashMap::new(),
            aliased: 0,
            level: 0,
        };
        let mut root = None;
        while let Some(event) = reader.parser.next() {
            let (event, span) = event?;
            if event.is_node() {
                if root.is_some() {
                    return Err(error(span, "a new document must start with ---"));
                }
                root = Some(reader.node(event, span)?);
            }
        }
        root.ok_or_else(|| ParseError::new("the document is empty"))
    }

    fn new(span: Span, kind: Kind) -> Result<Self, ParseError> {
        let children: Vec<&Self> = match &kind {
            Kind::Plain(_) | Kind::Text(_) => Vec::new(),
            Kind::Items(items) => items.iter().collect(),
            Kind::Fields(fields) => fields.iter().map(|(_, node)| node).collect(),
        };
        let nodes = 1 + children.iter().map(|node| node.nodes).sum::<usize>();
        let depth = 1 + children.iter().map(|node| node.depth).max().unwrap_or(0);
        if depth > MAX_DEPTH {
            return Err(error(span, NESTED_TOO_DEEPLY));
        }
        Ok(Self {
            line: line(span),
            kind,
            nodes,
            depth,
        })
    }

    /// A field of a mapping.
    pub(super) fn field(&self, name: &str) -> Option<&Self> {
        let Kind::Fields(fields) = &self.kind else {
            return None;
        };
        let found = fields.iter().find(|(field, _)| field == name);
        found.map(|(_, node)| node)
    }

    /// The line of a field such as `keys[1].material.pem`. If the field is missing, the line of its
    /// innermost parent that exists.
    pub(super) fn line_of(&self, field: &str) -> u64 {
        let mut node = self;
        for step in field.split(['.', '[']).filter(|step| !step.is_empty()) {
            let child = match (&node.kind, step.strip_suffix(']')) {
                (Kind::Items(items), Some(index)) => {
                    index.parse().ok().and_then(|index: usize| items.get(index))
                }
                _ => node.field(step),
            };
            match child {
                Some(child) => node = child,
                None => break,
            }
        }
        node.line
    }
}

struct Reader<'text> {
    parser: Parser<'text, StrInput<'text>>,
    anchors: HashMap<usize, Node>,
    aliased: usize,
    /// The level of nesting. It is checked before the next level is read, to bound the recursion.
    level: usize,
}

impl<'text> Reader<'text> {
    /// The node that starts with an event.
    fn node(&mut self, event: Event<'text>, span: Span) -> Result<Node, ParseError> {
        if self.level >= MAX_DEPTH {
            return Err(error(span, NESTED_TOO_DEEPLY));
        }
        self.level += 1;
        let (kind, anchor) = match event {
            Event::Alias(anchor) => {
                self.level -= 1;
                return self.expand(anchor, span);
            }
            Event::Scalar(text, style, anchor, tag) => {
                let is_str = tag.is_some_and(|tag| tag.core_suffix() == Some("str"));
                let is_plain = style == ScalarStyle::Plain && !is_str;
                let kind = if is_plain { Kind::Plain } else { Kind::Text };
                (kind(text.into()), anchor)
            }
            Event::SequenceStart(_, anchor, _) => (Kind::Items(self.items()?.into()), anchor),
            Event::MappingStart(_, anchor, _) => (Kind::Fields(self.fields()?.into()), anchor),
            _ => return Err(error(span, "expected a value")),
        };
        self.level -= 1;
        let node = Node::new(span, kind)?;
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    /// The next node, or `None` at the end of a sequence or mapping.
    fn next(&mut self) -> Result<Option<Node>, ParseError> {
        match self.parser.next().transpose()? {
            None | Some((Event::SequenceEnd | Event::MappingEnd, _)) => Ok(None),
            Some((event, span)) => self.node(event, span).map(Some),
        }
    }

    fn items(&mut self) -> Result<Vec<Node>, ParseError> {
        let mut items = Vec::new();
        loop {
            let item = self.next();
            match item.map_err(|error| error.within(&format!("[{}]", items.len())))? {
                Some(item) => items.push(item),
                None => return Ok(items),
            }
        }
    }

    fn fields(&mut self) -> Result<Vec<(String, Node)>, ParseError> {
        let mut fields = Vec::new();
        let mut names = HashSet::new();
        let mut merged = Vec::new();
        while let Some(key) = self.next()? {
            let (Kind::Plain(name) | Kind::Text(name)) = &key.kind else {
                return Err(ParseError::new("a field name must be a string").at(key.line));
            };
            let within = |error: ParseError| error.within(name).at(key.line);
            let value = self.next().map_err(within)?;
            let mut value = value.ok_or_else(|| within(ParseError::new("missing value")))?;
            value.line = key.line;
            if matches!(key.kind, Kind::Plain(_)) && **name == *"<<" {
                merged.push(value);
            } else if names.insert(name.to_string()) {
                fields.push((name.to_string(), value));
            } else {
                return Err(within(ParseError::new("duplicate field")));
            }
        }
        // `<<: *other`, or a list of aliases, adds fields that are not set yet.
        for value in merged {
            let maps = match &value.kind {
                Kind::Items(items) => items.iter().collect(),
                _ => vec![&value],
            };
            for map in maps {
                let Kind::Fields(more) = &map.kind else {
                    return Err(ParseError::new("expected a mapping")
                        .within("<<")
                        .at(value.line));
                };
                let more = more.iter().filter(|(name, _)| names.insert(name.clone()));
                fields.extend(more.cloned());
            }
        }
        Ok(fields)
    }

    fn expand(&mut self, anchor: usize, span: Span) -> Result<Node, ParseError> {
        let known = self.anchors.get(&anchor).cloned();
        let mut node = known.ok_or_else(|| error(span, "an anchor contains itself"))?;
        self.aliased += node.nodes;
        if self.aliased > MAX_ALIASED_NODES {
            return Err(error(span, "too many alias expansions"));
        }
        node.line = line(span);
        Ok(node)
    }
}

fn line(span: Span) -> u64 {
    span.start.line() as u64
}

fn error(span: Span, message: &str) -> ParseError {
    ParseError::new(message).at(line(span))
}

impl From<ScanError> for ParseError {
    fn from(error: ScanError) -> Self {
        Self::new(error.info()).at(error.marker().line() as u64)
    }
}
