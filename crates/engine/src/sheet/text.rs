//! A sheet as plain text: what people read, for golden tests.

use super::{Block, Cell, CellKind, InputKind, Sheet, Span, Tone};

impl Sheet {
    /// The sheet as plain text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        write_all(&mut text, &self.0, 0);
        text
    }
}

fn line(text: &mut String, depth: usize, words: &str) {
    for words in words.lines() {
        text.push_str(&"  ".repeat(depth));
        text.push_str(words);
        text.push('\n');
    }
}

fn write_all(text: &mut String, blocks: &[Block], depth: usize) {
    for block in blocks {
        write(text, block, depth);
    }
}

fn write(text: &mut String, block: &Block, depth: usize) {
    match block {
        Block::Heading(words) => line(text, depth, &format!("## {words}")),
        Block::Name(words) => line(text, depth, &format!("### {words}")),
        Block::Text(spans) => line(text, depth, &spans.iter().map(span).collect::<String>()),
        Block::Steps(steps) => {
            for (index, blocks) in steps.iter().enumerate() {
                line(text, depth, &format!("{}.", index + 1));
                write_all(text, blocks, depth + 1);
            }
        }
        Block::Value(name, value) => line(text, depth, &format!("{name} = {value} [copy]")),
        Block::Once(name, secret) => line(text, depth, &format!("{name} = {secret:?} [copy]")),
        Block::Code(name, code) => {
            line(text, depth, &format!("{name} [copy]:"));
            line(text, depth + 1, code);
        }
        Block::Panel { title, rows } => {
            line(text, depth, &format!("+ {title}"));
            for (label, value) in rows {
                line(text, depth, &format!("| {label}: {}", cell(value)));
            }
        }
        Block::Table { title, head, rows } | Block::Rows { title, head, rows } => {
            line(text, depth, &format!("# {title}: {}", head.join(" | ")));
            for row in rows {
                line(text, depth, &format!("| {}", row.iter().map(cell).collect::<Vec<_>>().join(" | ")));
            }
        }
        Block::Question { title, text: words } => line(text, depth, &format!("(asks) {title}: {words}")),
        Block::Note { tone, title, text: words } => {
            line(text, depth, &format!("({}) {title}: {words}", name(*tone)));
        }
        Block::Problem(tone, problem) => {
            line(text, depth, &format!("({}) {}", name(*tone), problem.text()));
        }
        Block::List(list) => list.iter().for_each(|words| line(text, depth, &format!("- {words}"))),
        Block::Figures(figures) => {
            for (count, of, _) in figures {
                line(text, depth, &format!("{count} {of}"));
            }
        }
        Block::Bars { title, bars } => {
            line(text, depth, &format!("# {title}"));
            bars.iter().for_each(|bar| line(text, depth, &format!("| {}: {}", bar.label, bar.says)));
        }
        Block::Card { title, chip, blocks, .. } => {
            let chip = chip.as_ref().map_or_else(String::new, |(name, value)| format!(" ({name} {value})"));
            line(text, depth, &format!("# {title}{chip}"));
            write_all(text, blocks, depth + 1);
        }
        Block::Fold { summary, open, blocks, .. } => {
            line(text, depth, &format!("{} {summary}", if *open { "v" } else { ">" }));
            write_all(text, blocks, depth + 1);
        }
        Block::Buttons(buttons) => {
            for button in buttons {
                let mark = if button.primary { "*" } else { "" };
                line(text, depth, &format!("[{mark}{}]", button.label));
            }
        }
        Block::Form { inputs, submit, .. } => {
            for input in inputs {
                let value = match &input.kind {
                    InputKind::Line(value) | InputKind::Lines(value) => value.clone(),
                    InputKind::Check(on) => if *on { "x" } else { " " }.to_owned(),
                    InputKind::Choice(_, chosen) => chosen.clone(),
                };
                line(text, depth, &format!("{} [{value}] {}", input.label, input.hint));
                if !input.error.is_empty() {
                    line(text, depth, &format!("! {}", input.error));
                }
            }
            line(text, depth, &format!("[{submit}]"));
        }
        Block::Working(words) => line(text, depth, &format!("... {words}")),
    }
}

fn span(span: &Span) -> String {
    match span {
        Span::Plain(words) => words.clone(),
        Span::Code(words) => format!("`{words}`"),
        Span::Link(words, address) => format!("[{words}]({address})"),
    }
}

fn cell(cell: &Cell) -> String {
    let words = match cell.kind {
        CellKind::Words => cell.text.clone(),
        CellKind::Code => format!("`{}`", cell.text),
        CellKind::Copy => format!("{} [copy]", cell.text),
        CellKind::State(tone) => format!("({}) {}", name(tone), cell.text),
    };
    let folded =
        if cell.folded.is_empty() { String::new() } else { format!(" > {}", cell.folded.join("; ")) };
    if cell.below.is_empty() { words } else { format!("{words} / {}{folded}", cell.below) }
}

const fn name(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "plain",
        Tone::Good => "good",
        Tone::Warn => "warn",
        Tone::Bad => "bad",
        Tone::Accent => "accent",
    }
}
