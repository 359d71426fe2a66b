//! Provisioning on demand: one person, or one group with a few members, at once. The proof that all of it works, in seconds.
//!
//! **It really writes** to Databricks, and to the provisioning log. Sent twice it does no harm: the second time there is nothing to do. The
//! service takes five requests in ten seconds and says so with 429; nothing else makes it be sent again by itself.

use serde_json::{Value, json};

use super::kind::Kind;
use super::trace::{self, Status, Trace};
use crate::entra::graph::{Change, Graph, GraphError};
use crate::entra::ids::ObjectId;
use crate::entra::replication::{Gone, Settling, Tried, Waiting, settle, until};
use crate::env::Env;
use crate::http::percent_encode;
use crate::problem::{Explain, Problem};
use crate::stop::Control;

/// A group's members that come along: at most five (`provision-on-demand`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Members(Vec<ObjectId>);

impl Members {
    /// No request carries more.
    pub const MOST: usize = 5;

    /// These members; none, if they are too many.
    #[must_use]
    pub fn new(members: Vec<ObjectId>) -> Option<Self> {
        (members.len() <= Self::MOST).then_some(Self(members))
    }
}

/// Who is provisioned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A person.
    Person(ObjectId),
    /// A group, with some of its members.
    Group(ObjectId, Members),
}

impl Subject {
    /// What kind of object it is: the schema has a rule for each.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Person(_) => Kind::Person,
            Self::Group(..) => Kind::Group,
        }
    }

    /// The object's id in the directory.
    #[must_use]
    pub const fn id(&self) -> &ObjectId {
        match self {
            Self::Person(id) | Self::Group(id, _) => id,
        }
    }

    fn body(&self) -> Value {
        let one = |id: &ObjectId, kind: Kind| json!({ "objectId": id, "objectTypeName": kind.source() });
        let mut body = one(self.id(), self.kind());
        if let (Self::Group(_, Members(members)), Some(object)) = (self, body.as_object_mut())
            && !members.is_empty()
        {
            let members: Vec<Value> = members.iter().map(|id| one(id, Kind::Person)).collect();
            object.insert("links".to_owned(), json!({ "members": members }));
        }
        body
    }
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnDemand {
    /// How it ended. A group that went well while a member failed ends with a warning.
    pub result: Status,
    /// The way of the person or group that was asked for.
    pub object: Trace,
    /// The ways of others that came along.
    pub others: Vec<Trace>,
}

impl OnDemand {
    /// Whether it was skipped because it is not assigned, or the service has not heard of the assignment yet ([`Trace::is_not_entitled`]).
    #[must_use]
    pub fn is_not_entitled(&self) -> bool {
        self.object.is_not_entitled()
    }

    /// Why it was not provisioned, or not all of it; nothing, where all went well.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        self.object.problem().or_else(|| {
            let failed = |it: &&Trace| it.status >= Some(Status::Warning);
            self.others.iter().find(failed).and_then(Trace::problem)
        })
    }

    /// Reads an answer: a key and a value, each JSON within a text. The key is the result, or nothing but the name of a type; the value is
    /// one object's way, a list of them, or an empty object (`synchronizationjob-provisionondemand` shows all of these). None for what says
    /// nowhere how it ended.
    fn read(answer: &Value, subject: &Subject) -> Option<Self> {
        let part = |name: &str| answer.get(name).and_then(trace::decoded).unwrap_or_default();
        let key = part("key");
        let mut ways: Vec<Trace> = match part("value") {
            Value::Array(all) => all.iter().map(Trace::read).collect(),
            one @ Value::Object(_) => vec![Trace::read(&one)],
            // A value that cannot be read may tell of a failure.
            _ => return None,
        };
        let asked = ways.iter().position(|way| way.source.id.eq_ignore_ascii_case(subject.id().as_str()));
        // Other ids than the one that was asked for are in the documentation's own example.
        let mut object =
            if ways.is_empty() { Trace::read(&Value::Null) } else { ways.remove(asked.unwrap_or(0)) };
        object.take_in(trace::status(&key, "result"), key.get("details").unwrap_or(&Value::Null));
        object.kind.get_or_insert(subject.kind());
        if object.source.id.is_empty() {
            subject.id().as_str().clone_into(&mut object.source.id);
        }
        let mut result = object.status?;
        if result < Status::Warning && ways.iter().any(|way| way.status == Some(Status::Failure)) {
            result = Status::Warning;
        }
        Some(Self { result, object, others: ways })
    }
}

/// Why nothing is known of a result.
#[derive(Debug, PartialEq, Eq)]
pub enum OnDemandError {
    /// The answer does not say how it ended; the answer as it came.
    Unreadable(String),
    /// The schema has another rule by now.
    Rule(GraphError),
    /// Stopped, refused, or too early.
    Gone(Gone),
}

