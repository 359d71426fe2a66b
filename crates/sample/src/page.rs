//! The frame of the few HTML pages: readable without scripts, with a title, a language and one heading.

use crate::http::Answer;

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;\
     color:#1b1b1b;background:#fff}button{font:inherit;padding:.6rem 1rem;margin:.25rem .5rem .25rem 0;\
     border:1px solid #555;border-radius:4px;background:#fff;color:#1b1b1b;text-align:start}\
     label{display:block;margin-top:.75rem;font-weight:600}\
     input,select{font:inherit;padding:.5rem;border:1px solid #555;border-radius:4px;width:100%;box-sizing:border-box;\
     background:#fff;color:#1b1b1b}a{color:#0b5cad}button[value=accept]{background:#0b5cad;border-color:#0b5cad;color:#fff}.accounts button{display:block;\
     width:100%}button:focus-visible,input:focus-visible,select:focus-visible,a:focus-visible{outline:3px solid #0b5cad;outline-offset:2px}dt{margin-top:.75rem;\
     font-weight:600}dd{margin:0}code{overflow-wrap:anywhere;background:#f2f2f2;padding:.1rem .3rem}";

/// A whole page. `body` is HTML; what comes from a request in it is escaped by the caller.
pub(crate) fn answer(status: u16, title: &str, body: &str) -> Answer {
    let title = escape(title);
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><link rel=\"icon\" href=\"data:,\">\
         <style>{STYLE}</style></head><body><main><h1>{title}</h1>{body}</main></body></html>"
    );
    Answer::text(status, "text/html; charset=utf-8", html)
        .with("cache-control", "no-store")
        .with("x-content-type-options", "nosniff")
        .with("x-frame-options", "DENY")
        .with(
            "content-security-policy",
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
        )
}

/// Text made safe for HTML, in content and in quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
