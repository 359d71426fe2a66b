//! What came of a run: shown when it ends, and in the summary.

use crate::sheet::{Block, Sheet, Tone};
use crate::sync::report::Overview;
use crate::sync::verify::Verification;

/// How many differences are shown.
const SHOWN: usize = 50;

/// The outcome of a run.
#[must_use]
pub fn sheet(report: &Overview) -> Sheet {
    let counts = report.counts;
    let mut blocks = vec![headline(report)];
    blocks.extend(report.verification.as_ref().map(read_back));
    blocks.extend(report.unread.clone().map(|what| Block::Problem(Tone::Warn, what)));
    blocks.push(Block::Card {
        id: "outcome".to_owned(),
        title: "What was done".to_owned(),
        chip: Some(("Plan".to_owned(), report.plan.clone())),
        body: false,
        blocks: vec![Block::Figures(vec![
            (counts.done, "done".to_owned(), Tone::Good),
            (counts.failed, "failed".to_owned(), Tone::Bad),
            (counts.open, "not finished".to_owned(), Tone::Plain),
            (report.withheld, "withheld from the start".to_owned(), Tone::Warn),
        ])],
    });
    blocks.extend(failures(report));
    blocks.push(Block::Fold {
        id: "tips".to_owned(),
        summary: "What people stumble over later".to_owned(),
        open: false,
        blocks: vec![Block::List(TIPS.map(str::to_owned).to_vec())],
    });
    Sheet(blocks)
}

/// What people stumble over later, each in a sentence.
const TIPS: [&str; 7] = [
    "People and groups that were in Databricks before are adopted when they match those of Entra, and the plan says so; those that Entra does \
     not have are left alone.",
    "Rights that were given to a person directly stay, even if a group that gave the same is taken away.",
    "Whoever is removed in Databricks by hand is made anew by the next plan, if they are chosen still. A person who leaves one workspace may \
     still be in others.",
    "User names and mail addresses cannot be changed in Databricks: when somebody’s address changes in Entra, ask Databricks’ account team.",
    "Groups keep their name in Databricks: do not rename them in Entra. The groups admins, users and account users are reserved and stay.",
    "Who is in a group of Databricks is shown in its settings under Groups, or by its Groups API.",
    "Runs on a schedule sign in with an application of their own, which the step “Register the application” makes, and with its secret. This \
     page’s application never has one.",
];

fn headline(report: &Overview) -> Block {
    match &report.interrupted {
        Some(what) => Block::Problem(Tone::Bad, what.clone()),
        None if report.stopped => Block::note(
            Tone::Warn,
            "Stopped",
            "What was under way was brought to its end; the rest was not finished. You can go on from here, or later with a \
             new plan.",
        ),
        None if report.counts.failed > 0 => Block::note(
            Tone::Warn,
            "Done, with failures",
            "Each failure is listed below with its remedy. A new plan holds exactly what is still missing.",
        ),
        None => Block::note(
            Tone::Good,
            "Everything is done",
            "The people can sign in to Databricks now. At the account level they see a workspace once they are assigned to it.",
        ),
    }
}

fn read_back(found: &Verification) -> Block {
    if found.is_clean() {
        return Block::note(
            Tone::Good,
            "Read back and found as written",
            "Every person and group of this plan was looked up in Databricks after it was written.",
        );
    }
    Block::Fold {
        id: "differences".to_owned(),
        summary: "Reading back found differences".to_owned(),
        open: true,
        blocks: vec![
            Block::text(
                "Databricks shows changes late at times. Make a new plan after some minutes: it holds what is really missing.",
            ),
            Block::List(found.differing.iter().take(SHOWN).cloned().collect()),
        ],
    }
}

fn failures(report: &Overview) -> Option<Block> {
    let hidden = report.counts.failed.saturating_sub(report.failures.len());
    let mut blocks: Vec<Block> = report
        .failures
        .iter()
        .flat_map(|(name, what)| [Block::Name(name.clone()), Block::Problem(Tone::Warn, what.clone())])
        .collect();
    if hidden > 0 {
        blocks.push(Block::text(format!("The report holds the rest: {hidden}")));
    }
    (!report.failures.is_empty()).then(|| Block::Card {
        id: "failures".to_owned(),
        title: "Failures".to_owned(),
        chip: None,
        body: true,
        blocks,
    })
}
