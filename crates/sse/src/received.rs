//! Records the lines of an event as they were received. Most servers format every event in the same plain way; then a
//! small number, the layout's code, is enough to rebuild the lines from the event.

/// The maximum size, in bytes, of received lines that are kept: it bounds the memory and storage that a server can use
/// with lines that are not plain.
pub(crate) const MAX_LINES: usize = 1024 * 1024;

/// The lines of an event's block, without its blank line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received<'a> {
    /// [`Layout::lines`] rebuilds them from the event, byte for byte.
    Plain(Layout),
    /// The lines as received, each with its line end, because they cannot be rebuilt from the event: they contain a
    /// comment, an unknown field, invalid UTF-8 or mixed line ends, for example.
    Lines(&'a [u8]),
    /// The lines are not plain and larger than 1 MiB, or one of them is over the limit of a line, so they were not kept.
    TooLarge,
}

/// Describes how a plain event was formatted: the order of its fields, the space after the colons, the line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// The fields in order, each once; all data lines are adjacent. Unused places are [`Field::None`].
    order: [Field; 3],
    has_space: bool,
    end: End,
}

/// A field of a plain event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub(crate) enum Field {
    None,
    Data,
    Event,
    Id,
}

/// A line end (WHATWG HTML 9.2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub(crate) enum End {
    Lf,
    CrLf,
    Cr,
}

impl Layout {
    /// Rebuilds the lines of an event, each with its line end. `event_type` and `id` are used only if the layout has
    /// such lines.
    pub fn lines(self, event_type: &str, id: &str, data: &str) -> Vec<u8> {
        self.rebuild(Block { event_type, id, data: data.as_bytes() })
    }

    /// Returns the layout as a number below 512, for storage.
    pub fn code(self) -> u16 {
        let order = self.order.into_iter().rev().fold(0, |code, field| code << 2 | field as u16);
        order | u16::from(self.has_space) << 6 | (self.end as u16) << 7
    }

    /// Returns the layout of a number from [`Layout::code`]; `None` if the number has no layout.
    pub fn from_code(code: u16) -> Option<Self> {
        let field = |slot: u16| {
            [Field::None, Field::Data, Field::Event, Field::Id][usize::from(code >> (2 * slot) & 3)]
        };
        let end = *[End::Lf, End::CrLf, End::Cr].get(usize::from(code >> 7))?;
        Some(Self { order: [field(0), field(1), field(2)], has_space: code & 64 != 0, end })
    }

    fn rebuild(self, block: Block<'_>) -> Vec<u8> {
        let mut lines = Vec::with_capacity(block.event_type.len() + block.id.len() + block.data.len() + 64);
        let mut line = |name: &str, value: &[u8]| {
            lines.extend_from_slice(name.as_bytes());
            lines.extend_from_slice(if self.has_space { b": " } else { b":" });
            lines.extend_from_slice(value);
            lines.extend_from_slice(self.end.bytes());
        };
        for field in self.order {
            match field {
                Field::None => {}
                Field::Data => block.data.split(|&byte| byte == b'\n').for_each(|value| line("data", value)),
                Field::Event => line("event", block.event_type.as_bytes()),
                Field::Id => line("id", block.id.as_bytes()),
            }
        }
        lines
    }
}

impl End {
    fn bytes(self) -> &'static [u8] {
        match self {
            End::Lf => b"\n",
            End::CrLf => b"\r\n",
            End::Cr => b"\r",
        }
    }
}

/// The values that the lines of the unfinished block have set.
#[derive(Clone, Copy)]
pub(crate) struct Block<'a> {
    pub event_type: &'a str,
    pub id: &'a str,
    pub data: &'a [u8],
}

/// Records the lines of a block. While they are plain, it allocates nothing.
#[derive(Debug)]
pub(crate) struct Recorder {
    order: [Field; 3],
    has_space: Option<bool>,
    end: Option<End>,
    /// The end of the newest line, until [`Recorder::settle`]: an LF may still follow its CR.
    newest_end: Option<End>,
    kept: Kept,
    lines: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    Plain,
    Lines,
    TooLarge,
}

