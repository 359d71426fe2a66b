//! What is told for each AADSTS number, word by word, in `golden/aadsts.txt`.

use std::fmt::Write as _;

use engine::entra::sign_in::{ServerError, SignInError};
use engine::problem::Explain as _;
use engine::remedy;

use super::files;

/// The numbers that administrators meet, in the order of the project's notes on them.
const MET: [u32; 63] = [
    50011, 9_002_326, 9_002_327, 700_025, 7_000_218, 700_016, 700_011, 70001, 90002, 90038, 50194, 50020,
    16000, 50034, 51004, 65001, 65004, 65002, 90094, 90095, 90093, 650_052, 650_056, 650_057, 65005, 500_011,
    70011, 28002, 700_022, 50105, 50076, 50079, 50072, 50074, 50078, 53003, 53000, 53001, 530_032, 53002,
    50097, 50158, 50058, 16003, 700_082, 700_084, 70008, 70043, 50173, 50089, 54005, 501_481, 50147, 501_491,
    50196, 500_021, 500_022, 50002, 7_000_215, 7_000_222, 9_002_332, 50059, 650_053,
];

/// Others that have words of their own.
const OTHERS: [u32; 42] = [
    500_113, 900_971, 500_117, 7_000_112, 90043, 90051, 900_382, 900_432, 900_439, 90019, 90072, 50014,
    500_208, 50053, 50055, 50144, 50057, 650_054, 53004, 530_084, 50005, 50131, 53010, 53011, 530_034,
    530_035, 500_212, 500_213, 50132, 50133, 70000, 50085, 9_002_313, 50033, 50087, 50088, 90006, 90012,
    90024, 90033, 90055, 90090,
];

/// A number that nobody has words for.
const UNKNOWN: u32 = 4_711;

fn error(code: u32) -> ServerError {
    ServerError {
        error: "invalid_request".to_owned(),
        error_description: format!("AADSTS{code}: In the service's words."),
        ..ServerError::default()
    }
}

#[test]
fn each_number_has_its_words() {
    let unknown = SignInError::Refused(Box::new(error(UNKNOWN))).explain();
    let mut text = String::new();
    for code in MET.into_iter().chain(OTHERS) {
        let problem = SignInError::Refused(Box::new(error(code))).explain();
        assert_ne!(problem.why, unknown.why, "AADSTS{code} has no words of its own");
        let next = remedy::sign_in(&error(code)).next;
        writeln!(text, "AADSTS{code}: {}\n  {}\n  What to do: {}", problem.what, problem.why, problem.remedy)
            .unwrap();
        writeln!(text, "  Offered: {next:?}").unwrap();
    }
    writeln!(text, "AADSTS{UNKNOWN}: {}", unknown.text()).unwrap();
    files::check("aadsts.txt", &text);
}

#[test]
fn no_number_stands_twice() {
    let mut all: Vec<u32> = MET.into_iter().chain(OTHERS).collect();
    let length = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), length);
}

/// What differs for a person differs in words: numbers that were told alike once, and are not alike.
#[test]
fn numbers_that_look_alike_are_told_apart() {
    for group in [
        &[16000, 16003, 50020, 50034, 51004][..],
        &[90093, 90094, 90095],
        &[54005, 501_481, 50147, 501_491],
        &[65005, 650_056, 650_057],
        &[70008, 70043, 50089, 50173, 700_082, 700_084],
        &[50072, 50074, 50076, 50078, 50079, 50097, 50158],
        &[53000, 53001, 53002, 53003, 530_032],
        &[700_016, 700_011, 70001],
        &[90002, 90038],
        &[9_002_326, 7_000_218, 50011],
    ] {
        let mut words: Vec<String> = group
            .iter()
            .map(|code| SignInError::Refused(Box::new(error(*code))).explain())
            .map(|problem| format!("{} {}", problem.why, problem.remedy))
            .collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), group.len(), "{group:?}");
    }
}
