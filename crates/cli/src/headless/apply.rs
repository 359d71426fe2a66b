//! `scim-setup apply`: applies exactly one plan, and goes on where an earlier run was cut off.

use std::cell::Cell;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use engine::databricks::scim::Scim;
use engine::problem::{Explain as _, Problem};
use engine::stop::{Control, Wish};
use engine::sync::apply::{Progress, apply};
use engine::sync::plan::Plan;
use engine::sync::report::{Ending, Report, Result as RowResult};
use engine::sync::verify::verify;

use super::connect;
use super::env::Native;
use super::journal::FileJournal;
use crate::say;

/// Applies exactly the plan of a file, and goes on where an earlier run was cut off. Exit code 0 when all of it is done, 1
/// otherwise.
#[derive(clap::Args)]
pub(crate) struct ApplyArgs {
    /// The plan, as `plan --out` wrote it
    #[arg(long, value_name = "FILE")]
    plan: PathBuf,
    /// Where to note what was done [default: the plan's file with .journal added]
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: &ApplyArgs) -> Result<ExitCode, Problem> {
    let plan = Plan::from_file(&super::read(&args.plan)?).map_err(|error| {
        Problem::new(
            format!("{} is not a plan that can be applied.", args.plan.display()),
            format!("{error}."),
            "Make the plan again with: scim-setup plan --out FILE",
        )
    })?;
    let connection = connect::connection(plan.target.clone())?;
    let journal = FileJournal::open(&args.journal.clone().unwrap_or_else(|| beside(&args.plan)))?;
    let env = Native::new()?;
    let control = Control::default();
    let scim = Scim::new(&env, &connection, control.clone());
    let told = Cell::new(Duration::ZERO);
    let work = async {
        let mut report =
            apply(&scim, &plan, &plan.hash(), &journal, &control, |progress| tell(&told, &progress)).await;
        if report.ending == Ending::Complete {
            match verify(&scim, &plan, &report, &control).await {
                Ok(found) => report.verification = Some(found),
                // What was done stays done, and stays reported.
                Err(error) => say::err(&error.explain().text()),
            }
        }
        report
    };
    let report = until_stopped(work, &control).await;
    say::out(if args.json { report.to_json() } else { text(&report) }.trim_end());
    Ok(if report.is_success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Ctrl-C and SIGTERM let what is under way come to its end, note it, and stop there.
async fn until_stopped<T>(work: impl Future<Output = T>, control: &Control) -> T {
    let mut work = std::pin::pin!(work);
    tokio::select! {
        done = &mut work => return done,
        () = crate::connections::signalled() => {}
    }
    say::err("Stopping: what is under way is brought to its end. Run the same command again to go on.");
    control.set(Wish::Stop);
    work.await
}

fn beside(plan: &std::path::Path) -> PathBuf {
    let mut path = plan.as_os_str().to_owned();
    path.push(".journal");
    path.into()
}

/// A line every ten seconds.
fn tell(told: &Cell<Duration>, progress: &Progress) {
    if progress.elapsed.saturating_sub(told.get()) < Duration::from_secs(10) {
        return;
    }
    told.set(progress.elapsed);
    let left = progress
        .left()
        .map_or(String::new(), |left| format!(", about {} min left", left.as_secs().div_ceil(60)));
    say::err(&format!(
        "{} of {} requests, {} a minute{left}",
        progress.done,
        progress.total,
        progress.per_minute()
    ));
}

fn text(report: &Report) -> String {
    let mut text = report.summary();
    for row in &report.rows {
        if let RowResult::Failed(problem) = &row.result {
            text.push_str("\nfailed: ");
            text.push_str(&problem.text());
        }
    }
    match &report.verification {
        Some(found) if found.is_clean() => {
            text.push_str(&format!("\n{} objects read back: all as planned", found.checked));
        }
        Some(found) => {
            for line in &found.differing {
                text.push_str("\ndiffers: ");
                text.push_str(line);
            }
        }
        None => text.push_str("\nNothing was read back. Run the same command again to have it read back."),
    }
    match &report.ending {
        Ending::Complete => {}
        Ending::Stopped => text.push_str("\nStopped. Run the same command again to go on."),
        Ending::Interrupted(problem) => {
            text.push('\n');
            text.push_str(&problem.text());
            text.push_str("\nRun the same command again to go on.");
        }
    }
    text
}
