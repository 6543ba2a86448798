//! Documents that choose where to break lines (`Inspect.Algebra`).

/// A document, by its number.
pub(super) type Doc = usize;

enum Node {
    Text(String),
    Sequence(Vec<Doc>),
    /// Lines within begin so many columns further right.
    Nest(Doc, usize),
    /// Is broken as a whole, or not at all.
    Group(Doc),
    /// A line break, or this text. A flexible one is a line break only where what follows does not fit.
    Break(&'static str, bool),
}

/// How the items of a collection are broken over lines.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Break {
    /// As `Flex` where all items are plain text, otherwise as `Strict`.
    Maybe,
    /// One item a line.
    Strict,
    /// As many items a line as fit.
    Flex,
}

/// Documents.
#[derive(Default)]
pub(super) struct Docs {
    nodes: Vec<Node>,
}

/// Whether the breaks of a group are line breaks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Flat,
    Broken,
}

/// A document to be printed.
#[derive(Clone, Copy)]
struct Item {
    indent: usize,
    mode: Mode,
    doc: Doc,
}

impl Docs {
    fn add(&mut self, node: Node) -> Doc {
        self.nodes.push(node);
        self.nodes.len() - 1
    }
    pub(super) fn text(&mut self, text: String) -> Doc {
        self.add(Node::Text(text))
    }
    pub(super) fn sequence(&mut self, docs: Vec<Doc>) -> Doc {
        self.add(Node::Sequence(docs))
    }

    /// Whether a document is nothing but text.
    fn is_plain(&self, doc: Doc) -> bool {
        match &self.nodes[doc] {
            Node::Text(_) => true,
            Node::Sequence(docs) => docs.iter().all(|d| self.is_plain(*d)),
            Node::Nest(..) | Node::Group(_) | Node::Break(..) => false,
        }
    }

    /// Items with a separator and a break between them.
    fn join(&mut self, items: Vec<Doc>, separator: &str, flexible: bool) -> Doc {
        let mut docs = Vec::new();
        for (i, item) in items.into_iter().enumerate() {
            if i > 0 {
                docs.push(self.text(separator.into()));
                docs.push(self.add(Node::Break(" ", flexible)));
            }
            docs.push(item);
        }
        self.sequence(docs)
    }

    /// Items between brackets.
    pub(super) fn container(&mut self, open: &str, items: Vec<Doc>, close: &str, breaks: Break) -> Doc {
        if items.is_empty() {
            return self.text(format!("{open}{close}"));
        }
        let plain = breaks == Break::Maybe && items.iter().all(|d| self.is_plain(*d));
        let flexible = plain || breaks == Break::Flex;
        let items = self.join(items, ",", flexible);
        self.surround(open, items, close, flexible)
    }

    /// Items and the tail of an improper list.
    pub(super) fn container_with_tail(&mut self, open: &str, mut items: Vec<Doc>, tail: Doc, close: &str) -> Doc {
        let flexible = items.iter().chain([&tail]).all(|d| self.is_plain(*d));
        let Some(last) = items.pop() else { return tail };
        items.push(self.join(vec![last, tail], " |", flexible));
        let items = self.join(items, ",", flexible);
        self.surround(open, items, close, flexible)
    }

    fn surround(&mut self, open: &str, items: Doc, close: &str, flexible: bool) -> Doc {
        let (open, close) = (self.text(open.into()), self.text(close.into()));
        let all = if flexible {
            let items = self.add(Node::Nest(items, 1));
            vec![open, items, close]
        } else {
            let breaks = [0; 2].map(|_| self.add(Node::Break("", false)));
            let inner = self.sequence(vec![open, breaks[0], items]);
            let inner = self.add(Node::Nest(inner, 2));
            vec![inner, breaks[1], close]
        };
        let all = self.sequence(all);
        self.add(Node::Group(all))
    }

    /// The bytes of a bitstring.
    pub(super) fn bytes(&mut self, items: Vec<Doc>) -> Doc {
        let items = self.join(items, ",", true);
        let (open, close) = (self.text("<<".into()), self.text(">>".into()));
        let items = self.add(Node::Nest(items, 2));
        let all = self.sequence(vec![open, items, close]);
        self.add(Node::Group(all))
    }

    /// Prints a document in lines of a number of columns; 0: on one line.
    pub(super) fn print(&mut self, doc: Doc, width: usize) -> String {
        let doc = self.add(Node::Group(doc));
        let width = if width == 0 { usize::MAX } else { width };
        let mut out = String::new();
        let mut column = 0;
        let mut items = vec![Item { indent: 0, mode: Mode::Flat, doc }];
        while let Some(item) = items.pop() {
            match &self.nodes[item.doc] {
                Node::Text(text) => {
                    out.push_str(text);
                    column += text.len();
                }
                Node::Sequence(docs) => items.extend(docs.iter().rev().map(|doc| Item { doc: *doc, ..item })),
                Node::Nest(doc, by) => items.push(Item { doc: *doc, indent: item.indent + by, ..item }),
                Node::Group(doc) => {
                    let flat = Item { doc: *doc, mode: Mode::Flat, ..item };
                    let fits = width == usize::MAX || self.fits(width, column, false, Some(flat), &[]);
                    items.push(Item { mode: if fits { Mode::Flat } else { Mode::Broken }, ..flat });
                }
                Node::Break(text, flexible) => {
                    let behind = column + text.len();
                    let stays = item.mode == Mode::Flat
                        || *flexible && (width == usize::MAX || self.fits(width, behind, true, None, &items));
                    if stays {
                        out.push_str(text);
                        column = behind;
                    } else {
                        out.push('\n');
                        out.extend(std::iter::repeat_n(' ', item.indent));
                        column = item.indent;
                    }
                }
            }
        }
        out
    }

    /// Whether what comes first, and then what is left (the last item first), fits on the line up to the next line break.
    /// Too much text in front of the first break is no reason to break (`breakable`).
    fn fits(&self, width: usize, mut column: usize, mut breakable: bool, first: Option<Item>, left: &[Item]) -> bool {
        enum Step {
            Item(Item),
            GroupEnd(bool),
        }
        let mut steps: Vec<Step> = first.map(Step::Item).into_iter().collect();
        let mut left = left.iter().rev();
        loop {
            if column > width && breakable {
                return false;
            }
            let item = match steps.pop().or_else(|| left.next().map(|item| Step::Item(*item))) {
                None => return true,
                Some(Step::GroupEnd(before)) => {
                    breakable = before;
                    continue;
                }
                Some(Step::Item(item)) => item,
            };
            match &self.nodes[item.doc] {
                Node::Break(..) if item.mode == Mode::Broken => return true,
                Node::Break(text, _) => {
                    column += text.len();
                    breakable = true;
                }
                Node::Text(text) => column += text.len(),
                Node::Nest(doc, _) => steps.push(Step::Item(Item { doc: *doc, ..item })),
                Node::Sequence(docs) => {
                    steps.extend(docs.iter().rev().map(|doc| Step::Item(Item { doc: *doc, ..item })));
                }
                Node::Group(doc) => {
                    steps.push(Step::GroupEnd(breakable));
                    steps.push(Step::Item(Item { doc: *doc, mode: Mode::Flat, ..item }));
                }
            }
        }
    }
}
