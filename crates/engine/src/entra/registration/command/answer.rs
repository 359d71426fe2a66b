//! The line that the command prints, as people paste it: alone, amid what else the terminal showed, or broken by its width.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use crate::entra::ids::{ClientId, Guid, TenantId};
use crate::entra::redirect::RedirectUri;

/// The version of the line.
const VERSION: u64 = 1;
/// What people paste is bounded: of a whole terminal's history so much is looked at.
const LONGEST: usize = 200_000;

/// What the command did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The id of the cloud.
    pub cloud: String,
    /// The tenant.
    pub tenant: TenantId,
    /// The application.
    pub client: ClientId,
}

/// Why a pasted text is no answer of the command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerError {
    /// Nothing was pasted.
    Empty,
    /// There is no such line in it.
    NotFound,
    /// It was printed by another version.
    Version(u64),
    /// A value of it cannot be right: its name.
    Value(&'static str),
    /// It is for a page at another address.
    OtherPage(String),
}

impl fmt::Display for AnswerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("Paste the line that the command printed at its end."),
            Self::NotFound => f.write_str(
                "The line that begins with {\"scimSetup\" is not in this text. It is the last one that the command \
                 prints; if it is missing, the command did not reach its end, and what it printed instead says why.",
            ),
            Self::Version(version) => write!(
                f,
                "This line is of version {version}, and this page reads version {VERSION}. Copy the command from this \
                 page and run it again."
            ),
            Self::Value(name) => {
                write!(f, "The value of {name} is not complete. Copy the whole line, from {{ to }}.")
            }
            Self::OtherPage(uri) => write!(
                f,
                "This line is for the page at {uri}. Run the command of this page: it adds this page's address to the \
                 same application."
            ),
        }
    }
}

impl std::error::Error for AnswerError {}

impl Answer {
    /// Reads what was pasted.
    ///
    /// # Errors
    /// [`AnswerError`] says what is wrong with it.
    pub fn parse(text: &str, page: &RedirectUri) -> Result<Self, AnswerError> {
        if text.trim().is_empty() {
            return Err(AnswerError::Empty);
        }
        let line = line(text).ok_or(AnswerError::NotFound)?;
        match line.get("scimSetup").and_then(Value::as_u64) {
            Some(VERSION) => {}
            Some(version) => return Err(AnswerError::Version(version)),
            None => return Err(AnswerError::NotFound),
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        #[derive(Default)]
        struct Line {
            cloud: String,
            tenant_id: String,
            client_id: String,
            redirect_uri: String,
        }
        let line = Line::deserialize(&line).unwrap_or_default();
        let id = |text: &str, name| Guid::parse(text).map_err(|_| AnswerError::Value(name));
        if line.redirect_uri != page.as_str() {
            return Err(match RedirectUri::parse(&line.redirect_uri) {
                Ok(other) => AnswerError::OtherPage(other.into()),
                Err(_) => AnswerError::Value("redirectUri"),
            });
        }
        if line.cloud.is_empty() {
            return Err(AnswerError::Value("cloud"));
        }
        Ok(Self {
            tenant: TenantId(id(&line.tenant_id, "tenantId")?),
            client: ClientId(id(&line.client_id, "clientId")?),
            cloud: line.cloud,
        })
    }
}

/// The last object in the text that has our mark. Terminals break long lines, and some programs put blanks in front.
fn line(text: &str) -> Option<Value> {
    // Of a long history the end counts.
    let from = text.len().saturating_sub(LONGEST);
    let text = (from..text.len()).find_map(|at| text.get(at..)).unwrap_or_default();
    let joined: String = text.chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
    let start = joined.rfind("{\"scimSetup\"").or_else(|| {
        // PowerShell 5 writes the same object; people's editors add blanks.
        joined.rfind("\"scimSetup\"").and_then(|at| joined.get(..at)?.rfind('{'))
    })?;
    let from = joined.get(start..)?;
    let end = from.find('}')?;
    serde_json::from_str(from.get(..=end)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"scimSetup":1,"cloud":"global","tenantId":"11111111-1111-1111-1111-111111111111","clientId":"22222222-2222-2222-2222-222222222222","redirectUri":"https://wizard.contoso.example/"}"#;

    fn parse(text: &str) -> Result<Answer, AnswerError> {
        Answer::parse(text, &RedirectUri::parse("https://wizard.contoso.example/").unwrap())
    }

    #[test]
    fn the_line_is_found_however_it_was_pasted() {
        let expected = parse(LINE).unwrap();
        assert_eq!(expected.cloud, "global");
        assert_eq!(expected.tenant.as_str(), "11111111-1111-1111-1111-111111111111");
        assert_eq!(expected.client.as_str(), "22222222-2222-2222-2222-222222222222");
        let (left, right) = LINE.split_at(80);
        for pasted in [
            format!("  {LINE}\n"),
            format!("ada@cloudshell:~$ az rest\nWARNING: x {{y}}\n{LINE}\nada@cloudshell:~$ "),
            format!("{left}\n{right}"),
            format!("{}\n{LINE}", "ü history ".repeat(LONGEST / 8)),
            format!("{left}\r\n{right}\r\n"),
            LINE.replace(":", ": ").replace(",", ", ").replace("https: ", "https:"),
        ] {
            assert_eq!(parse(&pasted), Ok(expected.clone()), "{pasted}");
        }
    }

    #[test]
    fn what_is_wrong_with_it_is_said() {
        let cases = [
            ("", AnswerError::Empty),
            (" \n", AnswerError::Empty),
            ("az: command not found", AnswerError::NotFound),
            (r#"{"clientId":"x"}"#, AnswerError::NotFound),
            (&LINE.replace(":1,", ":2,"), AnswerError::Version(2)),
            (&LINE.replace("2222-2222-2222", "2222"), AnswerError::Value("clientId")),
            (&LINE.replace("11111111-1111", "contoso"), AnswerError::Value("tenantId")),
            (&LINE.replace("global", ""), AnswerError::Value("cloud")),
            (
                &LINE.replace("wizard.", "other."),
                AnswerError::OtherPage("https://other.contoso.example/".to_owned()),
            ),
            (&LINE.replace("https://wizard", "javascript:alert(1)//"), AnswerError::Value("redirectUri")),
            (LINE.split_at(100).0, AnswerError::NotFound),
        ];
        for (text, error) in cases {
            assert_eq!(parse(text), Err(error), "{text}");
        }
    }
}
