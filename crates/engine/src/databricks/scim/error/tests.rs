//! How failures are read and told.

use super::*;

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> ScimErrorKind {
    ScimErrorKind::of(&Response {
        status,
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        body: body.as_bytes().to_vec(),
    })
}

fn words(kind: &ScimErrorKind) -> (u16, &str, &str) {
    let ScimErrorKind::Refused { status, code, detail, .. } = kind else { panic!("{kind:?}") };
    (*status, code, detail)
}

#[test]
fn both_error_bodies_are_read() {
    let scim = answer(
        409,
        &[],
        r#"{"schemas":["x"],"status":"409","scimType":"uniqueness","detail":"User exists"}"#,
    );
    assert_eq!(words(&scim), (409, "uniqueness", "User exists"));
    let own =
        answer(429, &[("retry-after", "7")], r#"{"error_code":"RESOURCE_EXHAUSTED","message":"slow down"}"#);
    assert_eq!(words(&own), (429, "RESOURCE_EXHAUSTED", "slow down"));
    assert!(matches!(own, ScimErrorKind::Refused { retry_after: Some(7), .. }));
    assert_eq!(words(&answer(500, &[], r#"{"detail":"null"}"#)), (500, "", ""));
    assert_eq!(words(&answer(503, &[], "")), (503, "", ""));
    assert_eq!(words(&answer(400, &[], "INVALID: no")), (400, "", "INVALID: no"));
    assert_eq!(answer(502, &[("content-type", "text/html")], "<html>"), ScimErrorKind::Page(502));
}

#[test]
fn the_relays_own_refusals_are_told_from_databricks() {
    let refusal = answer(
        403,
        &[("x-scim-setup-relay", "host"), LINE],
        r#"{"relay":"host","message":"not on the list"}"#,
    );
    assert_eq!(
        refusal,
        ScimErrorKind::Relay {
            code: "host".to_owned(),
            message: "not on the list".to_owned(),
            status: 403,
            line: "c0ffee".to_owned(),
            retry_after: None,
        }
    );
}

const LINE: (&str, &str) = ("x-scim-setup-request", "c0ffee");

#[test]
fn the_line_in_the_relays_log_stands_among_the_details() {
    let details = |kind: ScimErrorKind| {
        let error = ScimError { doing: "list the users".to_owned(), kind };
        error.explain().raw.into_iter().map(|it| (it.name, it.value)).collect::<Vec<_>>()
    };
    let own = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        details(answer(403, &[("x-scim-setup-relay", "host"), LINE], "{}")),
        [own("relay", "host"), own("x-scim-setup-request", "c0ffee")]
    );
    let refused = r#"{"error_code":"PERMISSION_DENIED","message":"no"}"#;
    assert_eq!(
        details(answer(403, &[("x-request-id", "d-1"), LINE], refused)),
        [
            own("status", "403"),
            own("code", "PERMISSION_DENIED"),
            own("message", "no"),
            own("x-request-id", "d-1"),
            own("x-scim-setup-request", "c0ffee")
        ]
    );
    // Without a relay there is no such line.
    assert_eq!(details(answer(403, &[], "{}")), [own("status", "403")]);
}

#[test]
fn a_500_that_means_too_fast_has_no_effect() {
    let throttled = answer(500, &[], r#"{"detail":"REQUEST_LIMIT_EXCEEDED: too many"}"#);
    assert!(throttled.is_throttled() && throttled.is_passing());
    assert_eq!(throttled.effect(), Effect::None);
    assert_eq!(answer(500, &[], "{}").effect(), Effect::Unknown);
    assert_eq!(answer(400, &[], "{}").effect(), Effect::None);
    let cut = ScimErrorKind::Send(SendError::new(SendErrorKind::TimedOut, ""));
    assert_eq!(cut.effect(), Effect::Unknown);
}
