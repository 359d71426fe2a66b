//! The shortest ways to set up a connector and to let time pass.

use std::time::Duration;

use sample::{Answer, Options, Request, Sample, Service};
use serde_json::{Value, json};

use crate::client::{NOW, ORIGIN, REDIRECT, VERIFIER, authorize, change_at, sent, token};

pub(crate) const GALLERY: &str = "9c9818d2-2900-49e8-8ba4-22688be7c675";
pub(crate) const USER_ROLE: &str = "a34c49f1-a169-404b-a890-00b3bfdbc1d6";
pub(crate) const ALL: &str = "User.Read Application.ReadWrite.All Synchronization.ReadWrite.All AppRoleAssignment.ReadWrite.All \
                              Group.Read.All User.Read.All ProvisioningLog.Read.All";
pub(crate) const MINUTE: Duration = Duration::from_secs(60);

/// A connector on the way: a tenant, a token, and what was made.
pub(crate) struct World {
    pub(crate) sample: Sample,
    pub(crate) token: String,
    /// The service principal's object id.
    pub(crate) principal: String,
    /// The application's object id.
    pub(crate) application: String,
    pub(crate) job: String,
    pub(crate) now: Duration,
    /// When the token was issued.
    issued: Duration,
}

pub(crate) fn options(people: usize, groups: usize) -> Options {
    Options { people, groups, published_limits: false, replication: Duration::ZERO, ..Options::default() }
}

impl World {
    /// Ada with all scopes, and nothing made yet.
    pub(crate) fn bare(options: Options) -> Self {
        let lag = options.replication;
        let (principal, application, job, token) = Default::default();
        let sample = Sample::new(options);
        let mut world = Self { sample, token, principal, application, job, now: NOW, issued: NOW };
        world.renew();
        // Consent takes a while to reach tokens.
        world.now += lag;
        world.renew();
        world
    }

    /// With an application from the gallery and a job without secrets.
    pub(crate) fn made(people: usize, groups: usize) -> Self {
        let mut world = Self::bare(options(people, groups));
        world.instantiate();
        let made = world.post("jobs", &json!({ "templateId": "dataBricks" }));
        assert_eq!(made.status, 201);
        made.value()["id"].as_str().unwrap().clone_into(&mut world.job);
        world
    }

    /// Ready to be started: secrets for the account, only those assigned.
    pub(crate) fn ready(people: usize, groups: usize) -> Self {
        let mut world = Self::made(people, groups);
        world.save(&[("SyncAll", "false")]);
        world
    }

    pub(crate) fn instantiate(&mut self) {
        let path = format!("/applicationTemplates/{GALLERY}/instantiate");
        let made = self.graph("POST", &path, &json!({ "displayName": "workspace-provisioning" }));
        assert_eq!(made.status, 201);
        let made = made.value();
        made["servicePrincipal"]["id"].as_str().unwrap().clone_into(&mut self.principal);
        made["application"]["id"].as_str().unwrap().clone_into(&mut self.application);
    }

    pub(crate) fn graph(&mut self, method: &str, path: &str, body: &Value) -> Answer {
        if self.now > self.issued + MINUTE * 50 {
            self.renew();
        }
        change_at(&mut self.sample, &self.token, method, path, body, self.now)
    }

