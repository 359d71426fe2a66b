//! Making, completing and removing the application for runs on a schedule.

use std::cell::Cell;

use super::failure::{Failure, other_kind};
use super::message::Event;
use super::work::Work;
use super::{Told, Worker};
use crate::entra::consent::graph_api;
use crate::entra::graph::Graph;
use crate::entra::ids::{ClientId, Guid};
use crate::entra::registration::{
    Application, Kind, Life, MakeError, MendError, Order, Owners, RemoveError, SecretError, Stage, holders,
    leftovers, make, new_secret, owners, principal, remove, shows, tidy,
};
use crate::entra::replication::{Gone, Waiting};
use crate::env::Env;
use crate::guide::unattended::{Fresh, Left, Made, Ordered, Seen, Tagged, There};
use crate::problem::{Explain as _, Problem};
use crate::setup::Step;
use crate::stop::Wish;
use crate::sync::journal::Journal;

impl<E: Env, J: Journal> Worker<E, J> {
    /// Takes what was ordered, and shows what will be made.
    pub(super) fn order(&self, name: &str, roles: Vec<String>) -> Event {
        let mut held = self.held.borrow_mut();
        let known = &mut held.desk.unattended;
        known.problem = (name.trim().is_empty() || roles.is_empty()).then(|| {
            Problem::new(
                "Something is missing.",
                "The application needs a name, and at least one permission: without any it can do nothing.",
                "Fill in the name and tick what the runs need.",
            )
        });
        if known.problem.is_none() {
            known.ordered = Some(Ordered { name: name.trim().to_owned(), roles });
        }
        drop(held);
        self.sheets(Step::Register)
    }

    pub(super) async fn make(
        &self,
        work: &Work<'_, E>,
        name: &str,
        roles: &[String],
        adopt: Option<&ClientId>,
        tell: &dyn Fn(Event),
    ) -> Result<(), Failure> {
        let says = |stage: Stage, waiting: Option<Waiting>| self.making(stage.says(), waiting.as_ref(), tell);
        self.making(Stage::Looking.says(), None, tell);
        let api = graph_api(&work.graph).await?;
        let names: Vec<&str> = roles.iter().map(String::as_str).collect();
        let recorded = work.page.setup.unattended.as_ref();
        let page = Some(&work.client);
        let order = Order { name, roles: &names, recorded, accepted: adopt, page };
        let made = match make(&work.graph, work.control, &says, &api, &order).await {
            Ok(made) => made,
            // A person has to say whether it may be used.
            Err(MakeError::There(found)) => {
                let you = self.signed_in()?.session.account.id.clone();
                let mut there = Vec::new();
                for it in &found {
                    let holders = holders(&work.graph, &api, it).await?;
                    let (name, client) = (it.display_name.clone(), it.client_id());
                    there.push(There { name, client, holders, you: you.clone() });
                }
                self.held.borrow_mut().desk.unattended.there = there;
                return Ok(());
            }
            Err(MakeError::Mend(MendError::Changed(_))) => {
                let problem = Problem::new(
                    "The application has changed meanwhile.",
                    "Somebody else works on it at the same time, and what is open now is not what was shown.",
                    "Wait until they are done, then make it again.",
                );
                return Err(problem.into());
            }
            Err(MakeError::OtherKind(application) | MakeError::Mend(MendError::OtherKind(application))) => {
                return Err(other_kind(&application, Kind::Unattended).into());
            }
            Err(MakeError::Mend(MendError::Gone(gone)) | MakeError::Gone(gone)) => return Err(gone.into()),
        };
        let refused = made.granted.refused.iter().map(|(name, error)| (name.clone(), error.explain().why));
        let unknown = made
            .granted
            .unknown
            .iter()
            .map(|name| (name.clone(), "Microsoft Graph in this cloud does not offer it.".to_owned()));
        let standing = &made.granted.standing;
        let more = standing.roles.iter().chain(&standing.others).map(|role| &role.name);
        let shown = Made {
            name: made.application.display_name.clone(),
            client: made.application.client_id(),
            adopted: made.adopted,
            holds: roles.iter().filter(|name| standing.has_role(name)).cloned().collect(),
            more: more.filter(|name| !roles.contains(name)).cloned().collect(),
            refused: refused.chain(unknown).collect(),
        };
        // A record for another application says nothing of this one's secret.
        let setup = &work.page.setup;
        let same = setup.unattended.as_ref() == Some(&shown.client);
        let secret_ends = setup.unattended_secret_ends.clone().filter(|_| same);
        tell(Event::Unattended { client: shown.client.clone(), secret_ends });
        let mut held = self.held.borrow_mut();
        held.desk.unattended.ordered = None;
        held.desk.unattended.there = Vec::new();
        held.desk.unattended.made = Some(shown);
        Ok(())
    }

