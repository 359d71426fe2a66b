//! Checks in the order in which they can fail. The state is a word, not a colour alone.

use leptos::prelude::*;

/// How a check stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// It is fine.
    Passed,
    /// It works, but look at it.
    Warning,
    /// It does not work.
    Failed,
    /// It could not or need not be looked at.
    Skipped,
    /// It is being looked at.
    Running,
    /// It comes later.
    Waiting,
}

/// One check.
pub(crate) struct Stage {
    /// What is looked at.
    pub(crate) name: &'static str,
    /// How it stands.
    pub(crate) state: State,
    /// What was found.
    pub(crate) says: String,
    /// How long it took, in words; empty when that does not matter.
    pub(crate) took: String,
    /// What it means and what to do.
    pub(crate) more: Option<AnyView>,
}

/// The list of checks.
pub(crate) fn stages(list: Vec<Stage>) -> AnyView {
    let list: Vec<AnyView> = list.into_iter().map(stage).collect();
    view! { <ol class="stages">{list}</ol> }.into_any()
}

fn stage(stage: Stage) -> AnyView {
    let (sign, word, sign_class, state_class) = match stage.state {
        State::Passed => ("✓", "passed", "sign is-good", "state is-good"),
        State::Warning => ("!", "warning", "sign is-warn", "state is-warn"),
        State::Failed => ("×", "failed", "sign is-bad", "state is-bad"),
        State::Skipped => ("–", "skipped", "sign is-quiet", "state is-quiet"),
        State::Running => ("", "checking…", "sign is-quiet", "state is-quiet"),
        State::Waiting => ("", "", "sign is-quiet", "state is-quiet"),
    };
    view! {
        <li class="stage">
            <span class=sign_class aria-hidden="true">{sign}</span>
            <div>
                <span class="name">{stage.name}</span>" "
                <span class=state_class>{word}</span>
                <div class="says">{stage.says}</div>
                {stage.more}
            </div>
            <span class="took">{stage.took}</span>
        </li>
    }
    .into_any()
}
