//! One client for all calls to SCIM: pacing, retries, paging. Reads are repeated as they are; of writes only those that are
//! known to have had no effect, the rest is for the caller to look up.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::databricks::Connection;
use crate::databricks::limits::{Class, Pace};
use crate::databricks::scim::{
    Effect, Group, ListAnswer, Me, Name, Patch, ScimError, ScimErrorKind, ScimId, User, equals,
};
use crate::env::Env;
use crate::http::{Method, Request, TIMEOUT, percent_encode, query};
use crate::retry;
use crate::stop::Control;

/// The most that an account gives per page, whatever is asked.
const PAGE: u64 = 100;
const USER_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// The header that the relay asks of its page: no simple request of another site can carry it.
const CALLER_HEADER: &str = "x-scim-setup";

/// A client of one target.
#[derive(Debug)]
pub struct Scim<'s, E> {
    env: &'s E,
    connection: &'s Connection,
    control: Control,
    pace: Pace,
    patience: Patience,
}

/// How often a call is tried, and how long one try may take.
#[derive(Clone, Copy, Debug)]
struct Patience {
    attempts: u32,
    timeout: Duration,
}

/// A write that succeeded. The answer may lack a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The id of the object that was written.
    pub id: ScimId,
}

struct Call<'c> {
    doing: &'c str,
    class: Class,
    method: Method,
    path: &'c str,
    body: Option<&'c Value>,
}

impl<'s, E: Env> Scim<'s, E> {
    /// A client that can be stopped by `control`.
    #[must_use]
    pub fn new(env: &'s E, connection: &'s Connection, control: Control) -> Self {
        let patience = Patience { attempts: retry::ATTEMPTS, timeout: TIMEOUT };
        Self { env, connection, control, pace: Pace::new(connection.target.level()), patience }
    }

    /// The same, but for somebody who waits for the answer: two short tries.
    #[must_use]
    pub fn impatient(self) -> Self {
        Self { patience: Patience { attempts: 2, timeout: Duration::from_secs(20) }, ..self }
    }

