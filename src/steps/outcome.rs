//! What came of a run: shown when it ends, and in the summary.

use leptos::prelude::*;

use crate::parts::Tone;
use crate::parts::notice::problem;
use crate::parts::sheet::sheet;
use crate::state::App;

/// The outcome of the last run.
pub(super) fn outcome(app: App) -> AnyView {
    match app.run.failed.get() {
        Some(what) => problem(Tone::Bad, what),
        None => sheet(app, "outcome-of-run", app.run.report),
    }
}
