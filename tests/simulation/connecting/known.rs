//! The page's part: what it keeps of what it is told.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use engine::databricks::target::Target;
use engine::setup::{Setup, Step};
use engine::worker::message::{Arrival, Command, Event};
use futures::FutureExt as _;

use super::drawn::Drawn;
use crate::worker::Page;

/// What the page knows of the setup and of what is shown.
pub(super) struct Known {
    pub(super) setup: RefCell<Setup>,
    /// What is proved, step by step.
    pub(super) proved: RefCell<BTreeMap<Step, String>>,
    pub(super) shown: RefCell<Drawn>,
    pub(super) step: Cell<Step>,
    /// Files that were offered: their names and texts.
    pub(super) offered: RefCell<Vec<(String, String)>>,
    /// What was said of somebody's sign-in.
    pub(super) notes: RefCell<Vec<String>>,
}

impl Known {
    /// What a page does with what it hears.
    pub(super) fn takes(&self, page: &Rc<Page>, event: &Event) {
        match event {
            Event::Keep(text) => {
                self.setup.borrow_mut().connector = Some(serde_json::from_str(text).unwrap());
                let kept = page.ask_with(&Command::Kept, None, |_| ()).now_or_never();
                assert_eq!(kept, Some(Event::Done));
            }
            Event::Proved { step, proof } => {
                self.proved.borrow_mut().remove(step);
                self.proved.borrow_mut().extend(proof.clone().map(|proof| (*step, proof)));
            }
            Event::Sheets { step, above, below, .. } if *step == self.step.get() => {
                *self.shown.borrow_mut() = Drawn::of(&format!("{}{}", above.0, below.0));
            }
            Event::Target(address) => {
                self.setup.borrow_mut().target = Target::parse(address, &page.world.cloud().databricks).ok();
                self.setup.borrow_mut().unconfirmed.target = false;
            }
            Event::Unattended { client, .. } => self.setup.borrow_mut().unattended = Some(client.clone()),
            Event::Choose(scope) => self.setup.borrow_mut().scope = Some(scope.clone()),
            Event::Offer { name, text, .. } => self.offered.borrow_mut().push((name.clone(), text.clone())),
            Event::Arrived(Arrival::Told { note, .. }) => {
                self.notes.borrow_mut().push(note.problem.what.clone());
            }
            _ => {}
        }
    }
}
