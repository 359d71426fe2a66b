//! The trips to the sign-in service and back.

mod ways;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::message::{Application, Arrival};
use crate::entra::clouds::Cloud;
use crate::entra::consent::{self, Scope};
use crate::entra::sign_in::{
    Answer, Claims, Session, SignInError, SignInRequest, Transaction, begin, begin_without, complete,
    read_address,
};
use crate::env::Env;
use crate::guide::register::Elsewhere;
use crate::problem::{Explain as _, Problem};
use crate::setup::Step;

/// What is kept while the browser is away.
#[derive(Serialize, Deserialize)]
enum Pending {
    /// A person signs in.
    SignIn(Box<Transaction>),
    /// An administrator consents; then the same person signs in again, for a token that shows it.
    Consent { state: String, account: String },
}

/// Where to send the browser to sign in, and what to keep meanwhile.
pub(super) fn sign_in(
    env: &impl Env,
    application: &Application,
    step: Step,
    account: Option<&str>,
    scopes: &[Scope],
    claims: Option<&Claims>,
) -> Result<(String, String), Problem> {
    let scopes: Vec<&str> = scopes.iter().map(|scope| scope.name).collect();
    let request = SignInRequest {
        cloud: &application.cloud,
        tenant: &application.tenant,
        client: &application.client,
        redirect_uri: &application.redirect_uri,
        scopes: &scopes,
        step,
        login_hint: account,
        claims,
    };
    let (address, transaction) = begin(env, &request).map_err(|error| error.explain())?;
    Ok((address, record(&Pending::SignIn(Box::new(transaction)))?))
}

/// Where to send an administrator to consent, and what to keep meanwhile.
pub(super) fn ask_consent(
    env: &impl Env,
    application: &Application,
    account: String,
) -> Result<(String, String), Problem> {
    let state = consent::consent_state(env);
    let Application { cloud, tenant, client, redirect_uri, way } = application;
    let scopes: Vec<&str> = consent::needed(*way).iter().map(|scope| scope.name).collect();
    let address = consent::admin_consent_url(cloud, tenant, client, redirect_uri, &scopes, &state);
    Ok((address, record(&Pending::Consent { state, account })?))
}

fn record(pending: &Pending) -> Result<String, Problem> {
    serde_json::to_string(pending).map_err(|error| {
        Problem::new("Signing in is not possible.", "The record of it cannot be written.", "Reload the page.")
            .detail("error", error.to_string())
    })
}

/// What came back, as far as it can be told without asking anybody.
pub(super) enum Back {
    /// It is an answer to what this visit asked: the record is used up.
    Own(Own),
    /// It is not. The record, if there is one, stays as it is.
    Stray(Box<Arrival>),
}

/// What to do with an answer to what this visit asked.
pub(super) enum Own {
    /// Redeem it.
    Redeem(Box<Transaction>, Box<Answer>),
    /// Consent was refused.
    Declined(Box<SignInError>),
    /// It says all there is to know.
    Told(Box<Arrival>),
}

/// What became of an answer.
pub(super) enum Redeemed {
    /// Somebody signed in, to come back to this step.
    Session(Step, Box<Session>),
    /// Sign in once more, in another way: where to, and what to keep.
    Leave(String, String),
    /// It was not successful: what to tell, what the next sign-in has to prove, and where the tenant lives instead.
    Told(Box<Arrival>, Option<Claims>, Option<Elsewhere>),
}

/// Compares an answer with the record. Nothing, when the address holds no answer.
pub(super) fn sort(text: &str, kept: Option<&str>) -> Option<Back> {
    let answer = read_address(text)?;
    // Anybody can make a link with an answer in it. What this page did not ask for neither ends what is under way nor
    // shows a word of the address.
    if kept.and_then(state_of).is_none_or(|own| own != answer.state()) {
        return Some(Back::Stray(Box::new(stray(&answer, kept.is_some()))));
    }
    let own = match (answer, kept.and_then(|text| serde_json::from_str(text).ok())) {
        (Answer::Consent { .. }, Some(Pending::Consent { account, .. })) => {
            Own::Told(Box::new(Arrival::Consented { account }))
        }
        (Answer::Refused { error, .. }, Some(Pending::Consent { .. })) => {
            Own::Declined(Box::new(SignInError::Refused(error)))
        }
        (answer, Some(Pending::SignIn(transaction))) => Own::Redeem(transaction, Box::new(answer)),
        (_, None | Some(Pending::Consent { .. })) => {
            Own::Told(Box::new(told(Step::Register, SignInError::NoTransaction.explain())))
        }
    };
    Some(Back::Own(own))
}