    /// Makes a secret of so many days.
    pub(super) async fn secret(
        &self,
        work: &Work<'_, E>,
        days: &str,
        tell: &dyn Fn(Event),
    ) -> Result<(), Failure> {
        let made = self.held.borrow().desk.unattended.made.clone();
        let (Some(made), Some(life)) = (made, days.parse().ok().and_then(Life::days)) else { return Ok(()) };
        const WORDS: &str = "Making a secret";
        self.held.borrow_mut().desk.unattended.left = None;
        self.making(WORDS, None, tell);
        let says = |waiting: Waiting| self.making(WORDS, Some(&waiting), tell);
        let (secret, lost) = new_secret(&work.graph, work.control, &says, &made.client, life).await;
        let outcome = match secret {
            Ok(secret) => {
                let (client, secret_ends) = (made.client.clone(), Some(secret.ends.clone()));
                tell(Event::Unattended { client, secret_ends });
                let (value, ends, is_shown) = (secret.value, secret.ends, Cell::new(false));
                let fresh = Fresh { value, ends, seen: Seen::Looking, is_shown };
                self.held.borrow_mut().desk.unattended.secret = Some(fresh);
                // The person carries theirs away meanwhile.
                self.watch_secret(work, &made.client, &secret.key_id, tell).await;
                Ok(())
            }
            Err(error) => Err(no_secret(error).of(&format!("make a secret for “{}”", made.name))),
        };
        if !lost.is_empty() {
            self.making("Looking for a secret whose answer was lost", None, tell);
            let left = tidy(&work.graph, work.control, &made.client, lost).await;
            if !left.is_empty() {
                let left = Left { name: made.name, client: made.client, secrets: left.names().to_vec() };
                self.held.borrow_mut().desk.unattended.left = Some(left);
            }
        }
        outcome
    }

    /// Looks whether a fresh secret shows by now, as long as the person looks at it. It is theirs already, so nothing here can fail.
    async fn watch_secret(&self, work: &Work<'_, E>, client: &ClientId, key: &Guid, tell: &dyn Fn(Event)) {
        const WORDS: &str = "Looking whether the directory shows the secret yet";
        if self.held.borrow().desk.step != Some(Step::Register) {
            return;
        }
        // Ended by itself where the person goes on, so that what is lost is looked for all the same.
        let looking = self.renew(|held| &mut held.asking);
        self.making(WORDS, None, tell);
        let says = |waiting: Waiting| self.making(WORDS, Some(&waiting), tell);
        let seen = shows(&work.graph, &looking, &says, client, key).await;
        if let Some(fresh) = &mut self.held.borrow_mut().desk.unattended.secret {
            fresh.seen = if seen { Seen::There } else { Seen::NotYet };
        }
    }

