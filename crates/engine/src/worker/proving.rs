//! Waiting until a fresh token holds what was consented to. Nothing else proves consent, and the sign-in service hears of one late: so
//! it is asked again with the refresh token, and the browser leaves only where that is refused.

use super::message::Event;
use super::work::{application, no_application};
use super::{SignedIn, Told, Worker, arrival, leave};
use crate::entra::consent::{holds, needed};
use crate::entra::graph::{GraphError, GraphErrorKind};
use crate::entra::replication::{Gone, Tried, Waiting, until};
use crate::entra::sign_in::SignInError;
use crate::env::Env;
use crate::problem::Explain as _;
use crate::setup::{Step, Way};
use crate::sheet::Tone;
use crate::stop::Control;
use crate::sync::journal::Journal;

const WORDS: &str = "Asking for a token that holds every permission";

impl<E: Env, J: Journal> Worker<E, J> {
    /// Looks whether the token can hold what is needed by now; signs the person in anew where only that tells.
    pub(super) async fn prove(&self, tell: &dyn Fn(Event)) -> Told {
        let Ok(signed_in) = self.signed_in() else { return self.sign_in_anew(None) };
        // It is being looked at already.
        if self.held.borrow().desk.consent.working.is_some() {
            return Ok(Event::Done);
        }
        let under_way = self.begin()?;
        let control = self.renew(|held| &mut held.managing);
        let way = self.way();
        let ended = self.await_token(&signed_in, way, &control, tell).await;
        let (outcome, problem) = match ended {
            Ok(()) => {
                let text = "It was asked for just now, and lists every permission that is needed.";
                (Some((Tone::Good, "A fresh token holds everything".to_owned(), text.to_owned())), None)
            }
            Err(Gone::Stopped) => (None, None),
            Err(Gone::TimeUp(last)) => {
                let text = "The sign-in service was asked over three minutes. Has somebody consented? Then check again in some \
                            minutes; else grant admin consent, or send the link below.";
                let told = (Tone::Warn, "No fresh token holds everything yet".to_owned(), text.to_owned());
                (Some(told), last.map(|error| error.explain()))
            }
            // What a person at the sign-in service mends nothing of is said here.
            Err(Gone::Failed(error)) if is_lasting(&error) => (None, Some(error.explain())),
            Err(Gone::Failed(error)) => {
                self.note_consent(None, None);
                drop(under_way);
                // What the service wants to see proved is asked for on the way.
                if let GraphErrorKind::SignIn(error) = &error.kind {
                    self.held.borrow_mut().wanted = error.claims();
                }
                return self.sign_in_anew(Some(&signed_in.session.account.username));
            }
        };
        self.held.borrow_mut().desk.consent.outcome = outcome;
        self.note_consent(None, problem);
        drop(under_way);
        Ok(self.sheets(Step::Consent))
    }

    /// Waits until the sign-in service gives a token that holds what a way needs.
    pub(super) async fn await_token(
        &self,
        signed_in: &SignedIn,
        way: Option<Way>,
        control: &Control,
        tell: &dyn Fn(Event),
    ) -> Result<(), Gone> {
        let names: Vec<&str> = needed(way).iter().map(|scope| scope.name).collect();
        self.working(Step::Consent, WORDS, None, tell);
        let wait = |waiting: Waiting| self.working(Step::Consent, WORDS, Some(&waiting), tell);
        until(&self.env, control, &wait, async || {
            match signed_in.session.tokens.again(&self.env, &names).await {
                Ok(scopes) => {
                    let all = names.iter().all(|name| holds(name, &scopes));
                    signed_in.scopes.replace(scopes.clone());
                    tell(Event::Granted(scopes));
                    Ok(if all { Tried::Ready(()) } else { Tried::NotYet(None) })
                }
                Err(SignInError::Refused(error)) if error.lacks_consent() => Ok(Tried::NotYet(None)),
                Err(error @ (SignInError::Busy { .. } | SignInError::Send(_))) => {
                    Ok(Tried::NotYet(Some(failed(error))))
                }
                Err(error) => Err(failed(error)),
            }
        })
        .await
    }

    fn way(&self) -> Option<Way> {
        self.held.borrow().desk.page.as_ref().and_then(|page| page.setup.way)
    }

    /// Only a person can go on: the browser leaves, as at the first sign-in.
    fn sign_in_anew(&self, account: Option<&str>) -> Told {
        let application = self.held.borrow().desk.page.as_ref().and_then(application);
        let application = application.ok_or_else(no_application)?;
        let wanted = self.held.borrow().wanted.clone();
        let scopes = needed(application.way);
        arrival::sign_in(&self.env, &application, Step::Consent, account, scopes, wanted.as_ref()).map(leave)
    }
}

/// Whether it would end the same way with a person at the sign-in service.
const fn is_lasting(error: &GraphError) -> bool {
    matches!(error.kind, GraphErrorKind::SignIn(SignInError::Malformed | SignInError::Address(_)))
}

fn failed(error: SignInError) -> GraphError {
    let doing = "get a token that holds every permission".to_owned();
    GraphError { doing, kind: GraphErrorKind::SignIn(error) }
}
