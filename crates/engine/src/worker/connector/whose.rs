//! Whose token the connector uses: what a person says, beside what Databricks says where it can be asked.

use super::super::Worker;
use super::super::message::Event;
use super::find::Wrong;
use crate::databricks::scim::{Me, Scim};
use crate::databricks::target::{Level, Target};
use crate::entra::directory::{self, FEW, Person, search};
use crate::entra::graph::Graph;
use crate::entra::ids::{Guid, ObjectId};
use crate::env::Env;
use crate::guide::connector::owner::TokenOf;
use crate::guide::connector::workspace::{OWNER, PERSON};
use crate::problem::{Explain as _, Problem};
use crate::setup::{Picked, Step, TokenOwner};
use crate::stop::{Control, Stopped};
use crate::sync::journal::Journal;

/// What a person says.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Said {
    Nothing,
    NoPerson,
    /// A person's, without a name.
    Somebody,
    Person(Picked),
}

/// What Databricks says.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Told {
    /// A service principal's, by its application id.
    Principal(String),
    Person(Picked),
    /// Somebody's whom the tenant does not show under this user name: user names stay at Databricks when they change in the directory.
    Outside(String),
    Nothing,
}

/// Why whose it is cannot be put on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unsaid {
    /// It is not said, or contradicted: what to say beside which field.
    Wrong(Wrong),
    /// The question was cut off. What was said is not taken for want of an answer.
    Stopped,
}

impl From<Wrong> for Unsaid {
    fn from(wrong: Wrong) -> Self {
        Self::Wrong(wrong)
    }
}

impl From<Stopped> for Unsaid {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

/// Whose it is. What Databricks says of somebody goes before what is left out, and what contradicts it ends here.
fn agreed(said: Said, told: Told) -> Result<TokenOwner, Wrong> {
    const UNSAID: &str = "Say whose token it is: that person must not be provisioned by this connector.";
    match (said, told) {
        (Said::Nothing | Said::Somebody, Told::Person(it)) => Ok(TokenOwner::Person(it)),
        (Said::Person(said), Told::Person(it)) if said.id == it.id => Ok(TokenOwner::Person(it)),
        (Said::NoPerson, Told::Person(it)) => Err((
            OWNER,
            format!(
                "Databricks says that this token is that of {}, who is a person: choose “A person’s”, or enter the token of a service \
                 principal above.",
                it.name
            ),
        )),
        (Said::Person(_), Told::Person(it)) => {
            Err((PERSON, format!("Databricks says that this token is that of {}.", it.name)))
        }
        (Said::Person(_) | Said::Somebody, Told::Principal(id)) => Err((
            OWNER,
            format!(
                "Databricks says that this token is that of the service principal {id}: choose “A service principal’s”, and leave the user \
                 name empty."
            ),
        )),
        (Said::Nothing | Said::NoPerson, Told::Principal(_))
        | (Said::NoPerson, Told::Outside(_) | Told::Nothing) => Ok(TokenOwner::NoPerson),
        (Said::Person(said), Told::Outside(_) | Told::Nothing) => Ok(TokenOwner::Person(said)),
        (Said::Nothing, Told::Outside(name)) => Err((
            OWNER,
            format!(
                "Databricks says that this token is that of {name}, and this tenant shows nobody of that user name. Say who that is in Entra; if \
                 it is an account outside Entra, choose “A service principal’s”."
            ),
        )),
        (Said::Somebody, Told::Outside(name)) => Err((
            PERSON,
            format!(
                "Databricks says that this token is that of {name}, and this tenant shows nobody of that user name. Enter the user name as \
                 Entra has it; if it is an account outside Entra, choose “A service principal’s”."
            ),
        )),
        (Said::Nothing, Told::Nothing) => Err((OWNER, UNSAID.to_owned())),
        (Said::Somebody, Told::Nothing) => Err((PERSON, "Say whose token it is.".to_owned())),
    }
}

impl<E: Env, J: Journal> Worker<E, J> {
    /// Whose token it is. The account's own SCIM token belongs to nobody.
    pub(super) async fn whose(
        &self,
        kind: &str,
        person: &str,
        tell: &dyn Fn(Event),
    ) -> Result<Option<TokenOwner>, Unsaid> {
        let control = self.renew(|held| &mut held.asking);
        let said = control.unless_stopped(self.whose_by_all(kind, person, &control, tell)).await;
        // What is newer has its own words.
        if self.held.borrow().asking.is(&control) {
            self.connector(|known| known.working = None);
        }
        said?
    }

