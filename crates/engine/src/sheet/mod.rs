//! What a step shows, as data: the engine says what, a page draws how. So what people read is decided, tested and translated in
//! one place, without a browser, and costs a page's first load nothing.

mod draw;
mod text;

pub use draw::{END, IS};

use crate::problem::Problem;
use crate::secret::Secret;

/// How something is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Neither good nor bad.
    Plain,
    /// Done, proved.
    Good,
    /// To be looked at.
    Warn,
    /// Failed.
    Bad,
    /// What the wizard itself does or suggests.
    Accent,
}

/// What a step shows.
#[derive(Clone, Debug, Default)]
pub struct Sheet(pub Vec<Block>);

/// One part of a sheet.
#[derive(Clone, Debug)]
pub enum Block {
    /// A heading below the step's own.
    Heading(String),
    /// A heading below that.
    Name(String),
    /// A paragraph.
    Text(Vec<Span>),
    /// Things to do one after the other.
    Steps(Vec<Vec<Block>>),
    /// Something to carry elsewhere: its name and its text, on one line.
    Value(String, String),
    /// A secret to carry elsewhere, shown this once: its name and its value.
    Once(String, Secret),
    /// A longer text to carry elsewhere: its name and its text.
    Code(String, String),
    /// A panel of a foreign console, drawn with the person's own values.
    Panel {
        /// Which panel.
        title: String,
        /// Its fields: the label, and what belongs there.
        rows: Vec<(String, Cell)>,
    },
    /// A table.
    Table {
        /// What it lists.
        title: String,
        /// The heads of its columns.
        head: Vec<String>,
        /// Its rows.
        rows: Vec<Vec<Cell>>,
    },
    /// Something to know.
    Note {
        /// How it is meant.
        tone: Tone,
        /// In a few words.
        title: String,
        /// In a sentence or two.
        text: String,
    },
    /// Something that is asked before it is done. It gets the focus when it comes: what was pressed for it may be gone, or far away.
    Question {
        /// What is asked.
        title: String,
        /// What comes of it.
        text: String,
    },
    /// A failure, and how grave it is.
    Problem(Tone, Problem),
    /// Things side by side.
    List(Vec<String>),
    /// Numbers to take in at a glance, with a bar of their shares: how many, of what, its colour.
    Figures(Vec<(usize, String, Tone)>),
    /// Numbers beside each other, as bars.
    Bars {
        /// What they are.
        title: String,
        /// They.
        bars: Vec<Bar>,
    },
    /// Parts that belong together.
    Card {
        /// The heading's id.
        id: String,
        /// The heading.
        title: String,
        /// A small word beside it and its value.
        chip: Option<(String, String)>,
        /// Whether the parts have space around them.
        body: bool,
        /// The parts.
        blocks: Vec<Block>,
    },
    /// Many rows, in a region of their own that scrolls.
    Rows {
        /// What they are.
        title: String,
        /// The heads of the columns.
        head: Vec<String>,
        /// The rows.
        rows: Vec<Vec<Cell>>,
    },
    /// Something that is folded away until it is wanted.
    Fold {
        /// What tells it from the others of this step: it stays open when the sheet changes.
        id: String,
        /// What is in it.
        summary: String,
        /// Whether it is open at first.
        open: bool,
        /// What is in it.
        blocks: Vec<Block>,
    },
    /// Things to press.
    Buttons(Vec<Button>),
    /// Things to fill in.
    Form {
        /// The form.
        id: Form,
        /// Its fields.
        inputs: Vec<Input>,
        /// What sends it; empty, where the page does.
        submit: String,
    },
    /// Something is under way.
    Working(String),
}

/// A piece of a paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// Plain words.
    Plain(String),
    /// A name as it is written.
    Code(String),
    /// A link that opens beside the page: its words and its address.
    Link(String, String),
}

