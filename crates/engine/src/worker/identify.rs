//! What was entered to name the application and its tenant, looked at before the browser leaves with it: Microsoft shows some
//! mistakes on a page of its own, from where nobody comes back.

use super::Worker;
use super::message::Event;
use crate::entra::clouds::Cloud;
use crate::entra::ids::{ClientId, Guid, GuidError, TenantId};
use crate::entra::tenancy::{Tenancy, TenantName, find_tenant};
use crate::env::Env;
use crate::guide;
use crate::setup::Step;
use crate::sync::journal::Journal;

const CLIENT: &str = "Application (client) ID";
const TENANT: &str = "Directory (tenant) ID";

const SWAPPED: &str = "This is the ID of a tenant, not of an application. The application’s own ID stands under “Application \
                       (client) ID” on its Overview page.";

impl<E: Env, J: Journal> Worker<E, J> {
    /// Brings the two ids, or what is wrong with what was entered.
    pub(super) async fn identify(
        &self,
        cloud: &Cloud,
        clouds: &[Cloud],
        client: &str,
        tenant: &str,
        tell: &dyn Fn(Event),
    ) -> Event {
        self.offer(None, tell);
        let client = Guid::parse(client).map(ClientId).map_err(|error| error.message(CLIENT));
        let tenant = TenantName::parse(tenant).map_err(no_tenant);
        let (client, name) = match (client, tenant) {
            (Ok(client), Ok(name)) => (client, name),
            (client, tenant) => return unfit(client.err(), tenant.err()),
        };
        let tenant = match find_tenant(&self.env, cloud, clouds, &name).await {
            Tenancy::Here(tenant) => tenant,
            Tenancy::Elsewhere(tenant, other) => {
                let words =
                    format!("This tenant lives in the cloud “{}”, not in “{}”.", other.name, cloud.name);
                let clouds = vec![other];
                self.offer(Some(guide::register::Elsewhere { clouds, sure: true, tenant, client }), tell);
                return unfit(None, Some(words));
            }
            Tenancy::Nowhere => return self.nowhere(cloud, clouds, client, &name).await,
            Tenancy::Unknown => match name {
                TenantName::Id(tenant) => tenant,
                TenantName::Domain(domain) => return unfit(None, Some(not_found_out(&domain))),
            },
        };
        if tenant.0 == client.0 {
            return unfit(Some(SWAPPED.to_owned()), None);
        }
        Event::Registered { cloud: cloud.id.clone(), tenant, client }
    }

    /// Nobody knows the tenant: the two ids may stand in each other's field.
    async fn nowhere(&self, cloud: &Cloud, clouds: &[Cloud], client: ClientId, name: &TenantName) -> Event {
        if let TenantName::Id(_) = name {
            let other = TenantName::Id(TenantId(client.0));
            if let Tenancy::Here(_) | Tenancy::Elsewhere(..) =
                find_tenant(&self.env, cloud, clouds, &other).await
            {
                let words = "The tenant’s ID stands in the field above: exchange the two.";
                return unfit(Some(SWAPPED.to_owned()), Some(words.to_owned()));
            }
        }
        unfit(
            None,
            Some(format!(
                "The cloud “{}” has no tenant “{}”. Copy the {TENANT} from the application’s Overview page; if it is right, \
                 choose the tenant’s cloud below.",
                cloud.name,
                name.as_str()
            )),
        )
    }

    /// Offers other clouds, or nothing.
    pub(super) fn offer(&self, elsewhere: Option<guide::register::Elsewhere>, tell: &dyn Fn(Event)) {
        let change = {
            let known = &mut self.held.borrow_mut().desk.register.cloud;
            let change = known.is_some() || elsewhere.is_some();
            *known = elsewhere;
            change
        };
        if change {
            tell(self.sheets(Step::Register));
        }
    }
}

fn unfit(client: Option<String>, tenant: Option<String>) -> Event {
    Event::Unfit { client: client.unwrap_or_default(), tenant: tenant.unwrap_or_default() }
}

fn no_tenant(error: GuidError) -> String {
    match error {
        GuidError::Domain => format!(
            "This is neither an ID nor a domain. Enter the {TENANT}, which has 36 characters, or a domain such as \
             contoso.onmicrosoft.com."
        ),
        other => other.message(TENANT),
    }
}

fn not_found_out(domain: &str) -> String {
    format!(
        "Which tenant “{domain}” belongs to could not be found out just now. Copy the {TENANT} from the application’s \
         Overview page: it has 36 characters."
    )
}
