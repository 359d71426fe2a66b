//! Who is meant by a name that was entered.

use super::super::super::Worker;
use super::super::super::failure::Failure;
use super::super::super::message::Event;
use super::super::super::work::Work;
use crate::entra::directory::{self, Group, Person};
use crate::entra::graph::GraphError;
use crate::entra::ids::ObjectId;
use crate::entra::replication::Gone;
use crate::env::Env;
use crate::setup::Step;
use crate::sync::journal::Journal;

/// Somebody or something of the directory.
pub(super) enum Who {
    Person(Box<Person>),
    Group(Group),
}

impl Who {
    pub(super) fn id(&self) -> ObjectId {
        match self {
            Self::Person(person) => person.object_id(),
            Self::Group(group) => group.object_id(),
        }
    }

    pub(super) fn name(&self) -> String {
        match self {
            Self::Person(person) => {
                person.user_principal_name.clone().unwrap_or_else(|| person.label().to_owned())
            }
            Self::Group(group) => group.label().to_owned(),
        }
    }
}

/// Who is taken for the one that is meant.
#[derive(Clone, Copy)]
pub(super) enum Hit {
    /// Somebody of exactly this name: what follows is a write.
    Exact,
    /// The only one that a search finds, as well.
    Only,
}

/// Those who are called exactly so.
fn exactly(groups: &[Group], people: &[Person], text: &str) -> Vec<Who> {
    let same = |name: Option<&str>| name.is_some_and(|it| it.eq_ignore_ascii_case(text));
    let groups = groups.iter().filter(|it| same(it.display_name.as_deref())).cloned().map(Who::Group);
    let people = people.iter().filter(|it| {
        same(it.display_name.as_deref())
            || same(it.user_principal_name.as_deref())
            || same(it.mail.as_deref())
    });
    groups.chain(people.cloned().map(|it| Who::Person(Box::new(it)))).collect()
}

/// Finds those who are called exactly so.
pub(super) async fn exact<E: Env>(work: &Work<'_, E>, text: &str) -> Result<Vec<Who>, GraphError> {
    let (groups, people) = directory::search(&work.graph, text).await?;
    Ok(exactly(&groups, &people, text))
}

impl<E: Env, J: Journal> Worker<E, J> {
    /// Says what is wrong beside its field.
    pub(super) fn wrong(&self, field: &'static str, words: String) {
        self.connector(|known| known.wrong = vec![(field, words)]);
    }

    /// Finds the one that is meant; none, where that is not clear, which is then said beside the field.
    pub(super) async fn who(
        &self,
        work: &Work<'_, E>,
        (field, hit): (&'static str, Hit),
        text: &str,
        tell: &dyn Fn(Event),
    ) -> Result<Option<Who>, Failure> {
        if text.is_empty() {
            self.wrong(field, "Enter a name.".to_owned());
            return Ok(None);
        }
        self.connecting(Step::Sync, "Searching the directory", None, tell);
        let found = work.control.unless_stopped(directory::search(&work.graph, text)).await;
        let (groups, people) = found.map_err(Gone::from)?.map_err(Gone::Failed)?;
        let mut exact = exactly(&groups, &people, text);
        if exact.is_empty() && groups.len() + people.len() == 1 {
            let mut only = groups.into_iter().map(Who::Group).collect::<Vec<_>>();
            only.extend(people.into_iter().map(|it| Who::Person(Box::new(it))));
            if let (Hit::Exact, Some(only)) = (hit, only.first()) {
                let name = only.name();
                self.wrong(
                    field,
                    format!("Nobody is called exactly so. If it is “{name}” that you mean, enter that."),
                );
                return Ok(None);
            }
            exact.extend(only);
        }
        let mut exact = exact.into_iter();
        match (exact.next(), exact.next()) {
            (Some(one), None) => Ok(Some(one)),
            (Some(_), Some(_)) => {
                let words = "Several are called so: of a person enter the user name; of groups one has to be renamed first.";
                self.wrong(field, words.to_owned());
                Ok(None)
            }
            (None, _) => {
                self.wrong(
                    field,
                    "Nobody and no group of this tenant is called so. Enter the whole name.".to_owned(),
                );
                Ok(None)
            }
        }
    }
}