    /// Signs Ada in anew: she consented before, and is not asked again.
    pub(crate) fn renew(&mut self) {
        let path = authorize(&self.sample, ALL, &[("account", "ada@contoso.example")]);
        let mut back = self.sample.answer(Service::SignIn, &Request::new("GET", &path), self.now);
        if back.status == 200 {
            let (path, form) = path.split_once('?').unwrap();
            let request = Request::new("POST", path)
                .with_body("application/x-www-form-urlencoded", format!("{form}&consent=accept"));
            back = self.sample.answer(Service::SignIn, &request, self.now);
        }
        let (client_id, code) = (self.sample.facts().client_id.clone(), sent(&back, "code").unwrap());
        let pairs = [
            ("grant_type", "authorization_code"),
            ("client_id", client_id.as_str()),
            ("code", &code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
        ];
        let body = token(&mut self.sample, Some(ORIGIN), &pairs, self.now).value();
        body["access_token"].as_str().unwrap().clone_into(&mut self.token);
        self.issued = self.now;
    }

    /// Below the synchronization of the service principal.
    pub(crate) fn sync(&mut self, method: &str, path: &str, body: &Value) -> Answer {
        let path = format!("/servicePrincipals/{}/synchronization/{path}", self.principal);
        self.graph(method, &path, body)
    }

    pub(crate) fn post(&mut self, path: &str, body: &Value) -> Answer {
        self.sync("POST", path, body)
    }

    pub(crate) fn get(&mut self, path: &str) -> Value {
        let answer = self.sync("GET", path, &Value::Null);
        assert_eq!(answer.status, 200, "{}", answer.value());
        answer.value()
    }

    /// An action of the job that answers with 204.
    pub(crate) fn act(&mut self, action: &str, body: &Value) {
        let path = format!("jobs/{}/{action}", self.job);
        assert_eq!(self.post(&path, body).status, 204, "{action}");
    }

    pub(crate) fn start(&mut self) {
        self.act("start", &Value::Null);
    }

    pub(crate) fn restart(&mut self, scope: &str) {
        let criteria = if scope.is_empty() { json!({}) } else { json!({ "resetScope": scope }) };
        self.act("restart", &json!({ "criteria": criteria }));
    }

    pub(crate) fn job(&mut self) -> Value {
        let path = format!("jobs/{}", self.job);
        self.get(&path)
    }

    pub(crate) fn status(&mut self) -> Value {
        self.job()["status"].clone()
    }

    /// Address and token of the account, and more.
    pub(crate) fn save(&mut self, more: &[(&str, &str)]) {
        let facts = self.sample.facts().clone();
        self.save_for(&facts.account_scim_url, &facts.account_token, more);
    }

    pub(crate) fn save_for(&mut self, base: &str, token: &str, more: &[(&str, &str)]) {
        let pairs = [("BaseAddress", base), ("SecretToken", token)];
        let list = pairs.iter().chain(more).map(|(key, value)| json!({ "key": key, "value": value }));
        let body = json!({ "value": list.collect::<Vec<_>>() });
        assert_eq!(self.sync("PUT", "secrets", &body).status, 204);
    }

    pub(crate) fn assign(&mut self, id: &str) -> String {
        let path = format!("/servicePrincipals/{}/appRoleAssignedTo", self.principal);
        let body = json!({ "principalId": id, "resourceId": self.principal, "appRoleId": USER_ROLE });
        let made = self.graph("POST", &path, &body);
        assert_eq!(made.status, 201, "{}", made.value());
        made.value()["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn unassign(&mut self, assignment: &str) {
        let path = format!("/servicePrincipals/{}/appRoleAssignedTo/{assignment}", self.principal);
        assert_eq!(self.graph("DELETE", &path, &Value::Null).status, 204);
    }

    pub(crate) fn pass(&mut self, time: Duration) {
        self.now += time;
        // Nothing is done before somebody asks; signing out asks nothing of Graph.
        self.sample.answer(Service::Databricks, &Request::new("GET", "/login.html"), self.now);
    }

    /// The whole log of the job, the newest first.
    pub(crate) fn log(&mut self) -> Vec<Value> {
        self.log_of("")
    }

    /// The log by a filter of its own, beside the job.
    pub(crate) fn log_of(&mut self, more: &str) -> Vec<Value> {
        let filter = crate::client::encode(&format!("jobId eq '{}'{more}", self.job));
        let answer =
            self.graph("GET", &format!("/auditLogs/provisioning?$filter={filter}&$top=1000"), &Value::Null);
        assert_eq!(answer.status, 200, "{}", answer.value());
        answer.value()["value"].as_array().unwrap().clone()
    }

    pub(crate) fn person(&self, name: &str) -> String {
        self.sample.directory().person_named(&format!("{name}@contoso.example")).unwrap().id.clone()
    }

    pub(crate) fn group(&self, name: &str) -> String {
        self.sample.directory().group_named(name).unwrap().id.clone()
    }

    pub(crate) fn user_at_account(&self, name: &str) -> Option<Value> {
        let users = self.sample.scim_users(sample::Level::Account);
        users.into_iter().find(|it| it["userName"] == name)
    }

    pub(crate) fn group_at_account(&self, name: &str) -> Option<Value> {
        let groups = self.sample.scim_groups(sample::Level::Account);
        groups.into_iter().find(|it| it["displayName"] == name)
    }
}

/// The user names of a group's members at the account.
pub(crate) fn members(world: &World, group: &str) -> Vec<String> {
    let users = world.sample.scim_users(sample::Level::Account);
    let name = |id: &Value| {
        users.iter().find(|it| it["id"] == *id).map(|it| it["userName"].as_str().unwrap().to_owned())
    };
    let group = world.group_at_account(group).unwrap();
    let mut names: Vec<String> =
        group["members"].as_array().into_iter().flatten().filter_map(|it| name(&it["value"])).collect();
    names.sort();
    names
}