    /// The world outside.
    #[must_use]
    pub const fn env(&self) -> &'s E {
        self.env
    }

    /// Where this client writes.
    #[must_use]
    pub const fn connection(&self) -> &'s Connection {
        self.connection
    }

    /// Who the token belongs to. Only workspaces answer this.
    ///
    /// # Errors
    /// [`ScimError`].
    pub async fn me(&self) -> Result<Me, ScimError> {
        let doing = "ask who the token belongs to";
        self.read(doing, Class::Get, "/Me?excludedAttributes=entitlements").await
    }

    /// All users.
    ///
    /// # Errors
    /// [`ScimError`]: a list that could not be read to its end is no list.
    pub async fn users(&self) -> Result<Vec<User>, ScimError> {
        // Roles, groups and entitlements are left out on purpose: they make lists slow (advice of Databricks' own team).
        self.list(
            "list the users",
            "/Users",
            &[("attributes", "id,userName,displayName,name,externalId,active")],
        )
        .await
    }

    /// All groups, without their members.
    ///
    /// # Errors
    /// [`ScimError`].
    pub async fn groups(&self) -> Result<Vec<Group>, ScimError> {
        self.list("list the groups", "/Groups", &[("attributes", "id,displayName,externalId,meta")]).await
    }

    /// One group with its members: lists do not hold them.
    ///
    /// # Errors
    /// [`ScimError`].
    pub async fn group(&self, id: &ScimId, name: &str) -> Result<Group, ScimError> {
        let doing = format!("read the group \"{name}\"");
        self.read(&doing, Class::Get, &format!("/Groups/{}", percent_encode(&id.0))).await
    }

    /// One user.
    ///
    /// # Errors
    /// [`ScimError`].
    pub async fn user(&self, id: &ScimId, name: &str) -> Result<User, ScimError> {
        let doing = format!("read the user {name}");
        self.read(&doing, Class::Get, &format!("/Users/{}", percent_encode(&id.0))).await
    }

    /// The users that may administer the account. Only an account answers this usefully.
    ///
    /// # Errors
    /// [`ScimError`].
    pub async fn account_admins(&self) -> Result<Vec<User>, ScimError> {
        let filter = [("filter", "roles.value co \"account_admin\""), ("attributes", "id,userName")];
        self.list("list the account administrators", "/Users", &filter).await
    }

    /// The user of that name. User names are stored in lower case and the filter may mind it, so lower case is asked for.
    ///
    /// # Errors
    /// [`ScimError`].
    pub async fn user_named(&self, name: &str) -> Result<Option<User>, ScimError> {
        let filter = equals("userName", &name.to_lowercase());
        let found: Vec<User> =
            self.list(&format!("look up the user {name}"), "/Users", &[("filter", &filter)]).await?;
        Ok(found.into_iter().find(|user| user.user_name.to_lowercase() == name.to_lowercase()))
    }

    /// The group of exactly that name.
    ///
    /// # Errors
    /// [`ScimError`].
    pub async fn group_named(&self, name: &str) -> Result<Option<Group>, ScimError> {
        let filter = equals("displayName", name);
        let doing = format!("look up the group \"{name}\"");
        let found: Vec<Group> = self.list(&doing, "/Groups", &[("filter", &filter)]).await?;
        Ok(found.into_iter().find(|group| group.display_name == name))
    }

    /// Reads the first page of users or groups, one object, to see whether that is allowed.
    ///
    /// # Errors
    /// [`ScimError`].
    pub async fn probe(&self, doing: &str, kind: &str) -> Result<(), ScimError> {
        let path = format!("/{kind}?startIndex=1&count=1&attributes=id");
        self.read::<ListAnswer<Value>>(doing, Class::List, &path).await.map(drop)
    }

    /// Creates a user.
    ///
    /// # Errors
    /// [`ScimError`]; see [`ScimErrorKind::effect`] before trying again.
    pub async fn create_user(
        &self,
        user_name: &str,
        display_name: &str,
        name: &Name,
        external_id: &str,
    ) -> Result<Written, ScimError> {
        let mut body = json!({
            "schemas": [USER_SCHEMA], "userName": user_name, "displayName": display_name,
            "externalId": external_id, "active": true,
        });
        if *name != Name::default()
            && let (Some(object), Ok(name)) = (body.as_object_mut(), serde_json::to_value(name))
        {
            object.insert("name".to_owned(), name);
        }
        self.create(&format!("create the user {user_name}"), "/Users", &body).await
    }

    /// Creates a group without members.
    ///
    /// # Errors
    /// [`ScimError`]; see [`ScimErrorKind::effect`] before trying again.
    pub async fn create_group(&self, name: &str, external_id: &str) -> Result<Written, ScimError> {
        let body = json!({ "schemas": [GROUP_SCHEMA], "displayName": name, "externalId": external_id });
        self.create(&format!("create the group \"{name}\""), "/Groups", &body).await
    }

    /// Changes a user. The changes set values, so a repetition does no harm and is done where needed.
    ///
    /// # Errors
    /// [`ScimError`], after the retries.
    pub async fn patch_user(&self, id: &ScimId, name: &str, patch: &Patch) -> Result<(), ScimError> {
        self.patch(&format!("change the user {name}"), &format!("/Users/{}", percent_encode(&id.0)), patch)
            .await
    }

    /// Changes a group. Setting values and adding members may be repeated.
    ///
    /// # Errors
    /// [`ScimError`], after the retries.
    pub async fn patch_group(&self, id: &ScimId, name: &str, patch: &Patch) -> Result<(), ScimError> {
        self.patch(
            &format!("change the group \"{name}\""),
            &format!("/Groups/{}", percent_encode(&id.0)),
            patch,
        )
        .await
    }

    async fn create(&self, doing: &str, path: &str, body: &Value) -> Result<Written, ScimError> {
        let call = Call { doing, class: Class::Write, method: Method::Post, path, body: Some(body) };
        let answer = self.send(&call, |kind| kind.is_passing() && kind.effect() == Effect::None).await?;
        serde_json::from_value::<ScimId>(answer.get("id").cloned().unwrap_or_default())
            .map(|id| Written { id })
            .map_err(|_| ScimError {
                doing: doing.to_owned(),
                kind: ScimErrorKind::Malformed("the answer names no id".to_owned()),
            })
    }

    async fn patch(&self, doing: &str, path: &str, patch: &Patch) -> Result<(), ScimError> {
        let body = patch.body();
        let call = Call { doing, class: Class::Patch, method: Method::Patch, path, body: Some(&body) };
        self.send(&call, ScimErrorKind::is_passing).await.map(drop)
    }

    async fn read<T: DeserializeOwned>(&self, doing: &str, class: Class, path: &str) -> Result<T, ScimError> {
        let call = Call { doing, class, method: Method::Get, path, body: None };
        let value = self.send(&call, ScimErrorKind::is_passing).await?;
        serde_json::from_value(value).map_err(|error| ScimError {
            doing: doing.to_owned(),
            kind: ScimErrorKind::Malformed(error.to_string()),
        })
    }

    /// Reads a list to its end. One that came out shorter than it says is read once more, since objects may move between
    /// pages meanwhile; then it counts as unread.
    async fn list<T: DeserializeOwned + Identified>(
        &self,
        doing: &str,
        path: &str,
        options: &[(&str, &str)],
    ) -> Result<Vec<T>, ScimError> {
        let mut again = true;
        loop {
            let (all, total) = self.pages(doing, path, options).await?;
            if total.is_none_or(|total| all.len() as u64 >= total) {
                return Ok(all);
            }
            if !again {
                let words =
                    format!("the list holds {} objects but names {}", all.len(), total.unwrap_or_default());
                return Err(ScimError { doing: doing.to_owned(), kind: ScimErrorKind::Malformed(words) });
            }
            again = false;
        }
    }

    /// Pages by what came, not by what was asked; ends at the stated total, at an empty page, and at a page that brings
    /// nothing new: some servers answer the last page again and again.
    async fn pages<T: DeserializeOwned + Identified>(
        &self,
        doing: &str,
        path: &str,
        options: &[(&str, &str)],
    ) -> Result<(Vec<T>, Option<u64>), ScimError> {
        let mut all: Vec<T> = Vec::new();
        let mut seen = BTreeSet::new();
        let mut start: u64 = 1;
        loop {
            let (from, count) = (start.to_string(), PAGE.to_string());
            let mut pairs = options.to_vec();
            pairs.extend([("startIndex", from.as_str()), ("count", count.as_str())]);
            let page: ListAnswer<T> =
                self.read(doing, Class::List, &format!("{path}?{}", query(&pairs))).await?;
            // `Resources` may be missing when there are none; something else that happens to be JSON is no list.
            let resources = match (page.resources, page.total) {
                (Some(resources), _) => resources,
                (None, Some(_)) => Vec::new(),
                (None, None) => {
                    let kind = ScimErrorKind::Malformed("the answer is no list".to_owned());
                    return Err(ScimError { doing: doing.to_owned(), kind });
                }
            };
            let came = resources.len() as u64;
            let known = seen.len();
            for item in resources {
                if seen.insert(item.id().clone()) {
                    all.push(item);
                }
            }
            start += came;
            if came == 0 || seen.len() == known || page.total.is_some_and(|total| start > total) {
                return Ok((all, page.total));
            }
        }
    }

    async fn send(
        &self,
        call: &Call<'_>,
        again: impl Fn(&ScimErrorKind) -> bool,
    ) -> Result<Value, ScimError> {
        let fail = |kind| ScimError { doing: call.doing.to_owned(), kind };
        let mut attempt = 0;
        loop {
            self.pace
                .turn(self.env, &self.control, call.class)
                .await
                .map_err(|stopped| fail(stopped.into()))?;
            let mut request = Request::new(call.method, self.connection.address(call.path))
                .header("accept", "application/scim+json, application/json")
                .header(CALLER_HEADER, "1")
                .bearer(&self.connection.token);
            request.timeout = self.patience.timeout;
            if let Some(body) = call.body {
                request = request.body("application/scim+json", body.to_string().into_bytes());
            }
            let kind = match self.env.send(request).await {
                // A gateway or a sign-in page may answer 200 with a page.
                Ok(answer) if answer.is_success() && answer.is_html() => ScimErrorKind::Page(answer.status),
                Ok(answer) if answer.is_success() && answer.body.iter().all(u8::is_ascii_whitespace) => {
                    return Ok(Value::Null);
                }
                Ok(answer) if answer.is_success() => match serde_json::from_slice(&answer.body) {
                    Ok(value) => return Ok(value),
                    Err(error) => ScimErrorKind::Malformed(error.to_string()),
                },
                Ok(answer) => ScimErrorKind::of(&answer),
                Err(error) => ScimErrorKind::Send(error),
            };
            attempt += 1;
            if attempt >= self.patience.attempts || !again(&kind) {
                return Err(fail(kind));
            }
            let asked = match &kind {
                ScimErrorKind::Refused { retry_after, .. } | ScimErrorKind::Relay { retry_after, .. } => {
                    retry_after.map(Duration::from_secs)
                }
                _ => None,
            };
            let wait = retry::wait(self.env, attempt - 1, asked);
            if kind.is_throttled() {
                self.pace.hold(self.env, call.class, wait);
            } else {
                self.control.sleep(self.env, wait).await.map_err(|stopped| fail(stopped.into()))?;
            }
        }
    }
}

/// What has an id of Databricks.
trait Identified {
    fn id(&self) -> &ScimId;
}

impl Identified for User {
    fn id(&self) -> &ScimId {
        &self.id
    }
}

impl Identified for Group {
    fn id(&self) -> &ScimId {
        &self.id
    }
}