    /// By what is said of it, and by what Databricks says.
    async fn whose_by_all(
        &self,
        kind: &str,
        person: &str,
        control: &Control,
        tell: &dyn Fn(Event),
    ) -> Result<Option<TokenOwner>, Unsaid> {
        let target = {
            let held = self.held.borrow();
            held.desk.page.as_ref().and_then(|page| page.setup.target.clone())
        };
        let account = target.as_ref().map(Target::level) == Some(Level::Account);
        // What was told before was of another token.
        self.connector(|known| known.token_of = account.then_some(TokenOf::Account));
        if account {
            return Ok(Some(TokenOwner::NoPerson));
        }
        let said = match kind {
            "nobody" if !person.is_empty() => {
                let words = "You named a person: say that the token is a person’s, or empty this field.";
                return Err((PERSON, words.to_owned()).into());
            }
            "nobody" => Said::NoPerson,
            "person" if person.is_empty() => Said::Somebody,
            "person" => Said::Person(self.named(person).await?),
            _ => Said::Nothing,
        };
        let (told, shown) = match &target {
            Some(target) => {
                self.connecting(Step::Workspace, "Asking Databricks whose token it is", None, tell);
                self.ask_whose(target, control).await
            }
            None => (Told::Nothing, None),
        };
        self.connector(|known| known.token_of = shown);
        Ok(Some(agreed(said, told)?))
    }

    /// Asks Databricks whose the token in memory is.
    async fn ask_whose(&self, target: &Target, control: &Control) -> (Told, Option<TokenOf>) {
        let failed = |problem| (Told::Nothing, Some(TokenOf::Failed(problem)));
        let connection = match self.reachable(|it| it == target).await {
            Ok(connection) => connection,
            Err(why) => return (Told::Nothing, Some(TokenOf::NotAsked(why))),
        };
        let scim = Scim::new(&self.env, &connection, control.clone()).impatient();
        let me = match scim.me().await {
            Ok(me) => me,
            Err(error) => return failed(error.explain()),
        };
        // A service principal's user name is its application id, as the answers in examples of Databricks' SDKs show; the published
        // reference does not say so. Whatever is neither an id nor an address is not guessed at.
        if Guid::parse(&me.user_name).is_ok() {
            return (Told::Principal(me.user_name.clone()), Some(TokenOf::Principal(me.user_name)));
        }
        if !me.user_name.contains('@') {
            return failed(Problem::new(
                "The token’s owner is not known.",
                format!(
                    "Databricks calls them “{}”, which is neither a user name nor an application ID.",
                    me.user_name
                ),
                "See in Databricks whose token it is.",
            ));
        }
        let found = match self.signed_in() {
            Ok(signed_in) => in_directory(&self.graph(&signed_in), &me).await,
            Err(problem) => Err(problem),
        };
        match found {
            Ok(Some(person)) => {
                let picked = picked(&person);
                (Told::Person(picked.clone()), Some(TokenOf::Person(picked.name)))
            }
            Ok(None) => (Told::Outside(me.user_name.clone()), Some(TokenOf::Outside(me.user_name))),
            Err(problem) => failed(problem),
        }
    }

