//! The sample tenant with a clock, a lock and a record.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use engine::problem::Problem;
use sample::{Answer, Facts, Options, Request, Sample, Service};
use serde_json::json;

use super::TenantArgs;
use super::mask::Mask;
use super::record::Recorder;
use super::sockets::Origins;

/// One sample tenant, shared by its sockets and the relay.
pub(crate) struct World {
    sample: Mutex<Sample>,
    origins: Origins,
    recorder: Option<Recorder>,
}

impl World {
    /// Makes the tenant.
    ///
    /// # Errors
    /// A [`Problem`] when the record cannot be written.
    pub(crate) fn open(
        args: &TenantArgs,
        origins: &Origins,
        redirects: Vec<String>,
    ) -> Result<Self, Problem> {
        let sample = Sample::new(Options {
            seed: args.seed,
            people: args.people,
            groups: args.groups,
            faults: args.faults,
            sign_in: origins.sign_in.clone(),
            graph: origins.graph.clone(),
            databricks: origins.databricks.clone(),
            redirect_uris: redirects,
            kinds: args.kinds.clone(),
            ..Options::default()
        });
        let mask = Mask::new(sample.facts());
        let recorder = args.record.as_deref().map(|path| Recorder::create(path, mask)).transpose()?;
        Ok(Self { sample: Mutex::new(sample), origins: origins.clone(), recorder })
    }

    /// Answers a request, after as long as the service took; `None` when the connection is cut.
    pub(crate) async fn answer(&self, service: Service, request: Request) -> Option<Answer> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        let answer = self.locked(|sample| sample.answer(service, &request, now));
        if !answer.delay.is_zero() {
            tokio::time::sleep(answer.delay).await;
        }
        if answer.cut {
            return None;
        }
        if let Some(recorder) = &self.recorder {
            recorder.write(service, self.origins.of(service), &request, &answer);
        }
        Some(answer)
    }

    /// What a newcomer must know.
    pub(crate) fn facts(&self) -> Facts {
        self.locked(|sample| sample.facts().clone())
    }

    /// The `config.json` that leads the page to this tenant.
    pub(crate) fn config(&self) -> String {
        let facts = self.facts();
        let cloud = json!({
            "id": "sample",
            "name": "Sample tenant",
            "authority": self.origins.sign_in,
            "graph": self.origins.graph,
            "portal": self.origins.portal(),
            "databricks": [self.origins.databricks],
        });
        let mut config = json!({
            "name": "Sample tenant",
            "tenantId": facts.tenant_id,
            "cloud": "sample",
            "relay": "relay/",
            "clouds": [cloud],
        });
        // Where nothing is registered a person brings the client id.
        if let (false, Some(config)) = (facts.client_id.is_empty(), config.as_object_mut()) {
            config.insert("clientId".to_owned(), json!(facts.client_id));
        }
        config.to_string()
    }

    fn locked<T>(&self, work: impl FnOnce(&mut Sample) -> T) -> T {
        work(&mut self.sample.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
