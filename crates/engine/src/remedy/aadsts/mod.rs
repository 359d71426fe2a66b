//! AADSTS numbers, one by one: what happened, why, what to do.
//!
//! What the numbers mean is from the identity platform's page `reference-error-codes`; it says itself that numbers change, so
//! nothing but words and offers hangs on them.

mod account;
mod application;
mod permission;
mod policy;
mod session;

use super::sign_in::Next;

/// Numbers that mean the same to a person, and what to tell them.
pub(super) struct Row {
    pub(super) codes: &'static [u32],
    pub(super) next: Next,
    pub(super) what: &'static str,
    pub(super) why: &'static str,
    pub(super) todo: &'static str,
}

const fn row(
    codes: &'static [u32],
    next: Next,
    what: &'static str,
    why: &'static str,
    todo: &'static str,
) -> Row {
    Row { codes, next, what, why, todo }
}

const ALL: [&[Row]; 5] = [application::ROWS, account::ROWS, permission::ROWS, policy::ROWS, session::ROWS];

/// The row of a number.
pub(super) fn find(code: u32) -> Option<&'static Row> {
    ALL.iter().copied().flatten().find(|row| row.codes.contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_stands_in_two_rows() {
        let mut codes: Vec<u32> =
            ALL.iter().copied().flatten().flat_map(|row| row.codes.iter().copied()).collect();
        let all = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), all);
        assert!(all >= 100, "{all}");
    }

    #[test]
    fn no_two_rows_say_the_same() {
        let mut words: Vec<(&str, &str)> =
            ALL.iter().copied().flatten().map(|row| (row.why, row.todo)).collect();
        let all = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), all);
    }
}