/// Redeems an answer: the session, another attempt, or why there is none.
pub(super) async fn redeem(
    env: &impl Env,
    cloud: &Cloud,
    transaction: Transaction,
    answer: Answer,
) -> Redeemed {
    let step = transaction.step;
    let mut error = match complete(env, cloud, &transaction, answer).await {
        Ok(session) => return Redeemed::Session(step, Box::new(session)),
        Err(error) => error,
    };
    if let SignInError::Refused(refusal) = &error {
        match begin_without(env, cloud, &transaction, refusal) {
            Ok(None) => {}
            Ok(Some((address, transaction))) => {
                return match record(&Pending::SignIn(Box::new(transaction))) {
                    Ok(kept) => Redeemed::Leave(address, kept),
                    Err(problem) => Redeemed::Told(Box::new(told(step, problem)), None, None),
                };
            }
            Err(other) => error = other,
        }
    }
    // What was wanted once is wanted until a sign-in succeeds.
    let claims = error.claims().or_else(|| transaction.claims());
    let clouds = ways::others(&error, cloud);
    let (tenant, client) = (transaction.tenant.clone(), transaction.client.clone());
    let elsewhere = (!clouds.is_empty()).then_some(Elsewhere { clouds, sure: false, tenant, client });
    Redeemed::Told(Box::new(refused(step, &error, cloud, transaction.login_hint.clone())), claims, elsewhere)
}

/// Somebody signed in: who, and with what.
pub(super) fn signed_in(step: Step, session: &Session) -> Arrival {
    Arrival::SignedIn { step, account: session.account.clone(), scopes: session.scopes.clone() }
}

/// What to know about that, if anything.
pub(super) fn remark(step: Step, session: &Session) -> Option<Arrival> {
    // From the step of the registration the way leads on.
    let step = if step == Step::Register { Step::Consent } else { step };
    ways::remark(session).map(|note| Arrival::Told { step: Some(step), failed: false, note })
}

/// Somebody has to sign in again in the middle of something. What failed for it says so itself.
pub(super) fn ended(error: &SignInError, cloud: &Cloud, account: String) -> Arrival {
    Arrival::Told { step: None, failed: false, note: ways::note(error, cloud, Some(account)) }
}

/// A refusal, with the way on from it.
pub(super) fn refused(step: Step, error: &SignInError, cloud: &Cloud, account: Option<String>) -> Arrival {
    // Whoever was named when the sign-in began was signed in, and left the page with all that it held.
    let left = account.is_some();
    let mut note = ways::note(error, cloud, account);
    if left && note.button.is_empty() {
        note.problem.remedy.push_str(" The way there ended your sign-in on this page: to go on without, sign in again at “Register the application”.");
    }
    Arrival::Told { step: Some(step), failed: true, note }
}

fn told(step: Step, problem: Problem) -> Arrival {
    Arrival::Told { step: Some(step), failed: true, note: problem.into() }
}

/// The state in the record of what is under way, of either kind.
fn state_of(kept: &str) -> Option<String> {
    /// Nonce and verifier are passed over, so that no copy of them is made.
    #[derive(Deserialize)]
    struct Record {
        state: String,
    }
    let kept: BTreeMap<String, Record> = serde_json::from_str(kept).ok()?;
    kept.into_values().next().map(|record| record.state).filter(|state| !state.is_empty())
}

/// What to show for an answer that this page did not ask for.
fn stray(answer: &Answer, waiting: bool) -> Arrival {
    match answer {
        // Nothing is under way here: this is the browser of somebody who was asked to consent, and to nothing else.
        Answer::Consent { .. } if !waiting => Arrival::Thanks(thanks()),
        Answer::Consent { .. } => {
            Arrival::Told { step: Some(Step::Consent), failed: false, note: for_a_colleague().into() }
        }
        _ if waiting => told(Step::Register, SignInError::Foreign.explain()),
        Answer::Refused { .. } => told(Step::Register, refused_elsewhere()),
        _ => told(Step::Register, SignInError::NoTransaction.explain()),
    }
}

fn thanks() -> Problem {
    Problem::new(
        "Thank you: you can close this window",
        "This address says that consent was given. Whether it was, your colleague finds out: this browser did not ask for it, and \
         keeps nothing of it.",
        "Tell your colleague to press Check again. You need not do anything else here.",
    )
}

fn for_a_colleague() -> Problem {
    Problem::new(
        "This address says that consent was given",
        "This browser did not ask for it, so that may be true or not: you probably opened a link that a colleague sent \
         you and consented there.",
        "Tell your colleague to press Check again, which finds out. You need not do anything else here.",
    )
}

fn refused_elsewhere() -> Problem {
    Problem::new(
        "This address says that something was refused",
        "This browser did not ask for it: you may have opened a link that a colleague sent you, and declined there. Nothing was \
         changed.",
        "If so, tell your colleague that the consent is not given. If you were signing in here yourself, sign in again.",
    )
}

#[cfg(test)]
mod tests {
    use super::super::message::Note;
    use super::*;
    use crate::entra::sign_in::ServerError;

