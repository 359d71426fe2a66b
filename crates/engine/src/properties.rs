//! What must hold for any input whatever.

use proptest::prelude::*;

use crate::databricks::scim::equals;
use crate::databricks::target::{Level, Target};
use crate::databricks::token;
use crate::entra::ids::Guid;
use crate::entra::sign_in::read_address;
use crate::entra::tenancy::TenantName;
use crate::http::{parse_query, query};

/// Texts that look a little like addresses: pieces that mean something, in any order.
fn address_like() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("https://"),
        Just("http://"),
        Just("adb-1.2"),
        Just("accounts"),
        Just(".azuredatabricks.net"),
        Just(".cloud.databricks.com"),
        Just("/api/2.1/accounts/"),
        Just("/api/2.0/preview/scim"),
        Just("00000000-1111-2222-3333-444444444444"),
        Just("?account_id="),
        Just("?o=1"),
        Just("#"),
        Just("@"),
        Just(":443"),
        Just(":8443"),
        Just("."),
        Just("\\"),
        Just("%2f"),
        Just("\u{202e}"),
        Just("ü"),
        Just(" "),
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn a_target_is_what_it_displays(text in prop_oneof![address_like(), any::<String>()]) {
        if let Ok(target) = Target::parse(&text, &[]) {
            prop_assert_eq!(Target::parse(&target.display(), &[]), Ok(target.clone()));
            // What is called is what is displayed: https, a known host, nothing hidden before it.
            let beginning = format!("https://{}", target.host());
            prop_assert!(target.display().starts_with(&beginning));
            prop_assert!(target.host().bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte)));
        }
    }

    #[test]
    fn an_id_and_a_domain_mean_the_same_when_pasted_in_turn(text in "[\\u{feff}\u{201c} {(]{0,2}[0-9a-fA-F.@-]{0,40}[\u{201d} })]{0,2}") {
        if let Ok(id) = Guid::parse(&text) {
            prop_assert_eq!(Guid::parse(id.as_str()), Ok(id.clone()));
        }
        if let Ok(name) = TenantName::parse(&text) {
            prop_assert_eq!(TenantName::parse(name.as_str()), Ok(name.clone()));
        }
    }

    #[test]
    fn nothing_that_is_pasted_makes_a_parser_fall(text in any::<String>()) {
        let _ = Guid::parse(&text);
        let _ = token::parse(&text, Level::Account);
        let _ = token::parse(&text, Level::Workspace);
        let _ = read_address(&text);
    }

    #[test]
    fn a_query_comes_back(pairs in proptest::collection::vec((any::<String>(), any::<String>()), 0..6)) {
        let encoded = query(&pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect::<Vec<_>>());
        prop_assert!(encoded.is_ascii());
        prop_assert_eq!(parse_query(&encoded), pairs);
    }

    #[test]
    fn a_filters_value_stays_inside_its_quotes(value in any::<String>()) {
        let filter = equals("userName", &value);
        let quoted = filter.strip_prefix("userName eq ").unwrap();
        prop_assert_eq!(serde_json::from_str::<String>(quoted).unwrap(), value);
    }
}
