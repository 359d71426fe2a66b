//! How messages travel between a page and its worker.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Command, Event};

/// A command on its way.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Asked {
    /// Numbers the commands of a visit.
    pub id: u32,
    /// What to do.
    pub command: Command,
}

/// What a worker sends.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Told {
    /// It listens from now on.
    Ready {
        /// Its [`VERSION`](super::VERSION).
        version: String,
    },
    /// Something that happened.
    Event {
        /// Which command this belongs to.
        id: u32,
        /// Whether it is the last one for that command.
        last: bool,
        /// What happened.
        event: Box<Event>,
    },
    /// It stopped for a fault of its own, with words fixed at compile time.
    Panicked(String),
}

impl Asked {
    /// The command as it travels. A code, or the record of a sign-in, may stand in it: it is wiped when it is dropped.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        // Pretty, as a setup is saved: one writer in the page in place of two.
        Zeroizing::new(serde_json::to_string_pretty(self).unwrap_or_default())
    }

    /// A command that came; nothing, when it is not understood.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

impl Told {
    /// The message as it travels. A fresh client secret may stand in it, or the record of a sign-in: it is wiped when it is dropped.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(postcard::to_allocvec(self).unwrap_or_default())
    }

    /// A message that came; nothing, when it is not understood.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }
}

/// What is tagged by its kind in files is read only from a form that says what comes, which postcard does not: within an event it is JSON.
pub(super) mod as_json {
    use serde::de::{DeserializeOwned, Error as _};
    use serde::ser::Error as _;
    use serde::{Deserialize as _, Deserializer, Serialize, Serializer};

    pub(in crate::worker) fn serialize<T: Serialize, S: Serializer>(
        it: &T,
        into: S,
    ) -> Result<S::Ok, S::Error> {
        into.serialize_str(&serde_json::to_string(it).map_err(S::Error::custom)?)
    }

    pub(in crate::worker) fn deserialize<'de, T: DeserializeOwned, D: Deserializer<'de>>(
        from: D,
    ) -> Result<T, D::Error> {
        let text = String::deserialize(from)?;
        serde_json::from_str(&text).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use zeroize::ZeroizeOnDrop;

    use super::*;
    use crate::setup::{Scope, Step};
    use crate::worker::message::Hidden;

    /// Holds for what wipes itself, and for nothing else.
    const fn wipes_itself<T: ZeroizeOnDrop>(_: &T) {}

    #[test]
    fn a_choice_is_understood() {
        for scope in [Scope::All, Scope::Chosen { groups: Vec::new(), people: Vec::new() }] {
            let event = Box::new(Event::Choose(scope.clone()));
            let bytes = Told::Event { id: 1, last: true, event }.to_bytes();
            let Some(Told::Event { event, .. }) = Told::from_bytes(&bytes) else { panic!("not understood") };
            assert_eq!(*event, Event::Choose(scope));
        }
    }

    #[test]
    fn messages_are_wiped_after_their_trip() {
        let kept = Hidden("{\"SignIn\":{\"verifier\":\"v-1\"}}".to_owned());
        let told =
            Told::Event { id: 1, last: true, event: Box::new(Event::Leave { address: String::new(), kept }) };
        let bytes = told.to_bytes();
        wipes_itself(&bytes);
        assert!(String::from_utf8_lossy(&bytes).contains("v-1"));
        let Some(Told::Event { event, .. }) = Told::from_bytes(&bytes) else { panic!("not understood") };
        let Event::Leave { kept, .. } = *event else { panic!("{event:?}") };
        wipes_itself(&kept);

        let sheets =
            Event::Sheets { step: Step::Register, above: Hidden(String::new()), below: kept, busy: false };
        let Event::Sheets { below, .. } = &sheets else { panic!("{sheets:?}") };
        wipes_itself(below);

        let text = Asked { id: 1, command: Command::Hide }.to_text();
        wipes_itself(&text);
        assert!(text.contains("Hide"));
    }
}