/// What stands in a field of a panel or a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// The text.
    pub text: String,
    /// A smaller line below.
    pub below: String,
    /// What is folded away behind that line.
    pub folded: Vec<String>,
    /// What kind of text it is.
    pub kind: CellKind,
    /// Where more of it is shown: words and address.
    pub links: Vec<(String, String)>,
    /// What can be done about it.
    pub press: Option<Button>,
}

/// A number as a bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// What it belongs to.
    pub label: String,
    /// The number.
    pub value: u64,
    /// What a full bar is.
    pub of: u64,
    /// The number in words.
    pub says: String,
    /// How it is meant.
    pub tone: Tone,
}

/// What kind of text stands in a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CellKind {
    /// Words.
    #[default]
    Words,
    /// A name as it is written.
    Code,
    /// Something to copy.
    Copy,
    /// A state, in a badge.
    State(Tone),
}

/// Something to press.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// Its words.
    pub label: String,
    /// Whether it is the one to press next.
    pub primary: bool,
    /// What is done, as it travels.
    pub action: String,
}

/// Which form was filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The line that a command printed.
    Printed,
    /// The application for runs on a schedule.
    Unattended,
    /// The life of its secret.
    Secret,
    /// What a page of Microsoft says.
    Refused,
    /// About the connector. The page sends it together with its own fields.
    Connector,
    /// How the connector works. The page sends it together with its own fields.
    Settings,
    /// People and groups, a line each.
    Paste,
    /// Which entries of the provisioning log.
    Log,
    /// Why somebody is (not) there.
    Why,
    /// Whom to provision at once.
    OnDemand,
}

impl Form {
    const ALL: [Self; 10] = [
        Self::Printed,
        Self::Unattended,
        Self::Secret,
        Self::Refused,
        Self::Connector,
        Self::Settings,
        Self::Paste,
        Self::Log,
        Self::Why,
        Self::OnDemand,
    ];

    /// What names it on its way.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Printed => "printed",
            Self::Unattended => "unattended",
            Self::Secret => "secret",
            Self::Refused => "refused",
            Self::Connector => "connector",
            Self::Settings => "settings",
            Self::Paste => "paste",
            Self::Log => "log",
            Self::Why => "why",
            Self::OnDemand => "on-demand",
        }
    }

    /// The form of that name.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.id() == id)
    }
}

/// Something to fill in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Its id, unique in the page.
    pub id: String,
    /// Its label.
    pub label: String,
    /// What helps to fill it in.
    pub hint: String,
    /// What kind it is.
    pub kind: InputKind,
    /// What is wrong with what was filled in; empty, when nothing is.
    pub error: String,
}

/// What kind of field it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// One line, and what stands in it.
    Line(String),
    /// Several lines.
    Lines(String),
    /// Yes or no.
    Check(bool),
    /// One of several: value and words of each, and which one is chosen.
    Choice(Vec<(String, String)>, String),
}

impl Cell {
    /// Words.
    pub fn words(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// A name as it is written.
    pub fn code(text: impl Into<String>) -> Self {
        Self { text: text.into(), kind: CellKind::Code, ..Self::default() }
    }

    /// Something to copy.
    pub fn copy(text: impl Into<String>) -> Self {
        Self { text: text.into(), kind: CellKind::Copy, ..Self::default() }
    }

    /// A state.
    pub fn state(tone: Tone, text: impl Into<String>) -> Self {
        Self { text: text.into(), kind: CellKind::State(tone), ..Self::default() }
    }

    /// Adds a smaller line below.
    #[must_use]
    pub fn below(mut self, text: impl Into<String>) -> Self {
        self.below = text.into();
        self
    }
}

impl Block {
    /// A paragraph of plain words.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(vec![Span::Plain(text.into())])
    }

    /// Something to know.
    pub fn note(tone: Tone, title: impl Into<String>, text: impl Into<String>) -> Self {
        Self::Note { tone, title: title.into(), text: text.into() }
    }
}
