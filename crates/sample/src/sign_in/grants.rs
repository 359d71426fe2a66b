//! Who consented to what, and from when tokens know of it.

use std::collections::BTreeSet;
use std::time::Duration;

use super::scopes;

/// One consent to one permission.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) scope: &'static str,
    /// The one person it is for; none for the whole organisation.
    pub(crate) person: Option<String>,
    /// From then on tokens have it.
    pub(crate) visible: Duration,
}

/// All consents to the single-page application.
#[derive(Clone, Debug, Default)]
pub(crate) struct Grants(Vec<Grant>);

impl Grants {
    /// Records consents. What is granted already keeps its time.
    pub(crate) fn add(&mut self, granted: &[&'static str], person: Option<&str>, visible: Duration) {
        for scope in granted {
            if !self.0.iter().any(|it| it.scope == *scope && it.person.as_deref() == person) {
                self.0.push(Grant { scope, person: person.map(str::to_owned), visible });
            }
        }
    }

    fn hold<'a>(&'a self, person: &'a str) -> impl Iterator<Item = &'a Grant> {
        self.0.iter().filter(move |it| it.person.as_deref().is_none_or(|id| id == person))
    }

    /// What of `asked` nobody has consented to for that person, as the authorize page knows at once.
    pub(crate) fn missing(&self, person: &str, asked: &[&'static str]) -> Vec<&'static str> {
        asked.iter().filter(|scope| !self.hold(person).any(|it| it.scope == **scope)).copied().collect()
    }

    /// What tokens of that person may hold now.
    pub(crate) fn visible(&self, person: &str, now: Duration) -> BTreeSet<&'static str> {
        self.hold(person).filter(|it| it.visible <= now).map(|it| it.scope).collect()
    }

    /// The grants of Graph's permissions that have arrived everywhere: the person (none for everybody) and the scopes.
    pub(crate) fn listed(&self, now: Duration) -> Vec<(Option<String>, Vec<&'static str>)> {
        let mut listed: Vec<(Option<String>, Vec<&'static str>)> = Vec::new();
        for grant in self.0.iter().filter(|it| it.visible <= now) {
            match listed.iter_mut().find(|(person, _)| *person == grant.person) {
                Some((_, scopes)) => scopes.push(grant.scope),
                None => listed.push((grant.person.clone(), vec![grant.scope])),
            }
        }
        listed
    }
}

/// Whether one of them needs an administrator.
pub(crate) fn need_administrator(asked: &[&'static str]) -> bool {
    asked.iter().any(|name| scopes::find(name).is_some_and(|it| it.admin))
}
