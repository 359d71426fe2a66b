//! A key that nobody knows is refused, wherever in a setup it stands: a limit for deletions under a misspelt name would be no limit.

use serde::{Deserialize, Deserializer};

/// What stands beside a kind that takes nothing: serde itself passes over it.
pub(super) fn nothing_else<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Nothing {}
    Nothing::deserialize(deserializer).map(|Nothing {}| ())
}

#[cfg(test)]
mod tests {
    use crate::setup::{Scope, Setup, SetupError};

    const ID: &str = "00000000-0000-0000-0000-00000000000a";

    fn read(rest: &str) -> Result<Setup, SetupError> {
        Setup::parse(&format!(r#"{{"version":1,"cloud":"global",{}}}"#, rest.replace("ID", ID)), &[])
    }

    #[test]
    fn a_key_that_nobody_knows_is_refused_wherever_it_stands() {
        for (rest, key) in [
            (r#""scop":{}"#, "scop"),
            (r#""connector":{"treshold":50}"#, "treshold"),
            (r#""connector":{"owner":{"kind":"no-person","id":"ID"}}"#, "id"),
            (r#""connector":{"owner":{"kind":"person","id":"ID","name":"Ada","mail":"x"}}"#, "mail"),
            (r#""scope":{"kind":"all","groups":[]}"#, "groups"),
            (r#""scope":{"kind":"chosen","groups":[],"people":[],"person":[]}"#, "person"),
            (
                r#""scope":{"kind":"chosen","groups":[{"id":"ID","name":"A","nested":true}],"people":[]}"#,
                "nested",
            ),
            (r#""unconfirmed":{"target":true,"tenant":true}"#, "tenant"),
            (r#""proofs":[{"step":"start","at":1,"what":"x","by":"y"}]"#, "by"),
        ] {
            let Err(SetupError::Malformed(words)) = read(rest) else { panic!("{rest} is taken") };
            assert!(words.contains(&format!("unknown field `{key}`")), "{rest}: {words}");
        }
    }

    #[test]
    fn all_that_was_ever_saved_is_still_read() {
        let setup = read(
            r#""way":"connector","identityManagement":"unknown","tenant":"ID","client":"ID",
            "target":"https://adb-1.2.azuredatabricks.net",
            "scope":{"kind":"chosen","groups":[{"id":"ID","name":"Analysts"}],"people":[{"id":"ID","name":"Ada"}]},
            "connector":{"name":"contoso-provisioning","id":"ID","job":"dataBricks.1","sent":1,"jobSent":2,"restartDue":true,"dueElsewhere":["ID"],
                "mail":"ops@contoso.example","threshold":50,"assignmentRequired":true,"owner":{"kind":"person","id":"ID","name":"Ada"},
                "byHand":true,"tokenEnds":"2027-05-31"},
            "unattended":"ID","unattendedSecretEnds":"2027-01-01T00:00:00Z","unconfirmed":{"client":true,"target":true},
            "proofs":[{"step":"start","at":1,"what":"Entra’s own provisioning"}]"#,
        )
        .unwrap();
        assert_eq!(setup.connector.as_ref().and_then(|it| it.threshold), Some(50));
        assert_eq!(Setup::parse(&setup.to_json(), &[]), Ok(setup));
        let bare =
            read(r#""connector":{"owner":{"kind":"no-person"}},"scope":{"kind":"all"},"proofs":[]"#).unwrap();
        assert_eq!(bare.scope, Some(Scope::All));
        assert_eq!(Setup::parse(&bare.to_json(), &[]), Ok(bare));
    }
}
