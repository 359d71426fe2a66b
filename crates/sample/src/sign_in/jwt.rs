//! Tokens that look like those of Entra: three parts, of which the last is no real signature.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::random::Random;

/// Puts a token together.
pub(super) fn token(claims: &Value, random: &mut Random) -> String {
    let header = json!({ "typ": "JWT", "alg": "RS256", "kid": "sample" });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{}", part(&header), part(claims), random.opaque(86))
}
