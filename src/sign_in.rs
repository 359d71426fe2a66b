//! The trips to the sign-in service and back.

use engine::entra::consent::{self, DIRECT_SYNC};
use engine::entra::directory;
use engine::entra::graph::Graph;
use engine::entra::sign_in::{
    Answer, SignInError, SignInRequest, Transaction, begin, complete, read_address,
};
use engine::problem::{Explain as _, Problem};
use engine::setup::Step;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use web_sys::js_sys::futures::spawn_local;

use crate::browser::env::Browser;
use crate::browser::{navigation, storage};
use crate::parts::Tone;
use crate::state::App;

/// What is kept while the browser is away.
#[derive(Serialize, Deserialize)]
enum Pending {
    /// A person signs in.
    SignIn(Transaction),
    /// An administrator consents; then the same person signs in again, for a token that shows it.
    Consent { state: String, account: String },
}

/// Leaves to sign in, at the step to come back to. `account` goes on with a known account without asking.
pub(crate) fn sign_in(app: App, step: Step, account: Option<&str>) {
    let cloud = app.cloud();
    let (tenant, client) = app.setup.with_untracked(|setup| (setup.tenant.clone(), setup.client.clone()));
    let (Some(tenant), Some(client)) = (tenant, client) else {
        app.go(Step::Register);
        return;
    };
    let scopes: Vec<&str> = match step {
        Step::Register => consent::SIGN_IN,
        _ => DIRECT_SYNC,
    }
    .iter()
    .map(|scope| scope.name)
    .collect();
    let request = SignInRequest {
        cloud: &cloud,
        tenant: &tenant,
        client: &client,
        redirect_uri: &navigation::base(),
        scopes: &scopes,
        step,
        login_hint: account,
    };
    match begin(&Browser, &request) {
        Ok((address, transaction)) => leave(app, &address, &Pending::SignIn(transaction)),
        Err(error) => app.arrival.set(Some((Tone::Bad, error.explain()))),
    }
}

/// Leaves for the page where an administrator consents.
pub(crate) fn ask_consent(app: App) {
    let state = consent::consent_state(&Browser);
    if let Some(address) = consent_address(app, &state) {
        let account = app.account().unwrap_or_default();
        leave(app, &address, &Pending::Consent { state, account });
    }
}

/// The address where an administrator consents: for this person, or for a colleague.
pub(crate) fn consent_address(app: App, state: &str) -> Option<String> {
    let cloud = app.cloud();
    app.setup.with(|setup| {
        let (tenant, client) = (setup.tenant.as_ref()?, setup.client.as_ref()?);
        Some(consent::admin_consent_url(&cloud, tenant, client, &navigation::base(), DIRECT_SYNC, state))
    })
}

fn leave(app: App, address: &str, pending: &Pending) {
    let kept = serde_json::to_string(pending).is_ok_and(|text| storage::put(storage::PENDING, &text));
    if !kept {
        let problem = Problem::new(
            "Signing in is not possible in this window.",
            "The browser keeps nothing while the page is away, so the answer could not be matched to this visit.",
            "Allow this site to keep data (session storage), or use a window that is not private.",
        );
        app.arrival.set(Some((Tone::Bad, problem)));
        return;
    }
    app.away.set(true);
    navigation::leave(address);
}

/// Takes what the sign-in service sent along, if the browser came back from there just now.
pub(crate) fn arrive(app: App) {
    let Some(answer) = navigation::take_answer().and_then(|text| read_address(&text)) else { return };
    let kept = storage::get(storage::PENDING);
    // Anybody can make a link with an answer in it. What this page did not ask for neither ends what is under way nor
    // shows a word of the address.
    if kept.as_deref().and_then(state_of).is_none_or(|own| own != answer.state()) {
        let (step, tone, problem) = stray(&answer, kept.is_some());
        show(app, step);
        app.arrival.set(Some((tone, problem)));
        return;
    }
    storage::remove(storage::PENDING);
    match (answer, kept.and_then(|text| serde_json::from_str(&text).ok())) {
        (Answer::Consent { .. }, Some(Pending::Consent { account, .. })) => {
            show(app, Step::Consent);
            // Having been there proves nothing. A fresh token does.
            sign_in(app, Step::Consent, Some(account.as_str()).filter(|account| !account.is_empty()));
        }
        (Answer::Refused { error, .. }, Some(Pending::Consent { .. })) => {
            show(app, Step::Consent);
            app.arrival.set(Some((Tone::Bad, SignInError::Refused(Box::new(error)).explain())));
        }
        (answer, Some(Pending::SignIn(transaction))) => redeem(app, transaction, answer),
        (_, None | Some(Pending::Consent { .. })) => {
            show(app, Step::Register);
            app.arrival.set(Some((Tone::Bad, SignInError::NoTransaction.explain())));
        }
    }
}

