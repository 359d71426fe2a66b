//! What a newcomer must know to use the sample tenant. All of it is made up.

use serde::Serialize;

use crate::people::GUEST;
use crate::random::Random;
use crate::{Options, TenantKind};

/// The tenant's domain.
pub const DOMAIN: &str = "contoso.example";

/// Ids, addresses and credentials of the sample tenant. Without `Debug`, so that nobody gets used to printing secrets.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    /// Directory (tenant) ID.
    pub tenant_id: String,
    /// The tenant's domain name.
    pub domain: String,
    /// Application (client) ID of the single-page application; empty where nothing is registered.
    pub client_id: String,
    /// Application (client) ID of the headless application, for client credentials.
    pub sync_client_id: String,
    /// Client secret of the headless application.
    pub sync_client_secret: String,
    /// Databricks account ID.
    pub account_id: String,
    /// Personal access token of a workspace administrator (`pat-owner@contoso.example`).
    pub workspace_token: String,
    /// Personal access token of somebody who may read names and ids only.
    pub plain_token: String,
    /// Account SCIM token, valid under `/api/2.1/accounts/…` only.
    pub account_token: String,
    /// Application id of a service principal that administers the account, for Databricks' own OAuth.
    pub account_client_id: String,
    /// OAuth secret of that service principal.
    pub account_client_secret: String,
    /// User names of those who may sign in and consent for the organisation.
    pub admins: Vec<String>,
    /// User names of those who may sign in: the administrators, some ordinary people, and a guest by the address at home.
    pub accounts: Vec<String>,
    /// The workspace's address.
    pub workspace_url: String,
    /// The account's SCIM address, as the account console shows it.
    pub account_scim_url: String,
}

impl Facts {
    pub(crate) fn new(options: &Options, people: usize, random: &mut Random) -> Self {
        let account_id = random.guid();
        let ada = format!("ada@{DOMAIN}");
        let mut admins = vec![ada.clone()];
        let mut accounts = vec![ada];
        if people > 1 {
            admins.extend(["grace", "petra"].map(|name| format!("{name}@{DOMAIN}")));
            accounts.extend(
                ["uma", "grace", "nora", "petra", "otto", "dana"].map(|name| format!("{name}@{DOMAIN}")),
            );
            accounts.push(GUEST.to_owned());
        }
        let tenant_id = random.guid();
        // Drawn in any case, so that what follows in the seed's sequence stays what it was.
        let registered = [random.guid(), random.guid(), format!("Smp8Q~{}", random.opaque(34))];
        let [client_id, sync_client_id, sync_client_secret] =
            if options.is(TenantKind::Empty) { Default::default() } else { registered };
        Self {
            tenant_id,
            domain: DOMAIN.to_owned(),
            client_id,
            sync_client_id,
            sync_client_secret,
            workspace_token: format!("dapi{}", random.hex(32)),
            plain_token: format!("dapi{}", random.hex(32)),
            account_token: format!("dsapi{}", random.hex(32)),
            // Of their own, so that what follows in the seed's sequence stays what it was.
            account_client_id: Random::new(!options.seed).guid(),
            account_client_secret: format!("dose{}", Random::new(!options.seed).hex(32)),
            admins,
            accounts,
            workspace_url: options.databricks.clone(),
            account_scim_url: format!("{}/api/2.1/accounts/{account_id}/scim/v2", options.databricks),
            account_id,
        }
    }
}
