//! The token for Databricks, checked for look-alikes before it is used.

use std::fmt;

use crate::databricks::target::Level;
use crate::entra::ids::Guid;
use crate::pasted::is_around;
use crate::secret::Secret;

/// Why a text is no token for this level. The text is never repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// Nothing was given.
    Empty,
    /// A GUID: an id of something, or a secret's id.
    Id,
    /// A web address.
    Address,
    /// A personal access token of a workspace, at the account.
    WorkspaceToken,
    /// An account SCIM token, at a workspace.
    AccountToken,
    /// An OAuth secret of a service principal, which must first be exchanged for a token.
    OauthSecret,
    /// A client secret of an application in Entra.
    ClientSecret,
    /// Dots or stars that stand for a token.
    Mask,
    /// Blanks or other characters inside that no token has.
    Characters,
    /// Far too short.
    Short,
    /// An access token of Entra or OAuth, where one is needed that lasts.
    Hourly,
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "Enter the token.",
            Self::Id => "This is an id, not a token. A token is shown once, when it is made.",
            Self::Address => "This is an address. It belongs in the field above; here goes the token.",
            Self::WorkspaceToken => {
                "This is a personal access token of a workspace (it begins with dapi). An account needs the SCIM token \
                 that the account console shows under Security → User provisioning."
            }
            Self::AccountToken => {
                "This is an account's SCIM token (it begins with dsapi). A workspace needs a personal access token of \
                 one of its administrators; or enter the Account SCIM URL in place of its address."
            }
            Self::OauthSecret => {
                "This is an OAuth secret of a service principal (it begins with dose). Make a token with it first, or \
                 use a personal access token."
            }
            Self::ClientSecret => {
                "This looks like a client secret of an application in Entra, which belongs nowhere on this page. Here \
                 goes a token that Databricks made."
            }
            Self::Mask => {
                "These marks stand in the place of a token: it was shown only once, when it was made. Make a new one."
            }
            Self::Characters => {
                "There is a blank, a line break or an unusual character inside, which no token has. Copy it again, whole."
            }
            Self::Hourly => {
                "This is an access token of Entra or OAuth (it begins with eyJ) and ends within the hour: provisioning would stop \
                 then. The connector needs a personal access token, or the account’s SCIM token."
            }
            Self::Short => "This is too short for a token. Copy it again, whole.",
        })
    }
}

impl std::error::Error for TokenError {}

/// Reads a token that Entra's provisioning keeps: as [`parse`], and none that ends within the hour.
///
/// # Errors
/// [`TokenError`] says what the text is instead.
pub fn parse_lasting(text: &str, level: Level) -> Result<Secret, TokenError> {
    let token = parse(text, level)?;
    let parts = token.expose().split('.');
    if token.expose().starts_with("eyJ") && parts.count() >= 3 { Err(TokenError::Hourly) } else { Ok(token) }
}

/// Reads a token as people paste it: blanks, quotes and a leading `Bearer` are dropped.
///
/// # Errors
/// [`TokenError`] says what the text is instead.
pub fn parse(text: &str, level: Level) -> Result<Secret, TokenError> {
    let text = text.trim_matches(is_around);
    let text = match text.split_at_checked("Bearer ".len()) {
        Some((word, rest)) if word.eq_ignore_ascii_case("Bearer ") => rest.trim_start(),
        _ => text,
    };
    if text.is_empty() {
        return Err(TokenError::Empty);
    }
    if Guid::parse(text).is_ok() {
        return Err(TokenError::Id);
    }
    if text.contains("://") || text.contains("databricks.") {
        return Err(TokenError::Address);
    }
    if text.chars().all(|c| "*•●·".contains(c)) {
        return Err(TokenError::Mask);
    }
    if !is_b64token(text) {
        return Err(TokenError::Characters);
    }
    if text.contains("Q~") {
        return Err(TokenError::ClientSecret);
    }
    match level {
        Level::Account if text.starts_with("dapi") => return Err(TokenError::WorkspaceToken),
        Level::Workspace if text.starts_with("dsapi") => return Err(TokenError::AccountToken),
        _ => {}
    }
    if text.starts_with("dose") {
        return Err(TokenError::OauthSecret);
    }
    if text.len() < 16 {
        return Err(TokenError::Short);
    }
    Ok(Secret::new(text.to_owned()))
}

/// What a bearer token may be made of (RFC 6750, section 2.1).
fn is_b64token(text: &str) -> bool {
    text.trim_end_matches('=').bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, level: Level) -> Result<String, TokenError> {
        parse(text, level).map(|token| token.expose().clone())
    }

    #[test]
    fn a_token_is_read_as_pasted() {
        let token = Ok("dapi0123456789abcdef-2".to_owned());
        assert_eq!(check("dapi0123456789abcdef-2", Level::Workspace), token);
        assert_eq!(check(" \"dapi0123456789abcdef-2\"\n", Level::Workspace), token);
        assert_eq!(check("Bearer dapi0123456789abcdef-2", Level::Workspace), token);
    }

    #[test]
    fn look_alikes_are_named() {
        let account = |text: &str| check(text, Level::Account).unwrap_err();
        assert_eq!(account(""), TokenError::Empty);
        assert_eq!(account("dapi0123456789abcdef"), TokenError::WorkspaceToken);
        assert_eq!(check("dsapi0123456789abcdef", Level::Workspace), Err(TokenError::AccountToken));
        assert_eq!(account("00000000-1111-2222-3333-444444444444"), TokenError::Id);
        assert_eq!(account("https://accounts.azuredatabricks.net"), TokenError::Address);
        assert_eq!(account("dose0123456789abcdef"), TokenError::OauthSecret);
        assert_eq!(account("dsapi0123 456789abcdef"), TokenError::Characters);
        assert_eq!(account("dsapi012"), TokenError::Short);
    }
}