    /// The person of that name.
    async fn named(&self, person: &str) -> Result<Picked, Wrong> {
        let signed_in = self.signed_in().map_err(|problem| (PERSON, problem.remedy))?;
        let (_, people) =
            search(&self.graph(&signed_in), person).await.map_err(|error| (PERSON, error.to_string()))?;
        let same = |text: &Option<String>| text.as_ref().is_some_and(|it| it.eq_ignore_ascii_case(person));
        let exact = |it: &&Person| same(&it.user_principal_name) || same(&it.mail) || same(&it.display_name);
        let mut found = people.iter().filter(exact);
        match (found.next(), found.next()) {
            (Some(one), None) => Ok(picked(one)),
            (Some(_), Some(_)) => {
                Err((PERSON, "Several people are called so: enter the user name.".to_owned()))
            }
            (None, _) => Err((
                PERSON,
                "Nobody of this tenant is called so. Enter the user name as Entra has it; if the token is that of an \
                 account outside Entra, choose “A service principal’s”."
                    .to_owned(),
            )),
        }
    }
}

/// The person of the directory who is asked for: by identity, then by name.
async fn in_directory<E: Env>(graph: &Graph<'_, E>, me: &Me) -> Result<Option<Person>, Problem> {
    if let Some(id) = me.external_id.as_deref().and_then(|id| Guid::parse(id).ok()) {
        match directory::person(graph, &ObjectId(id)).await {
            Ok(person) => return Ok(Some(person)),
            Err(error) if error.status() == Some(404) => {}
            Err(error) => return Err(error.explain()),
        }
    }
    let (_, people) = search(graph, &me.user_name).await.map_err(|error| error.explain())?;
    let same = |text: &Option<String>| text.as_ref().is_some_and(|it| it.eq_ignore_ascii_case(&me.user_name));
    if let Some(one) = people.iter().find(|it| same(&it.user_principal_name)) {
        return Ok(Some(one.clone()));
    }
    if people.len() >= FEW {
        return Err(Problem::new(
            format!("Who in Entra is {} is not known.", me.user_name),
            "The directory has more people of a name like this than a search brings.",
            "Say whose token it is.",
        ));
    }
    let mut by_mail = people.into_iter().filter(|it| same(&it.mail));
    // One address of several people says nothing of one of them.
    Ok(by_mail.next().filter(|_| by_mail.next().is_none()))
}

fn picked(person: &Person) -> Picked {
    let name = person.user_principal_name.clone().unwrap_or_else(|| person.label().to_owned());
    Picked { id: person.object_id(), name }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str, number: u8) -> Picked {
        let id = Guid::parse(&format!("00000000-0000-0000-0000-0000000000{number:02}")).unwrap();
        Picked { id: ObjectId(id), name: name.to_owned() }
    }

    #[test]
    fn what_databricks_says_fills_in_and_what_contradicts_it_stops() {
        let (uma, max) = (person("uma@contoso.example", 1), person("max@contoso.example", 2));
        let of = |said: &Said, told: Told| match agreed(said.clone(), told) {
            Ok(TokenOwner::NoPerson) => "no person".to_owned(),
            Ok(TokenOwner::Person(it)) => it.name,
            Err((field, words)) => format!("{field}: {}", words.split([':', ',', '.']).next().unwrap()),
        };
        let all = |said: Said| {
            let principal = Told::Principal("00000000-0000-0000-0000-000000000009".to_owned());
            let outside = Told::Outside("old@contoso.example".to_owned());
            [principal, Told::Person(uma.clone()), outside, Told::Nothing].map(|told| of(&said, told))
        };
        let says = "Databricks says that this token is that of";
        let principal =
            format!("token-owner: {says} the service principal 00000000-0000-0000-0000-000000000009");
        assert_eq!(
            all(Said::Nothing),
            [
                "no person".to_owned(),
                "uma@contoso.example".to_owned(),
                format!("token-owner: {says} old@contoso"),
                "token-owner: Say whose token it is".to_owned(),
            ]
        );
        assert_eq!(
            all(Said::NoPerson),
            ["no person", &format!("token-owner: {says} uma@contoso"), "no person", "no person"]
        );
        assert_eq!(
            all(Said::Somebody),
            [
                principal.clone(),
                "uma@contoso.example".to_owned(),
                format!("token-person: {says} old@contoso"),
                "token-person: Say whose token it is".to_owned(),
            ]
        );
        let uma_is_said =
            [principal.as_str(), "uma@contoso.example", "uma@contoso.example", "uma@contoso.example"];
        assert_eq!(all(Said::Person(uma.clone())), uma_is_said);
        let max_is_said = [
            principal,
            format!("token-person: {says} uma@contoso"),
            "max@contoso.example".to_owned(),
            "max@contoso.example".to_owned(),
        ];
        assert_eq!(all(Said::Person(max)), max_is_said);
    }
}
