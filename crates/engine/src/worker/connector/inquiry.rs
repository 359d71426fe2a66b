//! Questions about single people and groups: the log, why somebody is (not) there, and provisioning somebody at once.

mod asking;
mod held;
mod looked;
mod recall;
mod who;

use super::super::Worker;
use super::super::failure::Failure;
use super::super::message::Event;
use super::super::work::Work;
use crate::entra::connector::assignment::{Holder, assignments};
use crate::entra::connector::kind::Kind;
use crate::entra::connector::log::{self, Query};
use crate::entra::connector::on_demand::{Members, Subject, provision};
use crate::entra::connector::schema::{self, Table};
use crate::entra::connector::trace::{Action, Status};
use crate::entra::connector::why::{Assignment, Facts, JobState, Nested, Scope, There, why};
use crate::entra::directory::{self, Member, Person};
use crate::entra::graph::GraphError;
use crate::entra::ids::ObjectId;
use crate::entra::replication::{Gone, Waiting};
use crate::env::Env;
use crate::guide::connector::board::{ACTION, STATUS, WHO};
use crate::guide::connector::log::{Shown, Standing};
use crate::guide::connector::owner::OwnerState;
use crate::guide::connector::scope::LINES;
use crate::problem::{Explain as _, Problem};
use crate::setup::{Picked, Scope as Chosen, Step, TokenOwner};
use crate::sheet::Form;
use crate::sync::journal::Journal;
use crate::sync::there::{DEACTIVATED, There as Found};

use self::who::{Hit, Who, exact};

/// So many entries of the log are shown.
const ENTRIES: usize = 200;
/// So many are read to look everybody up.
const LOOKED_UP: usize = 2_000;

pub(super) fn add(list: &mut Vec<Picked>, id: ObjectId, name: &str) {
    if !list.iter().any(|known| known.id == id) {
        list.push(Picked { id, name: name.to_owned() });
    }
}

impl<E: Env, J: Journal> Worker<E, J> {
    /// Answers a question.
    pub(super) async fn inquire(
        &self,
        work: &Work<'_, E>,
        form: Form,
        values: &[(String, String)],
        tell: &dyn Fn(Event),
    ) -> Result<(), Failure> {
        let value = |id: &str| values.iter().find(|(key, _)| key == id).map_or("", |(_, value)| value.trim());
        // Whose token it is was asked beside its field: the words are gone, and this is the answer or something else.
        let asked = self.connector(|known| {
            known.typed = values.to_vec();
            known.unsaid.take()
        });
        self.nothing_wrong(Step::Sync, tell);
        match form {
            Form::Log => {
                self.connector(|known| (known.asked, known.log) = (values.to_vec(), None));
                let who = match value(WHO) {
                    "" => None,
                    text => match self.who(work, (WHO, Hit::Only), text, tell).await? {
                        Some(who) => Some(who),
                        None => return Ok(()),
                    },
                };
                let action = Some(value(ACTION)).filter(|it| !it.is_empty()).map(Action::named);
                let status = Status::named(value(STATUS));
                self.read_log(work, who.as_ref(), action, status, tell).await
            }
            Form::Why => {
                self.connector(|known| known.why = None);
                let Some(who) = self.who(work, ("why-who", Hit::Only), value("why-who"), tell).await? else {
                    return Ok(());
                };
                match who {
                    Who::Person(person) => self.why(work, *person, tell).await,
                    Who::Group(group) => {
                        self.wrong(
                            "why-who",
                            format!(
                                "“{}” is a group. Enter the user name of one of its members.",
                                group.label()
                            ),
                        );
                        Ok(())
                    }
                }
            }
            Form::OnDemand => {
                const FIELD: &str = "on-demand-who";
                let Some(who) = self.who(work, (FIELD, Hit::Exact), value(FIELD), tell).await? else {
                    return Ok(());
                };
                let owner = self.token_owner();
                if owner.as_ref().is_some_and(|it| it.id == who.id()) {
                    let name = who.name();
                    self.wrong(
                        FIELD,
                        format!(
                            "The connector uses the token of {name}. Who is provisioned is deactivated one day, and the token with them: take \
                             somebody else."
                        ),
                    );
                    return Ok(());
                }
                self.connector(|known| known.unsaid = asked);
                if let Some(question) = self.may_be_the_owner(&who) {
                    self.wrong(FIELD, question);
                    return Ok(());
                }
                self.on_demand(work, &who, owner.map(|it| it.id).as_ref(), tell).await
            }
            _ => Ok(()),
        }
    }