impl From<Gone> for OnDemandError {
    fn from(gone: Gone) -> Self {
        match gone {
            // Its words are reported so; the code stands for every other wrong parameter too.
            Gone::Failed(error) if error.says("synchronization rule") => Self::Rule(error),
            other => Self::Gone(other),
        }
    }
}

impl Explain for OnDemandError {
    fn explain(&self) -> Problem {
        match self {
            Self::Unreadable(answer) => Problem::new(
                "It is not known what became of the provisioning on demand.",
                "Entra answered with something that cannot be read here. It may have written to Databricks.",
                "Look at the provisioning log in some minutes. Provisioning again does no harm.",
            )
            .detail("answer", answer),
            Self::Rule(error) => Problem {
                why: "The attribute mappings have changed meanwhile: Entra does not know the rule any more."
                    .to_owned(),
                remedy: "Read the attribute mappings again, then provision again.".to_owned(),
                ..error.explain()
            },
            Self::Gone(Gone::Failed(error)) if error.is_unsure() => {
                let told = error.explain();
                Problem {
                    why: format!("{} It may have been carried out all the same.", told.why),
                    remedy: "Provision again: what was done already is found, and nothing is made twice."
                        .to_owned(),
                    ..told
                }
            }
            Self::Gone(gone) => gone.explain(),
        }
    }
}

/// Provisions somebody now, by the schema's rule for that kind. The answer takes up to half a minute.
///
/// # Errors
/// [`OnDemandError`].
pub async fn provision<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    (principal, job): (&ObjectId, &str),
    rule: &str,
    subject: &Subject,
) -> Result<OnDemand, OnDemandError> {
    // A job that was made a moment ago is not known everywhere; those answers say that nothing was done.
    let answer = settle(graph.env, control, Settling::Service, tell, async || {
        send(graph, (principal, job), rule, subject).await
    });
    let answer = answer.await?;
    OnDemand::read(&answer, subject).ok_or_else(|| OnDemandError::Unreadable(answer.to_string()))
}

/// Provisions somebody who was assigned a moment ago: again, until the service has heard of the assignment. Somebody it never hears of
/// is brought as skipped.
///
/// # Errors
/// [`OnDemandError`].
pub async fn provision_assigned<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    (principal, job): (&ObjectId, &str),
    rule: &str,
    subject: &Subject,
) -> Result<OnDemand, OnDemandError> {
    let mut skipped = None;
    let end = until(graph.env, control, tell, async || {
        let answer = match send(graph, (principal, job), rule, subject).await {
            Ok(answer) => answer,
            Err(error) if Settling::Service.is_not_yet(&error) => return Ok(Tried::NotYet(Some(error))),
            Err(error) => return Err(error),
        };
        match OnDemand::read(&answer, subject) {
            Some(told) if told.is_not_entitled() => {
                skipped = Some(told);
                Ok(Tried::NotYet(None))
            }
            Some(told) => Ok(Tried::Ready(Ok(told))),
            None => Ok(Tried::Ready(Err(OnDemandError::Unreadable(answer.to_string())))),
        }
    })
    .await;
    match (end, skipped) {
        (Ok(end), _) => end,
        (Err(Gone::TimeUp(None)), Some(skipped)) => Ok(skipped),
        (Err(gone), _) => Err(gone.into()),
    }
}

