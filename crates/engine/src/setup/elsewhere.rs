//! What came from elsewhere, with a file or a bookmark, and was not yet confirmed here.
//!
//! Whoever hands a setup over chooses where a token and a directory go. So the person who opens it says of application and target
//! that they know them, before either is used.

use serde::{Deserialize, Serialize};

use super::{Setup, Way};
use crate::databricks::target::Target;
use crate::entra::ids::{ClientId, Guid, TenantId};

/// What nobody here has said they know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Unconfirmed {
    /// The application that signs in.
    pub client: bool,
    /// The account or workspace.
    pub target: bool,
}

impl Unconfirmed {
    pub(super) const fn is_none(&self) -> bool {
        !self.client && !self.target
    }
}

impl Setup {
    /// The setup as somebody else's: its application, unless the host presets that very one for that tenant, and its target wait to be
    /// confirmed. That something was sent for a connector is known to whoever sent it alone.
    #[must_use]
    pub fn from_elsewhere(mut self, preset: &Self) -> Self {
        let same_tenant = preset.tenant.is_none() || preset.tenant == self.tenant;
        let vouched = preset.client == self.client && preset.cloud == self.cloud && same_tenant;
        let client = self.client.is_some() && !vouched;
        self.unconfirmed = Unconfirmed { client, target: self.target.is_some() };
        if let Some(facts) = &mut self.connector {
            (facts.sent, facts.job_sent) = (None, None);
        }
        self
    }

    /// Whether what is entered is the application that came from elsewhere and waits to be confirmed.
    #[must_use]
    pub fn is_strange_client(&self, entered: &str) -> bool {
        self.unconfirmed.client && Guid::parse(entered).ok().map(ClientId) == self.client
    }

    /// Whether this target came from elsewhere and waits to be confirmed.
    #[must_use]
    pub fn is_strange_target(&self, target: &Target) -> bool {
        self.unconfirmed.target && self.target.as_ref() == Some(target)
    }
}

/// The route of a bookmark that leads back to a connector's board: it names the application to sign in with, and nothing secret.
const BOARD: &str = "board/";

/// What follows `#/` in the address that leads back to the board, once tenant and application are known.
#[must_use]
pub fn bookmark(setup: &Setup) -> Option<String> {
    let (tenant, client) = (setup.tenant.as_ref()?, setup.client.as_ref()?);
    Some(format!("{BOARD}{}/{tenant}/{client}", setup.cloud))
}

/// Reads such a route: a setup for signing in and looking at the board.
#[must_use]
pub fn from_bookmark(route: &str) -> Option<Setup> {
    let mut parts = route.strip_prefix(BOARD)?.split('/');
    let (cloud, tenant, client) = (parts.next()?, parts.next()?, parts.next()?);
    let (tenant, client) = (Guid::parse(tenant).ok().map(TenantId), Guid::parse(client).ok().map(ClientId));
    let whole = tenant.is_some() && client.is_some() && parts.next().is_none();
    whole.then(|| Setup {
        way: Some(Way::Connector),
        cloud: cloud.to_owned(),
        tenant,
        client,
        ..Setup::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: &str = "00000000-0000-0000-0000-00000000000a";
    const CLIENT: &str = "00000000-0000-0000-0000-00000000000b";

    fn setup() -> Setup {
        Setup {
            target: Some(Target::parse("adb-1.2.azuredatabricks.net", &[]).unwrap()),
            tenant: Guid::parse(TENANT).ok().map(TenantId),
            client: Guid::parse(CLIENT).ok().map(ClientId),
            ..Setup::default()
        }
    }

    #[test]
    fn what_a_file_names_is_not_known_until_somebody_says_so() {
        let mine = setup();
        let target = mine.target.clone().unwrap();
        assert!(!mine.is_strange_client(CLIENT) && !mine.is_strange_target(&target));
        let theirs = mine.from_elsewhere(&Setup::default());
        assert!(theirs.is_strange_client(CLIENT) && theirs.is_strange_target(&target));
        assert!(theirs.is_strange_client(&format!(" \"{}\"", CLIENT.to_uppercase())));
        // Another one was typed by the person who is here.
        assert!(!theirs.is_strange_client(TENANT));
        assert!(!theirs.is_strange_target(&Target::parse("adb-3.4.azuredatabricks.net", &[]).unwrap()));
        // It outlives the trip to the sign-in service.
        assert_eq!(Setup::parse(&theirs.to_json(), &[]), Ok(theirs));
    }

    #[test]
    fn the_host_vouches_for_the_application_that_it_presets() {
        let client = |preset: &Setup| setup().from_elsewhere(preset).unconfirmed.client;
        let preset = Setup { tenant: setup().tenant, client: setup().client, ..Setup::default() };
        assert!(!client(&preset));
        assert!(!client(&Setup { tenant: None, ..preset.clone() }));
        // Not for the same id in another tenant or cloud.
        assert!(client(&Setup { tenant: Guid::parse(CLIENT).ok().map(TenantId), ..preset.clone() }));
        assert!(client(&Setup { cloud: "china".to_owned(), ..preset }));
        assert!(client(&Setup::default()));
    }

    #[test]
    fn a_bookmark_leads_back_to_the_board() {
        let route = bookmark(&setup()).unwrap();
        assert_eq!(route, format!("board/global/{TENANT}/{CLIENT}"));
        let opened = from_bookmark(&route).unwrap();
        assert_eq!((opened.way, opened.cloud.as_str()), (Some(Way::Connector), "global"));
        assert_eq!((opened.tenant, opened.client), (setup().tenant, setup().client));
        let no = ["board", "board/", "board/global", "sync", "board/global/a/b"];
        for route in no.into_iter().map(str::to_owned).chain([format!("board/global/{TENANT}/{CLIENT}/x")]) {
            assert_eq!(from_bookmark(&route), None, "{route}");
        }
    }
}
