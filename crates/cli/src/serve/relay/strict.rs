//! A second reader of requests and of the table, written independently of the one that is tested.

/// The requests of one connection as a strict reader takes them apart, up to the first that it does not take: their request
/// lines, heads and bodies.
pub(super) fn strictly(mut raw: &[u8]) -> Vec<(String, String, Vec<u8>)> {
    let mut requests = Vec::new();
    loop {
        while let Some(rest) = raw.strip_prefix(b"\r\n") {
            raw = rest;
        }
        let Some(end) = raw.windows(4).position(|window| window == b"\r\n\r\n") else { return requests };
        // One byte is one character.
        let head: String = raw[..end].iter().map(|byte| char::from(*byte)).collect();
        raw = &raw[end + 4..];
        let mut lines = head.split("\r\n");
        let line = lines.next().unwrap().to_owned();
        let mut values = Vec::new();
        for header in lines.clone() {
            let Some((name, value)) = header.split_once(':') else { return requests };
            if matches!(name.to_ascii_lowercase().as_str(), "content-length" | "transfer-encoding") {
                values
                    .push((name.to_ascii_lowercase(), value.trim_matches([' ', '\t']).to_ascii_lowercase()));
            }
        }
        let odd = |text: &str| text.contains(['\r', '\n', '\0']);
        if odd(&line) || lines.clone().any(|header| odd(header) || header.starts_with([' ', '\t'])) {
            return requests;
        }
        let mut body = Vec::new();
        match values.as_slice() {
            [] => {}
            [(name, value)]
                if name == "content-length" && value.bytes().all(|byte| byte.is_ascii_digit()) =>
            {
                let Some(whole) = value.parse().ok().and_then(|length| raw.split_at_checked(length)) else {
                    return requests;
                };
                body.extend_from_slice(whole.0);
                raw = whole.1;
            }
            [(name, value)] if name == "transfer-encoding" && value == "chunked" => loop {
                let Some(end) = raw.windows(2).position(|window| window == b"\r\n") else { return requests };
                let size = String::from_utf8_lossy(&raw[..end]).into_owned();
                let digits = size.split(';').next().unwrap();
                let size = usize::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'));
                let Some(size) = size else { return requests };
                raw = &raw[end + 2..];
                if size == 0 {
                    // Trailers are lines up to an empty one.
                    let Some(end) = raw.windows(2).position(|window| window == b"\r\n") else {
                        return requests;
                    };
                    let end = if end == 0 {
                        2
                    } else {
                        let Some(end) = raw.windows(4).position(|window| window == b"\r\n\r\n") else {
                            return requests;
                        };
                        end + 4
                    };
                    raw = &raw[end..];
                    break;
                }
                let Some((chunk, rest)) = raw.split_at_checked(size) else { return requests };
                let Some(rest) = rest.strip_prefix(b"\r\n") else { return requests };
                body.extend_from_slice(chunk);
                raw = rest;
            },
            _ => return requests,
        }
        requests.push((line, head, body));
    }
}

/// Whether a call is in the table, told by its segments.
pub(super) fn in_table(method: &str, path: &str) -> bool {
    let segments: Vec<&str> = path.split('/').collect();
    let rest = match segments.as_slice() {
        ["", "api", "2.0", "preview", "scim", "v2", "Me"] => return method == "GET",
        ["", "api", "2.0", "preview", "scim", "v2", rest @ ..] => rest,
        ["", "api", "2.0" | "2.1", "accounts", account, "scim", "v2", rest @ ..] => {
            let hyphens = account.char_indices().filter(|(_, letter)| *letter == '-').map(|(at, _)| at);
            if account.len() != 36 || !hyphens.eq([8, 13, 18, 23]) {
                return false;
            }
            if !account.chars().all(|letter| letter == '-' || letter.is_ascii_hexdigit()) {
                return false;
            }
            rest
        }
        _ => return false,
    };
    match rest {
        ["Users" | "Groups"] => matches!(method, "GET" | "POST"),
        ["Users" | "Groups", id] => {
            let digits = (1..=20).contains(&id.len()) && id.chars().all(|digit| digit.is_ascii_digit());
            digits && matches!(method, "GET" | "PATCH")
        }
        _ => false,
    }
}
