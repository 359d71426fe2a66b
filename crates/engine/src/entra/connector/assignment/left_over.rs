//! What was not assigned, or not taken away, though the rest was: all of it, by name.

use super::errand::Outcome;
use crate::entra::graph::{GraphError, GraphErrorKind};
use crate::figures::grouped;
use crate::problem::{Explain as _, Problem};

/// What was to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Assigning.
    Assign,
    /// Taking assignments away.
    TakeAway,
}

/// What is left over; nothing, where all of it shows. Each is called as `name` says, since nobody knows people by their ids.
#[must_use]
pub fn left_over<K>(change: Change, outcome: &Outcome<K>, name: impl Fn(&K) -> String) -> Option<Problem> {
    let (refused, late) = (outcome.refused.len(), outcome.late.len());
    let all = grouped(outcome.done.len() + late + refused);
    let what = match (change, refused, late) {
        (_, 0, 0) => return None,
        (Change::Assign, 0, late) => format!("{} of {all} assignments do not show yet.", grouped(late)),
        (Change::TakeAway, 0, late) => format!("{} of {all} assignments show still.", grouped(late)),
        (Change::Assign, refused, _) => format!("{} of {all} could not be assigned.", grouped(refused)),
        (Change::TakeAway, refused, _) => {
            format!("{} of {all} assignments could not be taken away.", grouped(refused))
        }
    };
    // Those that share a reason stand together: often it is the same for all.
    let mut reasons: Vec<(String, Vec<String>)> = Vec::new();
    for (key, error) in &outcome.refused {
        let why = reason(error);
        match reasons.iter_mut().find(|(known, _)| *known == why) {
            Some((_, names)) => names.push(name(key)),
            None => reasons.push((why, vec![name(key)])),
        }
    }
    let mut lines: Vec<String> =
        reasons.iter().map(|(why, names)| format!("{}: {why}", listed(names))).collect();
    if late > 0 {
        let names: Vec<String> = outcome.late.iter().map(&name).collect();
        lines.push(format!("{}: Entra agreed, and does not show it yet.", listed(&names)));
    }
    let remedy = "Look at the changes again in some minutes: what is not as it should be is shown there, and can be written once more.";
    let raw = outcome.refused.first().map(|(_, error)| error.explain().raw).unwrap_or_default();
    Some(Problem { raw, ..Problem::new(what, lines.join(" "), remedy) })
}

fn listed(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("“{name}”")).collect();
    names.join(", ")
}

/// Graph says of groups by its words alone what is wrong with them.
fn reason(error: &GraphError) -> String {
    match &error.kind {
        GraphErrorKind::Refused { message, .. } if !message.is_empty() => message.clone(),
        _ => error.explain().why,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(message: &str) -> GraphError {
        let (code, message) = ("Request_BadRequest".to_owned(), message.to_owned());
        let kind = GraphErrorKind::Refused { status: 400, code, message, request_id: "r".to_owned() };
        GraphError { doing: "assign".to_owned(), kind }
    }

    fn told(change: Change, outcome: &Outcome<u8>) -> Option<(String, String)> {
        let problem = left_over(change, outcome, |key| format!("Group {key}"))?;
        Some((problem.what, problem.why))
    }

    #[test]
    fn all_that_were_refused_and_all_that_are_late_are_named() {
        let mail = "Only security enabled groups can be assigned.";
        let outcome = Outcome {
            done: vec![1, 2],
            late: vec![3, 4],
            refused: vec![(5, refused(mail)), (6, refused("No license.")), (7, refused(mail))],
        };
        let words = |what: &str, why: &str| Some((what.to_owned(), why.to_owned()));
        let why = "“Group 5”, “Group 7”: Only security enabled groups can be assigned. “Group 6”: No license. “Group 3”, “Group 4”: Entra \
                   agreed, and does not show it yet.";
        assert_eq!(told(Change::Assign, &outcome), words("3 of 7 could not be assigned.", why));
        assert_eq!(
            told(Change::TakeAway, &outcome),
            words("3 of 7 assignments could not be taken away.", why)
        );
        let late = Outcome { done: vec![1], late: vec![2], refused: Vec::new() };
        let why = "“Group 2”: Entra agreed, and does not show it yet.";
        assert_eq!(told(Change::Assign, &late), words("1 of 2 assignments do not show yet.", why));
        assert_eq!(told(Change::TakeAway, &late), words("1 of 2 assignments show still.", why));
        let whole = Outcome { done: vec![1, 2], late: Vec::new(), refused: Vec::new() };
        assert_eq!(told(Change::Assign, &whole), None);
    }
}