impl Recorder {
    /// Creates a recorder for the first block.
    pub fn new() -> Self {
        Self {
            order: [Field::None; 3],
            has_space: None,
            end: None,
            newest_end: None,
            kept: Kept::Plain,
            lines: Vec::new(),
        }
    }

    /// Records a line, or the beginning of one. `field` is the line's field and whether a space follows its colon, or
    /// `None` if the line cannot be rebuilt from its value. `block` holds the values of the lines before it.
    pub fn line(&mut self, line: &[u8], field: Option<(Field, bool)>, block: Block<'_>) {
        self.settle(block);
        if self.kept == Kept::Plain && !field.is_some_and(|(field, has_space)| self.fits(field, has_space)) {
            self.keep_lines(block);
        }
        self.more(line);
    }

    /// Records more bytes of the newest line.
    pub fn more(&mut self, piece: &[u8]) {
        if self.kept != Kept::Lines {
            return;
        }
        if self.lines.len() + piece.len() > MAX_LINES {
            return self.give_up();
        }
        self.lines.extend_from_slice(piece);
    }

    /// Records that the newest line ended with `byte`, a CR or an LF.
    pub fn line_ended(&mut self, byte: u8) {
        self.newest_end = Some(if byte == b'\r' { End::Cr } else { End::Lf });
    }

    /// Records that an LF follows the CR that ended the newest line.
    pub fn lf_followed(&mut self) {
        if self.newest_end == Some(End::Cr) {
            self.newest_end = Some(End::CrLf);
        }
    }

    /// Records the end of the newest line, which is final once another line begins.
    pub fn settle(&mut self, block: Block<'_>) {
        let Some(end) = self.newest_end.take() else { return };
        if self.kept == Kept::Plain {
            let usual = *self.end.get_or_insert(end);
            if usual == end {
                return;
            }
            self.keep_lines(block);
            self.lines.truncate(self.lines.len() - usual.bytes().len());
        }
        self.more(end.bytes());
    }

    /// Discards the recorded lines, because they are too large, and records no more of this block.
    pub fn give_up(&mut self) {
        self.kept = Kept::TooLarge;
        self.lines = Vec::new();
    }

    /// Returns the lines of the block. `is_exact` is whether its data is valid UTF-8. `rebuilt` is storage for
    /// lines that have to be rebuilt.
    pub fn received<'a>(
        &'a self,
        is_exact: bool,
        block: Block<'_>,
        rebuilt: &'a mut Vec<u8>,
    ) -> Received<'a> {
        match self.kept {
            Kept::Plain if is_exact => Received::Plain(self.layout()),
            Kept::Plain if block.data.len() > MAX_LINES => Received::TooLarge,
            Kept::Plain => {
                *rebuilt = self.layout().rebuild(block);
                Received::Lines(rebuilt)
            }
            Kept::Lines => Received::Lines(&self.lines),
            Kept::TooLarge => Received::TooLarge,
        }
    }

    /// Clears the block, keeping at most `kept_capacity` bytes of buffer.
    pub fn reset(&mut self, kept_capacity: usize) {
        let mut lines = std::mem::take(&mut self.lines);
        lines.clear();
        lines.shrink_to(kept_capacity);
        *self = Self { lines, ..Self::new() };
    }

    fn fits(&mut self, field: Field, has_space: bool) -> bool {
        if *self.has_space.get_or_insert(has_space) != has_space {
            return false;
        }
        let count = self.order.iter().take_while(|field| **field != Field::None).count();
        let is_next_data = field == Field::Data && count > 0 && self.order[count - 1] == Field::Data;
        if is_next_data {
            return true;
        }
        let is_new = !self.order.contains(&field);
        if is_new {
            self.order[count] = field;
        }
        is_new
    }

    fn keep_lines(&mut self, block: Block<'_>) {
        self.kept = Kept::Lines;
        if block.data.len() + block.event_type.len() + block.id.len() > MAX_LINES {
            return self.give_up();
        }
        if self.order[0] != Field::None {
            self.lines = self.layout().rebuild(block);
        }
    }

    fn layout(&self) -> Layout {
        Layout {
            order: self.order,
            has_space: self.has_space.unwrap_or(true),
            end: self.end.unwrap_or(End::Lf),
        }
    }
}
