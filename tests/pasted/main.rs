//! What administrators paste into the fields for addresses, tokens and ids, and what each is taken for: a value or a message, word
//! by word, in `golden/pasted-*.txt`.
#![cfg(test)]
#![allow(missing_docs, reason = "tests")]

mod addresses;
#[path = "../golden/mod.rs"]
mod golden;
mod ids;
mod tokens;

use std::fmt::Write as _;

use engine::databricks::target::{Level, Target};
use engine::databricks::token;
use engine::entra::ids::Guid;
use engine::entra::tenancy::TenantName;

/// What a cloud of the configuration may add: the sample's own address.
const EXTRA: &str = "http://127.0.0.1:9103";

#[test]
fn addresses_are_read_as_pasted() {
    let mut text = String::new();
    for (group, pasted) in addresses::ALL {
        writeln!(text, "# {group}").unwrap();
        for pasted in *pasted {
            let result = match Target::parse(pasted, &[EXTRA.to_owned()]) {
                Ok(target) => {
                    // What is displayed is what is called, and means the same when it is pasted in turn.
                    let again = Target::parse(&target.display(), &[EXTRA.to_owned()]);
                    assert_eq!(again.as_ref(), Ok(&target), "{pasted:?}");
                    assert!(target.display().starts_with(target.origin()), "{pasted:?}");
                    format!("= {} {}", target.level().as_str(), target.display())
                }
                Err(error) => format!("! {error}"),
            };
            writeln!(text, "{pasted:?}\n  {result}").unwrap();
        }
    }
    assert!(addresses::ALL.iter().map(|(_, pasted)| pasted.len()).sum::<usize>() >= 100);
    golden::check("pasted-addresses.txt", &text);
}

#[test]
fn tokens_are_read_as_pasted() {
    let mut text = String::new();
    for pasted in tokens::ALL {
        writeln!(text, "{pasted:?}").unwrap();
        for level in [Level::Account, Level::Workspace] {
            let result = match token::parse(pasted, level) {
                Ok(token) => {
                    // What is sent is one word of what was pasted, so that nothing else can slip into a header.
                    assert!(pasted.contains(token.expose().as_str()), "{pasted:?}");
                    assert!(token.expose().bytes().all(|byte| byte.is_ascii_graphic()), "{pasted:?}");
                    let again = token::parse(token.expose(), level);
                    assert_eq!(
                        again.ok().map(|it| it.expose().clone()),
                        Some(token.expose().clone()),
                        "{pasted:?}"
                    );
                    format!("= {}", token.expose())
                }
                Err(error) => {
                    // A message never repeats what may be a secret.
                    let words = error.to_string();
                    assert!(pasted.trim().len() < 8 || !words.contains(pasted.trim()), "{pasted:?}");
                    format!("! {words}")
                }
            };
            writeln!(text, "  {:9} {result}", level.as_str()).unwrap();
        }
    }
    golden::check("pasted-tokens.txt", &text);
}

#[test]
fn ids_are_read_as_pasted() {
    let mut text = String::new();
    for pasted in ids::ALL {
        let client = match Guid::parse(pasted) {
            Ok(id) => {
                assert_eq!(Guid::parse(id.as_str()).as_ref(), Ok(&id), "{pasted:?}");
                format!("= {id}")
            }
            Err(error) => format!("! {}", error.message("Application (client) ID")),
        };
        let tenant = match TenantName::parse(pasted) {
            Ok(name) => {
                assert_eq!(TenantName::parse(name.as_str()).as_ref(), Ok(&name), "{pasted:?}");
                format!("= {}", name.as_str())
            }
            Err(error) => format!("! {}", error.message("Directory (tenant) ID")),
        };
        writeln!(text, "{pasted:?}\n  application {client}\n  tenant      {tenant}").unwrap();
    }
    golden::check("pasted-ids.txt", &text);
}
