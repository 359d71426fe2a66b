//! Why a text is no target: what it is instead, and what to paste.

use std::fmt;

use super::Level;

/// Why a text is no target, with the field's message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetError {
    /// Nothing was given.
    Empty,
    /// A token stands where an address belongs. The text itself is not repeated.
    Token,
    /// A bare GUID: an account id, or an application or tenant id.
    Id,
    /// Only digits: a workspace id.
    WorkspaceId,
    /// An account console link that does not say which account.
    AccountIdMissing,
    /// The path holds something else than an account id where one belongs.
    AccountId(String),
    /// An account path on a workspace's host, or the other way round.
    WrongHost {
        /// The host that was given.
        host: String,
        /// The level that the path belongs to.
        path: Level,
    },
    /// An old regional address, which stands for many workspaces.
    Regional(String),
    /// The beginning of a workspace's address.
    CutOff(String),
    /// A blank or a line break inside the host.
    Blank,
    /// A page of another product, by its host.
    Elsewhere(String),
    /// User name and password, or an `@`, before the host: a way to disguise an address.
    UserInfo,
    /// A port other than 443.
    Port,
    /// A character that is not ASCII in the host: a look-alike.
    NotAscii,
    /// Not an address at all.
    Malformed,
    /// This machine itself, and not the sample tenant's own address.
    Local(String),
}

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const EXAMPLES: &str = "Paste the address of the workspace, such as \
             https://adb-1234567890123456.7.azuredatabricks.net, or the Account SCIM URL that the account console shows \
             under Security → User provisioning.";
        match self {
            Self::Empty => write!(f, "Enter the address of the workspace or the Account SCIM URL."),
            Self::Token => write!(
                f,
                "This looks like a token. It belongs in the field Token; here goes the address. {EXAMPLES}"
            ),
            Self::Id => write!(
                f,
                "This is an id without an address. If it is the account id, paste the whole Account SCIM URL, such as \
                 https://accounts.azuredatabricks.net/api/2.1/accounts/…/scim/v2; an application or tenant id does not \
                 belong here."
            ),
            Self::WorkspaceId => write!(
                f,
                "This is a workspace id. Open the workspace and copy its address from the browser: the address holds \
                 the id and one more number."
            ),
            Self::AccountIdMissing => write!(
                f,
                "This is the account console, but the address does not say which account. Open Security → User \
                 provisioning there and copy the Account SCIM URL."
            ),
            Self::AccountId(id) => write!(
                f,
                "The account id in this address is \"{id}\", which is not an id of 36 characters. Copy the Account \
                 SCIM URL again."
            ),
            Self::WrongHost { host, path: Level::Account } => write!(
                f,
                "The path belongs to an account, but {host} is a workspace. Use the Account SCIM URL with the account \
                 console's host, or the workspace's address alone."
            ),
            Self::WrongHost { host, path: Level::Workspace } => write!(
                f,
                "The path belongs to a workspace, but {host} is the account console. Use the workspace's own address, \
                 or the Account SCIM URL."
            ),
            Self::Regional(host) => write!(
                f,
                "{host} is an old regional address that many workspaces share. Open the workspace and copy the address \
                 that begins with adb-."
            ),
            Self::CutOff(host) => write!(
                f,
                "{host} is only a part of a workspace's address, which looks like \
                 adb-1234567890123456.7.azuredatabricks.net: two numbers, and the name of the service. Copy it again, \
                 whole."
            ),
            Self::Blank => {
                write!(f, "There is a blank or a line break inside the address. Copy it again, in one piece.")
            }
            Self::Elsewhere(host) if host == "portal.azure.com" || host == "portal.azure.us" => write!(
                f,
                "This is Azure's portal. Open the workspace there, press Launch Workspace, and copy the address of the \
                 page that opens."
            ),
            Self::Elsewhere(host) => write!(
                f,
                "{host} is not a Databricks host. The directory and the token are sent to this address, so only known \
                 hosts are accepted. {EXAMPLES}"
            ),
            Self::UserInfo => write!(
                f,
                "There is an @ before the path, which can disguise where an address leads. Copy the address again."
            ),
            Self::Port => {
                write!(f, "Databricks answers on the usual port only. Remove the port from the address.")
            }
            Self::NotAscii => write!(
                f,
                "The host holds a character outside a–z, 0–9, dots and hyphens: perhaps a look-alike. Type the address \
                 or copy it from the workspace itself."
            ),
            Self::Malformed => write!(f, "This is not an address. {EXAMPLES}"),
            Self::Local(host) => write!(
                f,
                "{host} is this machine. Only the sample tenant's own address is accepted here, where the sample runs: \
                 copy it from the sample's page."
            ),
        }
    }
}

impl std::error::Error for TargetError {}