    pub(super) async fn list(&self, work: &Work<'_, E>, tell: &dyn Fn(Event)) -> Result<(), Failure> {
        self.making("Looking for what this wizard made", None, tell);
        let found = work.control.unless_stopped(leftovers(&work.graph)).await.map_err(Gone::from)??;
        let tagged = found.into_iter().map(|it| Tagged {
            kind: it.kind,
            name: it.application.display_name.clone(),
            client: it.application.client_id(),
            odd: if !it.is_tagged {
                "half made, without the wizard’s tag".to_owned()
            } else if !it.has_principal {
                "half made, without a service principal".to_owned()
            } else if it.application.client_id() == work.client {
                "this page is signed in with it".to_owned()
            } else if it.kind == Kind::Page
                && !(it.application.password_credentials.is_empty()
                    && it.application.key_credentials.is_empty())
            {
                "holds a secret or a certificate that it should not have".to_owned()
            } else if it.application.password_credentials.len() > 1 {
                // The page that asked for one may have been closed before it came.
                let count = it.application.password_credentials.len();
                format!("holds {count} secrets, of which some may serve nobody")
            } else {
                String::new()
            },
        });
        self.held.borrow_mut().desk.unattended.tagged = Some(tagged.collect());
        Ok(())
    }

    pub(super) async fn remove(
        &self,
        work: &Work<'_, E>,
        client: &ClientId,
        sure: bool,
        tell: &dyn Fn(Event),
    ) -> Result<(), Failure> {
        if !sure {
            self.held.borrow_mut().desk.unattended.removing = Some(client.clone());
            return Ok(());
        }
        const WORDS: &str = "Removing the registration";
        self.making(WORDS, None, tell);
        let says = |waiting: Waiting| self.making(WORDS, Some(&waiting), tell);
        remove(&work.graph, work.control, &says, client, &work.client).await.map_err(not_removed)?;
        {
            let mut held = self.held.borrow_mut();
            let known = &mut held.desk.unattended;
            known.removing = None;
            if known.made.as_ref().is_some_and(|made| made.client == *client) {
                known.made = None;
            }
        }
        self.list(work, tell).await
    }

    fn making(&self, words: &str, waiting: Option<&Waiting>, tell: &dyn Fn(Event)) {
        self.held.borrow_mut().desk.unattended.working = Some(super::work::words(words, waiting));
        tell(self.sheets(Step::Register));
    }

    /// The person has the secret, or wants to change the order.
    pub(super) fn back(&self, stored: bool) -> Told {
        {
            let mut held = self.held.borrow_mut();
            let known = &mut held.desk.unattended;
            if stored {
                known.secret = None;
                held.asking.set(Wish::Stop);
            } else {
                (known.ordered, known.removing) = (None, None);
                known.there = Vec::new();
            }
        }
        Ok(self.sheets(Step::Register))
    }
}

/// Who owns an application and its service principal, where that can be read: without it the person still decides.
pub(super) async fn owned<E: Env>(graph: &Graph<'_, E>, application: &Application) -> Option<Owners> {
    let principal = principal(graph, &application.client_id()).await.ok()?.map(|it| it.object_id());
    owners(graph, &application.object_id(), principal.as_ref()).await.ok()
}

fn no_secret(error: SecretError) -> Failure {
    let problem = match error {
        SecretError::Forbidden => Problem::new(
            "This tenant does not allow client secrets.",
            "A policy for application credentials forbids them (CredentialTypeNotAllowedAsPerAppPolicy).",
            "Ask for an exemption for this one application, sync from this page with your own sign-in, or give unattended \
             runs a token of a managed identity through GRAPH_TOKEN.",
        ),
        SecretError::TooLong => Problem::new(
            "This tenant wants secrets of a shorter life.",
            "A policy for application credentials limits it (CredentialInvalidLifetimeAsPerAppPolicy).",
            "Choose fewer days.",
        ),
        SecretError::Gone(gone) => return gone.into(),
    };
    problem.into()
}

fn not_removed(error: RemoveError) -> Failure {
    let problem = match error {
        RemoveError::NotOurs => Problem::new(
            "This registration does not carry the wizard’s tag any more.",
            "It may be somebody else’s, so it was left alone.",
            "Remove it in the Entra admin center, if it has to go.",
        ),
        RemoveError::InUse => Problem::new(
            "This page is signed in with that registration.",
            "Removed, nobody could go on here.",
            "Remove it in the Entra admin center when all is done.",
        ),
        RemoveError::Gone(gone) => return gone.into(),
    };
    problem.into()
}
