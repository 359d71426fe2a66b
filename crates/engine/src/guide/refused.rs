//! What a page of Microsoft says when it sends nobody back: the text is pasted, and explained as if it had come in an answer.

use crate::entra::sign_in::{ServerError, SignInError};
use crate::problem::{Explain as _, Problem};
use crate::sheet::{Block, Form, Input, InputKind, Tone};

/// What was pasted in this visit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    text: String,
    error: String,
    told: Option<Problem>,
}

const NO_NUMBER: &str = "There is no error number in this text. On Microsoft’s page it stands behind AADSTS, or below “Troubleshooting details” \
                         as the error code: copy all of it.";

impl Known {
    /// Reads what was pasted.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let text = text.trim();
        let error = ServerError::from_words(text);
        let known = Self { text: error.error_description.clone(), ..Self::default() };
        match error.code() {
            None => Self { error: NO_NUMBER.to_owned(), ..known },
            Some(_) => Self { told: Some(SignInError::Refused(Box::new(error)).explain()), ..known },
        }
    }
}

/// The part of a sheet: where to paste, and what it means.
#[must_use]
pub fn part(known: &Known) -> Block {
    let mut blocks = vec![
        Block::text(
            "Some mistakes Microsoft shows on a page of its own: a wrong address, an unknown application, an account that may \
             not. Copy what it says, come back here with the browser’s Back button, and paste it.",
        ),
        Block::Form {
            id: Form::Refused,
            inputs: vec![Input {
                id: "refused-text".to_owned(),
                label: "What Microsoft’s page says".to_owned(),
                hint: "All of it, or at least the part with AADSTS and its number.".to_owned(),
                kind: InputKind::Lines(known.text.clone()),
                error: known.error.clone(),
            }],
            submit: "Explain it".to_owned(),
        },
    ];
    // The remedy comes first: it is what was asked for.
    blocks.splice(0..0, known.told.clone().map(|problem| Block::Problem(Tone::Warn, problem)));
    Block::Fold {
        id: "refused".to_owned(),
        summary: "Microsoft shows an error, and you do not come back".to_owned(),
        open: *known != Known::default(),
        blocks,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remedy;
    use crate::sheet::Sheet;

    fn told(text: &str) -> Option<(String, String)> {
        Known::read(text).told.map(|problem| (problem.what, problem.why))
    }

    #[test]
    fn a_page_of_microsoft_is_explained_as_an_answer_would_be() {
        let page = "Sign in\nSorry, but we\u{2019}re having trouble signing you in.\nAADSTS50011: The redirect URI 'https://x.example/' \
                    specified in the request does not match the redirect URIs configured for the application.";
        assert_eq!(told(page).unwrap().0, "The application does not know this page's address.");
        let details = "Troubleshooting details\nIf you contact your administrator, send this info to them.\nCopy info to clipboard\n\
                       Request Id: r-1\nCorrelation Id: c-1\nTimestamp: 2026-11-24T08:00:00Z\nMessage: AADSTS700016: Application with \
                       identifier '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d' was not found in the directory 'Contoso'.";
        let text = Known::read(details).told.unwrap().text();
        assert!(text.starts_with("This tenant does not know the application."), "{text}");
        for part in ["trace id: r-1", "correlation id: c-1", "time: 2026-11-24T08:00:00Z"] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }

    #[test]
    fn the_bare_number_of_the_details_will_do() {
        assert_eq!(told("Error Code: 500113").unwrap().0, "The application has no redirect URI.");
        assert_eq!(told("error code 90002 Request Id: 1").unwrap().0, "The tenant was not found.");
        assert_eq!(told("50011").unwrap().0, "The application does not know this page's address.");
        assert_eq!(told("AADSTS4711: new").unwrap().0, remedy::FAILED);
    }

    #[test]
    fn without_a_number_it_says_where_the_number_stands() {
        for text in ["", "Something went wrong", "Correlation Id: 2ff814a6-3304-4ab8-85cb-cd0e6f879c1d 12345"]
        {
            let sheet = Sheet(vec![part(&Known::read(text))]).to_text();
            assert!(sheet.contains("There is no error number in this text."), "{text}: {sheet}");
        }
        assert!(!Sheet(vec![part(&Known::default())]).to_text().contains("no error number"));
    }
}