/// The state in the record of what is under way, of either kind.
fn state_of(kept: &str) -> Option<String> {
    let kept: Value = serde_json::from_str(kept).ok()?;
    let record = kept.as_object()?.values().next()?;
    record.get("state")?.as_str().filter(|state| !state.is_empty()).map(str::to_owned)
}

/// What to show for an answer that this page did not ask for.
fn stray(answer: &Answer, waiting: bool) -> (Step, Tone, Problem) {
    match answer {
        Answer::Consent { .. } => (Step::Consent, Tone::Plain, for_a_colleague()),
        _ if waiting => (Step::Register, Tone::Bad, SignInError::Foreign.explain()),
        _ => (Step::Register, Tone::Bad, SignInError::NoTransaction.explain()),
    }
}

fn redeem(app: App, transaction: Transaction, answer: Answer) {
    let step = transaction.step;
    show(app, step);
    app.away.set(true);
    spawn_local(async move {
        let cloud = app.cloud();
        let session = complete(&Browser, &cloud, transaction, answer).await;
        app.away.set(false);
        match session {
            Ok(session) => {
                app.signed_in(session);
                app.say("Signed in.");
                if step == Step::Register {
                    app.go(Step::Consent);
                }
                name_tenant(app).await;
            }
            Err(error) => app.arrival.set(Some((Tone::Bad, error.explain()))),
        }
    });
}

/// The tenant's name is a courtesy: without it the id is shown.
async fn name_tenant(app: App) {
    let Some(session) = app.session() else { return };
    let cloud = app.cloud();
    let graph = Graph { env: &Browser, cloud: &cloud, tokens: &session.tokens };
    if let Ok(Some(name)) = directory::tenant_name(&graph).await {
        app.tenant_name.set(Some(name));
    }
}

fn show(app: App, step: Step) {
    navigation::replace(step.id());
    app.step.set(step);
}

fn for_a_colleague() -> Problem {
    Problem::new(
        "This address says that consent was given",
        "This browser did not ask for it, so that may be true or not: you probably opened a link that a colleague sent \
         you and consented there.",
        "Tell your colleague to press Check again, which finds out. You need not do anything else here.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_of_what_is_under_way_is_found() {
        let consent = Pending::Consent { state: "s1".to_owned(), account: "ada@contoso.example".to_owned() };
        assert_eq!(state_of(&serde_json::to_string(&consent).unwrap()).as_deref(), Some("s1"));
        let sign_in = r#"{"SignIn":{"state":"s2","nonce":"n","verifier":"v"}}"#;
        assert_eq!(state_of(sign_in).as_deref(), Some("s2"));
        for none in ["", "{}", "null", r#"{"SignIn":{}}"#, r#"{"SignIn":{"state":""}}"#, r#"{"state":"s"}"#] {
            assert_eq!(state_of(none), None, "{none}");
        }
    }

    #[test]
    fn a_stray_answer_shows_no_word_of_the_address() {
        let text = "#error=access_denied&error_description=Call+0800-EVIL&error_subcode=evil&state=EVIL";
        let refused = read_address(text).unwrap();
        for (waiting, expected) in [(true, SignInError::Foreign), (false, SignInError::NoTransaction)] {
            let (step, tone, problem) = stray(&refused, waiting);
            assert_eq!((step, tone), (Step::Register, Tone::Bad));
            assert_eq!(problem, expected.explain());
            assert!(!problem.text().contains("EVIL"), "{}", problem.text());
        }
        let consent = read_address("?admin_consent=True&state=EVIL").unwrap();
        let (step, tone, problem) = stray(&consent, true);
        assert_eq!((step, tone), (Step::Consent, Tone::Plain));
        assert_eq!(problem.what, "This address says that consent was given");
    }
}
