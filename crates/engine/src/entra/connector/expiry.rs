//! A calendar entry for the day on which a token ends (iCalendar, RFC 5545), so that somebody is reminded where they look anyway.

use sha2::{Digest as _, Sha256};

use crate::env::Timestamp;
use crate::secret::scrub;

/// Lines are no longer, in octets, without their end (RFC 5545, 3.1).
const LONGEST: usize = 75;
const DAY: u64 = 86_400_000;

/// An entry for the whole day (by UTC) on which something of a connector ends, with reminders 14 and 3 days before. `name` is the
/// connector's, `what` is what ends, such as `The Databricks token`. It holds no secret: what looks like a token is taken out.
///
/// The entry of the same thing of the same connector has the same identity: imported again, with another day, it takes the place of
/// the first one.
#[must_use]
pub fn calendar(name: &str, what: &str, on: Timestamp, now: Timestamp) -> String {
    let (name, what) = (scrub(name), scrub(what));
    let summary = format!("{what} of {name} ends");
    let description = format!(
        "Make a new one before this day, and save it for the connector {name}. From this day on provisioning into Databricks \
         stops: the job goes into quarantine, and after four weeks switched off."
    );
    let mut out = Lines::default();
    out.plain("BEGIN:VCALENDAR");
    out.plain("VERSION:2.0");
    out.plain("PRODID:-//scim-setup//EN");
    out.plain("BEGIN:VEVENT");
    out.plain(&format!("UID:{}@scim-setup", identity(&name, &what)));
    out.plain(&format!("DTSTAMP:{}", utc(now)));
    // Minutes fit into the integers that calendars count revisions with.
    out.plain(&format!("SEQUENCE:{}", now.0 / 60_000));
    out.plain(&format!("DTSTART;VALUE=DATE:{}", date(on)));
    out.plain(&format!("DTEND;VALUE=DATE:{}", date(Timestamp(on.0.saturating_add(DAY)))));
    out.text("SUMMARY", &summary);
    out.text("DESCRIPTION", &description);
    out.plain("TRANSP:TRANSPARENT");
    for days in [14, 3] {
        out.plain("BEGIN:VALARM");
        out.plain("ACTION:DISPLAY");
        out.plain(&format!("TRIGGER:-P{days}D"));
        out.text("DESCRIPTION", &format!("{summary} in {days} days"));
        out.plain("END:VALARM");
    }
    out.plain("END:VEVENT");
    out.plain("END:VCALENDAR");
    out.0
}

/// The same for the same thing, whoever asks and whenever.
fn identity(name: &str, what: &str) -> String {
    let hash = Sha256::new().chain_update(name).chain_update([0]).chain_update(what).finalize();
    hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// `20261123`
fn date(at: Timestamp) -> String {
    at.rfc3339().chars().take_while(|c| *c != 'T').filter(|c| *c != '-').collect()
}

/// `20261123T000000Z`
fn utc(at: Timestamp) -> String {
    at.rfc3339().chars().filter(|c| !matches!(c, '-' | ':')).collect()
}

#[derive(Default)]
struct Lines(String);

impl Lines {
    /// A line, folded: what goes on in the next one begins there with a blank, and no character is cut.
    fn plain(&mut self, line: &str) {
        let mut length = 0;
        for c in line.chars() {
            if length + c.len_utf8() > LONGEST {
                self.0.push_str("\r\n ");
                length = 1;
            }
            self.0.push(c);
            length += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    /// A property whose value is text.
    fn text(&mut self, name: &str, value: &str) {
        let mut line = format!("{name}:");
        for c in value.chars() {
            match c {
                '\\' | ';' | ',' => line.extend(['\\', c]),
                '\n' => line.push_str("\\n"),
                // Control characters have no place in a calendar.
                c if c.is_control() => {}
                c => line.push(c),
            }
        }
        self.plain(&line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ON: Timestamp = Timestamp(1_798_675_200_000); // 2026-12-31
    const NOW: Timestamp = Timestamp(1_795_392_000_000); // 2026-11-23

    #[test]
    fn an_entry_for_the_day_with_two_reminders() {
        let text = calendar("sales", "The token", ON, NOW);
        let expected = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//scim-setup//EN\r\nBEGIN:VEVENT\r\n\
            UID:IDENTITY@scim-setup\r\nDTSTAMP:20261123T000000Z\r\nSEQUENCE:29923200\r\n\
            DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\nSUMMARY:The token of sales ends\r\n\
            DESCRIPTION:Make a new one before this day\\, and save it for the connector \r\n sales. \
            From this day on provisioning into Databricks stops: the job goes i\r\n nto quarantine\\, and after four weeks switched off.\r\n\
            TRANSP:TRANSPARENT\r\n\
            BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-P14D\r\nDESCRIPTION:The token of sales ends in 14 days\r\nEND:VALARM\r\n\
            BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-P3D\r\nDESCRIPTION:The token of sales ends in 3 days\r\nEND:VALARM\r\n\
            END:VEVENT\r\nEND:VCALENDAR\r\n";
        assert_eq!(text, expected.replace("IDENTITY", &identity("sales", "The token")));
    }

    #[test]
    fn a_later_day_takes_the_place_of_the_first() {
        let uid = |text: String| text.lines().find(|line| line.starts_with("UID:")).unwrap().to_owned();
        let first = uid(calendar("sales", "The token", ON, NOW));
        assert_eq!(
            uid(calendar("sales", "The token", Timestamp(ON.0 + 90 * DAY), Timestamp(NOW.0 + DAY))),
            first
        );
        assert_ne!(uid(calendar("sales", "The secret", ON, NOW)), first);
        assert_ne!(uid(calendar("finance", "The token", ON, NOW)), first);
    }

    #[test]
    fn names_cannot_break_out_and_lines_are_short() {
        let name = "Zoë\r\nBEGIN:VALARM; a, b\\c 李明李明李明李明李明李明李明李明李明李明李明李明";
        let text = calendar(name, "The token", ON, NOW);
        assert!(text.split("\r\n").all(|line| line.len() <= 75 && !line.contains(['\r', '\n'])), "{text}");
        assert_eq!(text.matches("\r\nBEGIN:VALARM\r\n").count(), 2);
        let unfolded = text.replace("\r\n ", "");
        assert!(
            unfolded.contains("SUMMARY:The token of Zoë\\nBEGIN:VALARM\\; a\\, b\\\\c 李明"),
            "{unfolded}"
        );
    }

    #[test]
    fn a_token_in_a_name_does_not_get_in() {
        let text = calendar("dapi0123456789abcdef0123", "The token", ON, NOW);
        assert!(text.contains("SUMMARY:The token of [secret] ends") && !text.contains("dapi"));
    }
}