async fn send<E: Env>(
    graph: &Graph<'_, E>,
    (principal, job): (&ObjectId, &str),
    rule: &str,
    subject: &Subject,
) -> Result<Value, GraphError> {
    let doing = format!("provision the {} {} on demand", subject.kind().one(), subject.id());
    let path = format!(
        "/servicePrincipals/{principal}/synchronization/jobs/{}/provisionOnDemand",
        percent_encode(job)
    );
    let body = json!({ "parameters": [{ "ruleId": rule, "subjects": [subject.body()] }] });
    graph.change_for(Change::post(&doing, &path, body)).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entra::connector::trace::{Action, StepKind};
    use crate::entra::ids::Guid;

    fn id(number: u8) -> ObjectId {
        ObjectId(Guid::parse(&format!("00000000-0000-0000-0000-{number:012}")).unwrap())
    }

    fn read(answer: &Value) -> Option<OnDemand> {
        OnDemand::read(answer, &Subject::Person(id(1)))
    }

    fn way(number: u8, status: &str) -> Value {
        json!({ "action": "Create", "reportableIdentifier": format!("{number}@contoso.example"),
            "sourceIdentity": { "id": id(number), "type": "User", "displayName": null }, "statusInfo": { "status": status } })
    }

    #[test]
    fn members_are_five_at_most() {
        assert!(Members::new((0..5).map(id).collect()).is_some());
        assert!(Members::new((0..6).map(id).collect()).is_none());
        let group = Subject::Group(id(9), Members::new(vec![id(1)]).unwrap());
        assert_eq!(
            group.body(),
            json!({ "objectId": "00000000-0000-0000-0000-000000000009", "objectTypeName": "Group",
                "links": { "members": [{ "objectId": "00000000-0000-0000-0000-000000000001", "objectTypeName": "User" }] } })
        );
        let alone = Subject::Group(id(9), Members::default());
        assert_eq!(alone.body(), json!({ "objectId": id(9), "objectTypeName": "Group" }));
    }

    /// As the documentation shows it, shortened.
    #[test]
    fn an_answer_with_its_result_in_the_key_is_read() {
        let value = json!({
            "action": "Other", "changeId": "g8",
            "modifiedProperties": [{ "displayName": "accountEnabled", "oldValue": null, "newValue": "True" }],
            "provisioningSteps": [
                { "name": "EntryImport", "type": "Import", "status": "Success", "description": "Retrieved.", "details": { "IsSoftDeleted": "False" } },
                { "name": "EntrySynchronizationScoping", "type": "Scoping", "status": "Success", "description": "Determine.",
                  "details": { "IsActive": "True", "Assigned": "True", "IsEffectivelyEntitledForProvisioning": "True" } },
                { "name": "EntrySynchronizationSkip", "type": "Export", "status": "Skipped", "description": "Match.", "details": { "SkipReason": "RedundantExport" } },
            ],
            "reportableIdentifier": "bill@contoso.example",
            "statusInfo": { "status": "Skipped", "errorCode": null, "reason": null },
            "sourceIdentity": { "id": "62cf", "type": "User", "displayName": null },
            "targetIdentity": { "id": "5250", "type": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User" },
        });
        let key = json!({ "result": "Skipped", "details": { "errorCode": "RedundantExport", "errorMessage": "Already match." } });
        let told =
            read(&json!({ "@odata.context": "x", "key": key.to_string(), "value": value.to_string() }))
                .unwrap();
        assert_eq!((told.result, told.object.action), (Status::Skipped, Action::Other));
        assert!(told.object.is_unchanged() && !told.is_not_entitled());
        assert_eq!((told.object.label(), told.object.target.id.as_str()), ("bill@contoso.example", "5250"));
        let kinds: Vec<StepKind> = told.object.steps.iter().map(|step| step.kind).collect();
        assert_eq!(kinds, [StepKind::Import, StepKind::Scoping, StepKind::Export]);
        assert_eq!(told.object.fault.as_ref().unwrap().reason, "Already match.");
        assert_eq!((told.problem(), told.others), (None, vec![]));
        // The same, not in texts.
        assert_eq!(read(&json!({ "key": key, "value": value })).unwrap().object, told.object);
    }

    #[test]
    fn an_answer_with_a_list_is_read_by_the_one_that_was_asked_for() {
        let value = json!([way(2, "Failure"), way(1, "Success"), way(3, "Success")]);
        let told =
            read(&json!({ "key": "Microsoft.Identity.StatusInfo", "value": value.to_string() })).unwrap();
        assert_eq!((told.result, told.object.status), (Status::Warning, Some(Status::Success)));
        assert_eq!(told.object.label(), "1@contoso.example");
        let others: Vec<&str> = told.others.iter().map(Trace::label).collect();
        assert_eq!(others, ["2@contoso.example", "3@contoso.example"]);
        assert_eq!(told.problem().unwrap().what, "The person “2@contoso.example” was not provisioned.");
    }

    #[test]
    fn a_result_alone_is_enough() {
        let told = read(&json!({ "key": "{\"result\":\"Success\",\"details\":{}}", "value": "{}" })).unwrap();
        assert_eq!((told.result, told.object.source.id.as_str()), (Status::Success, id(1).as_str()));
        assert_eq!(told.problem(), None);
    }

    #[test]
    fn what_cannot_be_read_is_no_success() {
        let success = "{\"result\":\"Success\",\"details\":{}}";
        for answer in [
            json!({}),
            json!([]),
            json!({ "key": "Microsoft.Type", "value": "{}" }),
            json!({ "key": "Microsoft.Type", "value": "[]" }),
            json!({ "key": success }),
            json!({ "key": success, "value": "<html>" }),
            json!({ "key": success, "value": null }),
            json!({ "key": "{\"result\":\"Fresh\"}", "value": "{}" }),
            json!({ "key": "", "value": way(1, "Fresh").to_string() }),
        ] {
            assert_eq!(read(&answer), None, "{answer}");
        }
        let told = read(&json!({ "key": success, "value": way(1, "Failure").to_string() })).unwrap();
        assert_eq!(told.result, Status::Failure);
        let told = OnDemandError::Unreadable("{\"key\":1}".to_owned()).explain();
        assert_eq!((told.raw[0].name.as_str(), told.raw[0].value.as_str()), ("answer", "{\"key\":1}"));
    }
}
