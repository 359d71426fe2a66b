//! The sample tenant's Databricks on a pipe: one request a line comes in as JSON, one answer a line goes out.
//!
//! Time is what the request says (`now`, seconds from 1970), so that software which waits for nothing can be tried
//! against limits and delays without waiting. The first line that goes out holds the tenant's facts.

use std::io::{self, BufRead as _, Write as _};
use std::time::Duration;

use sample::{Options, Request, Sample, Service};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Asked {
    now: u64,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: String,
}

fn main() -> io::Result<()> {
    let mut sample = Sample::new(Options { people: 20, groups: 4, ..Options::default() });
    let mut out = io::stdout().lock();
    writeln!(out, "{}", json!(sample.facts()))?;
    out.flush()?;
    for line in io::stdin().lock().lines() {
        let asked: Asked = serde_json::from_str(&line?)?;
        let Asked { now, method, path, headers, body } = asked;
        let request = Request { method, path, headers, body: body.into_bytes() };
        let answer = sample.answer(Service::Databricks, &request, Duration::from_secs(now));
        let body = String::from_utf8_lossy(&answer.body);
        let told = json!({ "status": answer.status, "headers": answer.headers, "body": body });
        writeln!(out, "{told}")?;
        out.flush()?;
    }
    Ok(())
}
