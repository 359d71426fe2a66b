//! What administrators paste into the address and the token field, and what each is taken for: a target or a message, word
//! by word, in `golden/pasted-*.txt`.
#![cfg(test)]
#![allow(missing_docs, reason = "tests")]

mod addresses;
#[path = "../golden/mod.rs"]
mod golden;
mod tokens;

use std::fmt::Write as _;

use engine::databricks::target::{Level, Target};
use engine::databricks::token;

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