    #[test]
    fn the_state_of_what_is_under_way_is_found() {
        let consent = Pending::Consent { state: "s1".to_owned(), account: "ada@contoso.example".to_owned() };
        assert_eq!(state_of(&record(&consent).unwrap()).as_deref(), Some("s1"));
        let sign_in = r#"{"SignIn":{"state":"s2","nonce":"n","verifier":"v"}}"#;
        assert_eq!(state_of(sign_in).as_deref(), Some("s2"));
        for none in ["", "{}", "null", r#"{"SignIn":{}}"#, r#"{"SignIn":{"state":""}}"#, r#"{"state":"s"}"#] {
            assert_eq!(state_of(none), None, "{none}");
        }
    }

    fn stray_of(text: &str, kept: Option<&str>) -> Arrival {
        match sort(text, kept) {
            Some(Back::Stray(arrival)) => *arrival,
            Some(Back::Own(_)) => panic!("taken for an answer to a question of this visit"),
            None => panic!("no answer"),
        }
    }

    #[test]
    fn a_stray_answer_shows_no_word_of_the_address() {
        let text = "#error=access_denied&error_description=Call+0800-EVIL&error_subcode=evil&state=EVIL";
        let pending = record(&Pending::Consent { state: "s1".to_owned(), account: String::new() }).unwrap();
        for (kept, expected) in
            [(Some(pending.as_str()), SignInError::Foreign.explain()), (None, refused_elsewhere())]
        {
            let Arrival::Told { step, failed: true, note: Note { problem, button, account } } =
                stray_of(text, kept)
            else {
                panic!("not refused")
            };
            assert_eq!((step, button, account), (Some(Step::Register), String::new(), None));
            assert_eq!(problem, expected);
            assert!(!problem.text().contains("EVIL"), "{}", problem.text());
        }
        let Arrival::Told { step, failed: false, note } =
            stray_of("?admin_consent=True&state=EVIL", Some(&pending))
        else {
            panic!("not a stray consent")
        };
        assert_eq!(step, Some(Step::Consent));
        assert_eq!(note.problem.what, "This address says that consent was given");
        let Arrival::Thanks(problem) = stray_of("?admin_consent=True&state=EVIL&tenant=EVIL", None) else {
            panic!("not thanked")
        };
        assert_eq!(problem.what, "Thank you: you can close this window");
        assert!(!problem.text().contains("EVIL"), "{}", problem.text());
    }

    #[test]
    fn whoever_left_a_later_step_is_told_that_the_sign_in_has_ended() {
        let cloud = crate::entra::clouds::built_in().remove(0);
        let refusal = |code| {
            SignInError::Refused(Box::new(ServerError { error_codes: vec![code], ..ServerError::default() }))
        };
        let account = || "uma@contoso.example".to_owned();
        let says = |arrival: Arrival| match arrival {
            Arrival::Told { note, .. } => note.problem.remedy.contains("ended your sign-in on this page"),
            other => panic!("not told: {other:?}"),
        };
        let blocked = refusal(53003);
        assert!(says(refused(Step::Scope, &blocked, &cloud, Some(account()))));
        // Nobody was signed in before, also where the way leads back to a later step; and who stayed on the page has left nothing.
        assert!(!says(refused(Step::Register, &blocked, &cloud, None)));
        assert!(!says(refused(Step::Sync, &blocked, &cloud, None)));
        assert!(!says(ended(&blocked, &cloud, account())));
        // Where another attempt is the way on, its button says so.
        assert!(!says(refused(Step::Scope, &refusal(65004), &cloud, Some(account()))));
    }

    #[test]
    fn an_answer_to_a_consent_is_told_from_others() {
        let pending =
            record(&Pending::Consent { state: "s1".to_owned(), account: "ada@contoso.example".to_owned() })
                .unwrap();
        let own = |text: &str| match sort(text, Some(&pending)) {
            Some(Back::Own(own)) => own,
            _ => panic!("not an answer of this visit: {text}"),
        };
        let Own::Told(consented) = own("?admin_consent=True&state=s1") else { panic!("not told") };
        assert_eq!(*consented, Arrival::Consented { account: "ada@contoso.example".to_owned() });
        let declined = "?error=access_denied&error_description=AADSTS65004%3a+declined&state=s1";
        let Own::Declined(error) = own(declined) else { panic!("not declined") };
        assert_eq!(error.server().and_then(ServerError::code), Some(65004));
        // A code where a consent was asked for is not redeemed.
        let Own::Told(mixed) = own("#code=c&state=s1") else { panic!("redeemed") };
        assert!(matches!(*mixed, Arrival::Told { step: Some(Step::Register), failed: true, .. }));
        assert!(sort("#/consent", Some(&pending)).is_none());
    }
}
