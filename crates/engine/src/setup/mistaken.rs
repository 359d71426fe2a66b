//! Ids that look alike: one of Entra's in the place of the account's.

use super::Setup;
use crate::databricks::target::Target;

impl Setup {
    /// What the account id of a target is instead, where it is an id of Entra that this setup knows.
    #[must_use]
    pub fn mistaken_account(&self, target: &Target) -> Option<String> {
        let account = target.account_id()?;
        let ids = [
            (self.tenant.as_ref().map(|it| &it.0), "your Directory (tenant) ID"),
            (
                self.client.as_ref().map(|it| &it.0),
                "the Application (client) ID that this page signs in with",
            ),
            (self.unattended.as_ref().map(|it| &it.0), "the ID of the application for unattended runs"),
        ];
        let (_, what) = ids.into_iter().find(|(id, _)| *id == Some(account))?;
        Some(format!(
            "{account} is {what}, not the account’s. Databricks shows its account ID in the account console, in the menu at the top right; \
             the Account SCIM URL under Security, User provisioning holds it."
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entra::ids::{ClientId, Guid, TenantId};

    #[test]
    fn ids_of_entra_are_known_in_the_place_of_the_accounts() {
        let id = |end: char| Guid::parse(&format!("00000000-0000-0000-0000-00000000000{end}")).unwrap();
        let setup = Setup {
            tenant: Some(TenantId(id('a'))),
            client: Some(ClientId(id('b'))),
            unattended: Some(ClientId(id('c'))),
            ..Setup::default()
        };
        let account = |end: char| {
            let address =
                format!("https://accounts.azuredatabricks.net/api/2.1/accounts/{}/scim/v2", id(end));
            setup.mistaken_account(&Target::parse(&address, &[]).unwrap())
        };
        for (end, what) in
            [('a', "Directory (tenant) ID"), ('b', "Application (client) ID"), ('c', "unattended runs")]
        {
            assert!(account(end).is_some_and(|words| words.contains(what)), "{end}");
        }
        assert_eq!(account('d'), None);
        let workspace = Target::parse("adb-1.2.azuredatabricks.net", &[]).unwrap();
        assert_eq!(setup.mistaken_account(&workspace), None);
    }
}
