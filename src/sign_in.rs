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
    let Some(answer) = navigation::take_answer() else { return };
    let pending =
        storage::take(storage::PENDING).and_then(|text| serde_json::from_str::<Pending>(&text).ok());
    let Some(answer) = read_address(&answer) else { return };
    match (answer, pending) {
        (Answer::Consent { state }, Some(Pending::Consent { state: own, account })) if state == own => {
            show(app, Step::Consent);
            // Having been there proves nothing. A fresh token does.
            sign_in(app, Step::Consent, Some(account.as_str()).filter(|account| !account.is_empty()));
        }
        (Answer::Consent { .. }, _) => {
            show(app, Step::Consent);
            app.arrival.set(Some((Tone::Good, for_a_colleague())));
        }
        (Answer::Refused { error, state }, Some(Pending::Consent { state: own, .. })) if state == own => {
            show(app, Step::Consent);
            app.arrival.set(Some((Tone::Bad, SignInError::Refused(Box::new(error)).explain())));
        }
        (answer, Some(Pending::SignIn(transaction))) => redeem(app, transaction, answer),
        (Answer::Refused { error, .. }, _) => {
            show(app, Step::Register);
            app.arrival.set(Some((Tone::Bad, SignInError::Refused(Box::new(error)).explain())));
        }
        (Answer::Code { .. }, _) => {
            show(app, Step::Register);
            app.arrival.set(Some((Tone::Bad, SignInError::NoTransaction.explain())));
        }
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
        "Microsoft says that consent was given",
        "This browser did not ask for it: you probably opened a link that a colleague sent you.",
        "Tell your colleague to press Check again. You need not do anything else here.",
    )
}
