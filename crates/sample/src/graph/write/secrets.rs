//! Client secrets of an application, and what else is trusted to act as it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::TenantKind;
use crate::clock;
use crate::http::Answer;
use crate::registry::{Federated, Key, Secret};

use super::super::JSON;
use super::super::errors::GraphError;
use super::Write;
use super::applications::same_key;

const DAY: Duration = Duration::from_secs(86_400);
/// The life of a secret that does not say when it ends (Graph's `application-addpassword`).
const DEFAULT_DAYS: u32 = 730;
/// What the policy of a tenant with short secrets allows.
const POLICY_DAYS: u32 = 180;

impl Write<'_> {
    /// `addPassword`: the only answer that ever holds the secret's value.
    pub(super) fn add_password(&mut self, key: Key<'_>) -> Result<Answer, GraphError> {
        if self.options.is(TenantKind::NoSecrets) {
            return Err(GraphError::new(
                400,
                "CredentialTypeNotAllowedAsPerAppPolicy",
                "Credential type not allowed as per assigned policy",
            ));
        }
        let wanted = self.body.get("passwordCredential").and_then(Value::as_object);
        let text = |name: &str| wanted.and_then(|it| it.get(name)).and_then(Value::as_str);
        let date = |name: &str| -> Result<Option<Duration>, GraphError> {
            let read = |text| {
                let date = clock::parse(text);
                date.ok_or_else(|| {
                    GraphError::bad_request(format!("The date '{text}' of {name} is invalid."))
                })
            };
            text(name).map(read).transpose()
        };
        let starts = date("startDateTime")?.unwrap_or(self.now);
        let ends = date("endDateTime")?.unwrap_or(starts + DAY * DEFAULT_DAYS);
        if ends <= starts {
            return Err(GraphError::bad_request("The end of a credential comes after its start."));
        }
        // An hour of grace, so that clocks need not agree.
        if self.options.is(TenantKind::ShortSecrets) && ends > self.now + DAY * POLICY_DAYS + DAY / 24 {
            return Err(GraphError::new(
                400,
                "CredentialInvalidLifetimeAsPerAppPolicy",
                "Credential lifetime exceeds the max value allowed as per assigned policy",
            ));
        }
        let secret = Secret {
            key_id: self.random.guid(),
            name: text("displayName").map(str::to_owned),
            text: format!("Smp8Q~{}", self.random.opaque(34)),
            starts,
            ends,
            visible: self.now + self.registry.lag,
        };
        let mut shown = secret.render();
        if let Some(object) = shown.as_object_mut() {
            object.insert("secretText".to_owned(), json!(secret.text));
            let context = format!("{}/v1.0/$metadata#microsoft.graph.passwordCredential", self.options.graph);
            object.insert("@odata.context".to_owned(), json!(context));
        }
        let application = self.registry.application_mut(key);
        application.ok_or_else(|| GraphError::not_found(key.text()))?.secrets.push(secret);
        Ok(Answer::json(200, JSON, &shown))
    }

    /// `POST …/federatedIdentityCredentials`.
    pub(super) fn add_federated(&mut self, key: Key<'_>) -> Result<Answer, GraphError> {
        let made = Federated {
            id: self.random.guid(),
            name: self.text("name")?,
            issuer: self.text("issuer")?,
            subject: self.text("subject")?,
            audiences: self.body.get("audiences").cloned().unwrap_or_else(|| json!([])),
        };
        let application =
            self.registry.application_mut(key).ok_or_else(|| GraphError::not_found(key.text()))?;
        if application.federated.iter().any(|it| it.issuer == made.issuer && it.subject == made.subject) {
            return Err(same_key("issuer and subject"));
        }
        application.federated.push(made.clone());
        Ok(self.created("federatedIdentityCredentials", made.render()))
    }

    /// `removePassword`.
    pub(super) fn remove_password(&mut self, key: Key<'_>) -> Result<Answer, GraphError> {
        let key_id = self.text("keyId")?;
        let application =
            self.registry.application_mut(key).ok_or_else(|| GraphError::not_found(key.text()))?;
        let before = application.secrets.len();
        application.secrets.retain(|it| it.key_id != key_id);
        if application.secrets.len() < before {
            return Ok(Answer::new(204));
        }
        Err(GraphError::bad_request(format!("No password credential found with keyId '{key_id}'.")))
    }
}
