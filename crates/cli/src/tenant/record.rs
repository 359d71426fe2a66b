//! `--record`: each exchange as a JSON line, for others to hold against the published contracts.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use engine::problem::Problem;
use sample::{Answer, Request, Service};
use serde::Serialize;
use serde_json::{Map, Value};

use super::mask::Mask;
use crate::say;

/// One exchange. Bodies are the texts that went over the wire, null when empty.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Exchange<'e> {
    service: &'static str,
    method: &'e str,
    url: String,
    request_headers: Map<String, Value>,
    request_body: Option<String>,
    status: u16,
    response_headers: Map<String, Value>,
    response_body: Option<String>,
}

/// Writes exchanges to a file.
pub(crate) struct Recorder {
    file: Mutex<File>,
    mask: Mask,
    failed: AtomicBool,
}

impl Recorder {
    /// Begins a new file.
    ///
    /// # Errors
    /// A [`Problem`] when it cannot be written.
    pub(crate) fn create(path: &Path, mask: Mask) -> Result<Self, Problem> {
        let file = File::create(path).map_err(|error| {
            Problem::new(
                format!("The record {} cannot be written.", path.display()),
                format!("The system says: {error}."),
                "Name a file in a folder that exists and may be written to.",
            )
        })?;
        Ok(Self { file: Mutex::new(file), mask, failed: AtomicBool::new(false) })
    }

    /// Adds an exchange. A full disk is told once and does not stop the tenant.
    pub(crate) fn write(&self, service: Service, origin: &str, request: &Request, answer: &Answer) {
        let line = self.line(service, origin, request, answer);
        let written = {
            let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            file.write_all(line.as_bytes())
        };
        if let Err(error) = written
            && !self.failed.swap(true, Ordering::Relaxed)
        {
            say::log(format!(
                "The record cannot be written any more: {error}. Exchanges from here on are missing."
            ));
        }
    }

    fn line(&self, service: Service, origin: &str, request: &Request, answer: &Answer) -> String {
        let exchange = Exchange {
            service: match service {
                Service::SignIn => "sign-in",
                Service::Graph => "graph",
                Service::Databricks => "databricks",
            },
            method: &request.method,
            url: self.mask.parameters(&format!("{origin}{}", request.path)),
            request_headers: self.headers(&request.headers),
            request_body: self.mask.body(content_type(&request.headers), &request.body),
            status: answer.status,
            response_headers: self.headers(&answer.headers),
            response_body: self.mask.body(content_type(&answer.headers), &answer.body),
        };
        // A structure of texts always serialises.
        let mut line = serde_json::to_string(&exchange).unwrap_or_default();
        line.push('\n');
        line
    }

    /// Headers as an object; values of a repeated one are joined, as HTTP allows.
    fn headers(&self, pairs: &[(String, String)]) -> Map<String, Value> {
        let mut object = Map::new();
        for (name, value) in pairs {
            let value = self.mask.header(name, value);
            let joined = match object.get(name).and_then(Value::as_str) {
                Some(first) => format!("{first}, {value}"),
                None => value,
            };
            object.insert(name.clone(), Value::from(joined));
        }
        object
    }
}

fn content_type(headers: &[(String, String)]) -> &str {
    headers.iter().find(|(name, _)| name == "content-type").map_or("", |(_, value)| value)
}
