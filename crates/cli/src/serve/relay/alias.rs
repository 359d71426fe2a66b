//! The sample tenant behind the relay.

use std::sync::Arc;

use hyper::{HeaderMap, Method};
use sample::{Request, Service};

use super::refusal::{Code, Refusal};
use super::upstream::Received;
use crate::tenant::sockets::header_map;
use crate::tenant::world::World;

/// The sample tenant's SCIM service, answered inside this process. It is the only thing on loopback that is reached.
pub(crate) struct Alias {
    /// The host and port of the sample's SCIM origin.
    pub(crate) host: String,
    /// The tenant.
    pub(crate) world: Arc<World>,
}

impl Alias {
    /// Asks the sample tenant, with the same headers that a host would get.
    ///
    /// # Errors
    /// A [`Refusal`] when it cuts the connection.
    pub(crate) async fn ask(
        &self,
        method: &Method,
        (path, query): (&str, Option<&str>),
        up: &HeaderMap,
        body: Vec<u8>,
    ) -> Result<Received, Refusal> {
        let path = query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
        let mut headers = vec![("host".to_owned(), self.host.clone())];
        for (name, value) in up {
            headers.push((name.as_str().to_owned(), value.to_str().unwrap_or_default().to_owned()));
        }
        let request = Request { method: method.as_str().to_owned(), path, headers, body };
        let answer = self.world.answer(Service::Databricks, request).await.ok_or_else(|| {
            let message = format!(
                "{} cut the connection. Whether the request took effect is not known; look before repeating.",
                self.host
            );
            Refusal::new(Code::Unreachable, message)
        })?;
        Ok(Received { status: answer.status, headers: header_map(&answer.headers), body: answer.body })
    }
}