    /// Finds the people and groups of a list; who is not found without doubt stays in the field. None, where nobody was found.
    pub(super) async fn pasted(
        &self,
        work: &Work<'_, E>,
        values: &[(String, String)],
        tell: &dyn Fn(Event),
    ) -> Result<Option<Chosen>, Failure> {
        let text = values.iter().find(|(key, _)| key == LINES).map_or("", |(_, value)| value.as_str());
        let lines: Vec<&str> =
            text.split(['\n', '\r', ';', ',']).map(str::trim).filter(|it| !it.is_empty()).collect();
        let (mut more_groups, mut more_people) = (Vec::new(), Vec::new());
        let mut left = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            let words = format!("Searching the directory: {} of {}", at + 1, lines.len());
            self.connecting(Step::Scope, &words, None, tell);
            let found = work.control.unless_stopped(exact(work, line)).await.map_err(Gone::from)?;
            match found.map_err(Gone::Failed)?.as_slice() {
                [Who::Person(person)] => add(&mut more_people, person.object_id(), person.label()),
                [Who::Group(group)] => add(&mut more_groups, group.object_id(), group.label()),
                [] => left.push((*line, "not found")),
                _ => left.push((*line, "several are called so")),
            }
        }
        self.connector(|known| {
            known.typed =
                vec![(LINES.to_owned(), left.iter().map(|(line, _)| *line).collect::<Vec<_>>().join("\n"))];
            known.wrong = if lines.is_empty() {
                vec![(LINES, "Enter a name on each line.".to_owned())]
            } else if left.is_empty() {
                Vec::new()
            } else {
                let list: Vec<String> = left.iter().map(|(line, why)| format!("{line}: {why}")).collect();
                vec![(LINES, format!("These were not added. {}", list.join("; ")))]
            };
            known.compared = None;
        });
        // What was taken out of the choice meanwhile stays out.
        let (mut groups, mut people) = match self.chosen() {
            Some(Chosen::Chosen { groups, people }) => (groups, people),
            Some(Chosen::All) | None => (Vec::new(), Vec::new()),
        };
        let before = groups.len() + people.len();
        more_groups.iter().for_each(|it| add(&mut groups, it.id.clone(), &it.name));
        more_people.iter().for_each(|it| add(&mut people, it.id.clone(), &it.name));
        let more = groups.len() + people.len() > before;
        Ok(more.then_some(Chosen::Chosen { groups, people }))
    }

    /// Where nobody said whose token it is, whoever is asked for may have given it: then it is asked once more.
    fn may_be_the_owner(&self, who: &Who) -> Option<String> {
        let (id, name) = (who.id(), who.name());
        self.connector(|known| {
            let unsaid = known.board.as_ref().is_some_and(|it| it.owner.state == OwnerState::NotSaid);
            if !unsaid || known.unsaid.replace(id.clone()) == Some(id) {
                return None;
            }
            let whose = match who {
                Who::Person(_) => format!("that of {name}, take somebody else"),
                Who::Group(_) => format!("that of a member of “{name}”, take another group"),
            };
            Some(format!(
                "Whose token the connector uses was not said. If it is {whose}; if it is not, press once more."
            ))
        })
    }

    /// The person whose token is used, as far as was said.
    pub(super) fn token_owner(&self) -> Option<Picked> {
        match self.facts().owner {
            Some(TokenOwner::Person(owner)) => Some(owner),
            Some(TokenOwner::NoPerson) | None => None,
        }
    }

    fn job_of(&self) -> Result<(ObjectId, String), Problem> {
        let facts = self.facts();
        let job = self.connector(|known| {
            known.board.as_ref().and_then(|it| it.connector.jobs.first()).map(|job| job.id.clone())
        });
        facts.id.zip(job).ok_or_else(Self::no_job)
    }

    pub(super) async fn failures(&self, work: &Work<'_, E>, tell: &dyn Fn(Event)) -> Result<(), Failure> {
        self.connector(|known| known.asked = vec![(STATUS.to_owned(), "failure".to_owned())]);
        self.read_log(work, None, None, Some(Status::Failure), tell).await
    }

    async fn read_log(
        &self,
        work: &Work<'_, E>,
        who: Option<&Who>,
        action: Option<Action>,
        status: Option<Status>,
        tell: &dyn Fn(Event),
    ) -> Result<(), Failure> {
        self.connecting(Step::Sync, "Reading the provisioning log", None, tell);
        let (_, job) = self.job_of()?;
        let id = who.map(Who::id);
        let query = Query { of: id.as_ref(), action, status, ..Query::of(&job) };
        let read = log::read(&work.graph, work.control, &query, ENTRIES).await;
        let mut what = who.map_or_else(|| "everybody".to_owned(), Who::name);
        for words in [action.map(Action::words), status.map(Status::words)].into_iter().flatten() {
            what.push_str(", ");
            what.push_str(words);
        }
        let entries = read.map(|log| (log.entries, log.end)).map_err(|error| error.explain());
        self.connector(|known| known.log = Some(Shown { what, entries }));
        Ok(())
    }

    /// Provisions somebody at once; of a group all but the token's owner.
    async fn on_demand(
        &self,
        work: &Work<'_, E>,
        who: &Who,
        owner: Option<&ObjectId>,
        tell: &dyn Fn(Event),
    ) -> Result<(), Failure> {
        const WORDS: &str = "Provisioning now";
        self.connecting(Step::Sync, WORDS, None, tell);
        let (id, job) = self.job_of()?;
        let wait = |waiting: Waiting| self.connecting(Step::Sync, WORDS, Some(&waiting), tell);
        self.ours(work, &wait, &id).await?;
        let schema = work.control.unless_stopped(schema::read(&work.graph, &id, &job)).await;
        let table = Table::of(&schema.map_err(Gone::from)?.map_err(Gone::Failed)?);
        let (kind, subject) = match who {
            Who::Person(person) => (Kind::Person, Subject::Person(person.object_id())),
            Who::Group(group) => {
                let members = work.control.unless_stopped(directory::members(&work.graph, group)).await;
                let people = members.map_err(Gone::from)?.items.into_iter().filter_map(|it| match it {
                    Member::Person(person) => Some(person.object_id()).filter(|id| Some(id) != owner),
                    Member::Group(_) | Member::Other { .. } => None,
                });
                let few = Members::new(people.take(Members::MOST).collect()).ok_or_else(Self::no_job)?;
                (Kind::Group, Subject::Group(group.object_id(), few))
            }
        };
        let rule = table.get(kind).map(|mapping| mapping.rule_id.clone()).ok_or_else(|| {
            Problem::new(
                format!("“{}” cannot be provisioned.", who.name()),
                "The attribute mappings have none for this kind.",
                "Reset the attribute mappings.",
            )
        })?;
        let told = provision(&work.graph, work.control, &wait, (&id, &job), &rule, &subject).await;
        let told = told.map_err(|error| Failure::from(error.explain()))?;
        self.came(&told);
        self.connector(|known| known.on_demand = Some(Box::new(told)));
        Ok(())
    }

    /// Gathers what speaks for and against somebody's being there.
    async fn why(&self, work: &Work<'_, E>, person: Person, tell: &dyn Fn(Event)) -> Result<(), Failure> {
        self.connecting(Step::Sync, "Looking at account, assignment, mappings and log", None, tell);
        let (id, job) = self.job_of()?;
        let board = self.connector(|known| known.board.clone()).ok_or_else(Self::no_job)?;
        let connector = board.connector;
        let scope = if connector.kept.everybody() { Scope::Everybody } else { Scope::Assigned };
        let state = connector.jobs.first().map_or(JobState::Unknown, JobState::of);
        let gather = async {
            let assigned = assignments(&work.graph, &connector.enterprise).await;
            let assignment = match assigned.broken {
                Some(_) => Assignment::Unknown,
                None => {
                    let direct = assigned.items.iter().any(|it| it.principal == person.object_id());
                    let groups: Vec<_> =
                        assigned.items.iter().filter(|it| it.holder == Holder::Group).collect();
                    self.through(work, &person, direct, &groups).await.unwrap_or(Assignment::Unknown)
                }
            };
            let schema = schema::read(&work.graph, &id, &job).await.ok();
            (assignment, schema.as_ref().map(Table::of))
        };
        let (assignment, table) = work.control.unless_stopped(gather).await.map_err(Gone::from)?;
        let who = person.object_id();
        let query = Query { of: Some(&who), ..Query::of(&job) };
        let log = log::read(&work.graph, work.control, &query, 20).await.ok();
        let asked = self.ask_for(work, &connector, &person, table.as_ref(), tell).await?;
        let (why_not, differs);
        let there = match &asked {
            Ok(Found::Present(_)) => There::Active,
            Ok(Found::Differs(_, how)) if how.as_slice() == [DEACTIVATED] => There::Inactive,
            Ok(Found::Differs(_, how)) => {
                differs = how.join(" ");
                There::Differs(&differs)
            }
            Ok(Found::Disabled(Some(_))) => There::Inactive,
            Ok(Found::Absent | Found::Disabled(None)) => There::Absent,
            Ok(Found::Unknown(why)) => There::Unknown {
                why,
                todo: "Look in Databricks itself, or enter the token of an administrator.",
            },
            Err(problem) => {
                why_not = format!("{} {}", problem.what, problem.why);
                There::Unknown { why: &why_not, todo: &problem.remedy }
            }
        };
        let told = self.connector(|known| known.on_demand.clone());
        let on_demand =
            told.as_deref().filter(|told| told.object.source.id.eq_ignore_ascii_case(who.as_str()));
        let facts = Facts {
            now: self.env.wall(),
            person: &person,
            there,
            scope,
            assignment: &assignment,
            schema: table.as_ref(),
            job: &state,
            log: log.as_ref().map(|it| it.entries.as_slice()),
            on_demand,
            came_at: self.connector(|known| known.came.last().map(|(at, _)| *at)),
        };
        let findings = why(&facts);
        let name = person.user_principal_name.clone().unwrap_or_else(|| person.label().to_owned());
        self.connector(|known| known.why = Some(Standing { person: Picked { id: who, name }, findings }));
        Ok(())
    }

    /// Through which assigned groups somebody comes, and through which they do not.
    async fn through(
        &self,
        work: &Work<'_, E>,
        person: &Person,
        direct: bool,
        groups: &[&crate::entra::connector::assignment::Assignment],
    ) -> Result<Assignment, GraphError> {
        let (own, deep) = directory::memberships(&work.graph, person).await?;
        let mut members = Vec::new();
        let mut nested = Vec::new();
        for it in groups {
            if own.iter().any(|group| group.object_id() == it.principal) {
                members.push(it.name.clone());
            } else if let Some(assigned) = deep.iter().find(|group| group.object_id() == it.principal) {
                let within = directory::groups_within(&work.graph, assigned).await.items;
                let inner = own.iter().find(|group| within.iter().any(|it| it.id == group.id));
                let inner =
                    inner.map_or_else(|| "another group".to_owned(), |group| group.label().to_owned());
                nested.push(Nested { assigned: it.name.clone(), inner });
            }
        }
        Ok(Assignment::Known { direct, groups: members, nested })
    }
}
