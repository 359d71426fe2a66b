//! What must hold for any answer whatever: addresses, error bodies and headers come from outside.

use proptest::prelude::*;
use serde_json::json;

use super::{Challenge, Claims, ServerError, SignInError, elsewhere, read_address};
use crate::entra::clouds;
use crate::http::Response;
use crate::problem::Explain as _;
use crate::remedy;

/// Texts of pieces that mean something in an answer, in any order.
fn pieces(pieces: &'static [&'static str]) -> impl Strategy<Value = String> {
    proptest::collection::vec(
        prop_oneof![proptest::sample::select(pieces).prop_map(str::to_owned), ".{0,3}"],
        0..14,
    )
    .prop_map(|pieces| pieces.concat())
}

const WORDS: &[&str] = &[
    "AADSTS",
    "650053",
    "90038",
    "900439",
    "50076",
    "99999999999",
    ": ",
    "asked for scope '",
    "asked for scope ",
    "' that",
    "belongs to the National Cloud '",
    "China",
    "usgov",
    "Current cloud instance '",
    "Trace ID: ",
    "Correlation ID:",
    "Timestamp:",
    "\r\n",
    "ü",
    "’",
    "/",
];

const HEADER: &[&str] = &[
    "Bearer ",
    "bearer",
    "error",
    "claims",
    "=",
    "\"",
    "\\",
    "insufficient_claims",
    "eyJ",
    "e30=",
    "{\"a\":1}",
    ", ",
    ",",
    " ",
    "Negotiate ",
    "ü",
];

const ADDRESS: &[&str] = &[
    "#",
    "?",
    "&",
    "=",
    "code",
    "state",
    "error",
    "error_description",
    "iss",
    "admin_consent",
    "claims",
    "%7B",
    "%",
    "+",
    "cloud_instance_name",
    "AADSTS650053",
    "ü",
];

fn described(words: String) -> ServerError {
    ServerError { error: "invalid_request".to_owned(), error_description: words, ..ServerError::default() }
}

proptest! {
    #[test]
    fn no_words_of_an_error_make_anything_fall(words in prop_oneof![pieces(WORDS), any::<String>()]) {
        let error = described(words);
        if let Some(scope) = error.unknown_scope() {
            prop_assert!(scope.len() <= 120 && scope.bytes().all(|byte| byte.is_ascii_graphic()));
        }
        for cloud in clouds::built_in() {
            prop_assert!(elsewhere(&error, &cloud).iter().all(|other| other.authority != cloud.authority));
        }
        let told = remedy::sign_in(&error);
        prop_assert!(!told.what.is_empty() && !told.why.is_empty() && !told.todo.is_empty());
        for error in [SignInError::Refused(Box::new(error.clone())), SignInError::Ended(Some(Box::new(error)))] {
            let problem = error.explain();
            prop_assert!(problem.raw.iter().all(|detail| detail.value.chars().count() <= 601));
        }
    }

    #[test]
    fn no_address_makes_anything_fall(text in prop_oneof![pieces(ADDRESS), any::<String>()]) {
        if let Some(answer) = read_address(&text) {
            prop_assert!(answer.state().len() <= text.len() * 3);
        }
    }

    #[test]
    fn no_header_makes_anything_fall(text in prop_oneof![pieces(HEADER), any::<String>()], status in prop_oneof![Just(401), Just(403)]) {
        let headers = vec![("www-authenticate".to_owned(), text)];
        let challenge = Challenge::of(&Response { status, headers, body: Vec::new() });
        if let Some(claims) = challenge.and_then(|challenge| challenge.claims) {
            prop_assert_eq!(Claims::parse(claims.as_str()), Some(claims));
        }
    }

    #[test]
    fn claims_that_are_taken_are_objects_of_bounded_size(text in prop_oneof![any::<String>(), "\\{\"[a-z]{0,9}\":[0-9]{1,9}\\}"]) {
        for claims in [Claims::parse(&text), Claims::unpack(&text)].into_iter().flatten() {
            prop_assert!(claims.as_str().len() <= 4096);
            let value: serde_json::Value = serde_json::from_str(claims.as_str()).unwrap();
            prop_assert!(value.as_object().is_some_and(|object| !object.is_empty()));
        }
    }

    #[test]
    fn an_error_body_is_read_whatever_its_fields_are(
        error in "[a-z_]{1,30}",
        words in any::<String>(),
        codes in proptest::collection::vec(any::<i64>(), 0..12),
        odd in prop_oneof![Just(json!(null)), Just(json!([])), Just(json!({"a": 1})), Just(json!(7))],
    ) {
        let body = json!({
            "error": error, "error_description": words, "error_codes": codes, "suberror": odd, "claims": odd, "trace_id": odd,
            "correlation_id": odd, "timestamp": odd, "cloud_instance_name": odd,
        });
        let read: ServerError = serde_json::from_str(&body.to_string()).unwrap();
        prop_assert_eq!(read.error, error);
        prop_assert!(read.error_codes.len() <= 8 && read.error_description.chars().count() <= 4096);
    }
}
