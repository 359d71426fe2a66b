//! The removal of the connector: it goes, once and for all, and whom it brought stays.

use std::rc::Rc;

use engine::entra::connector::remove;
use serde_json::Value;

use super::super::somebody::Somebody;
use super::super::{NAME, cycle};
use super::{again_and_again, assigned, only, store, surely, words};

pub(super) fn removed(somebody: &Rc<Somebody>) {
    let (before, from) = (store(somebody), somebody.world.effects().len());
    let (enterprise, _) = assigned(somebody);
    let paths = [
        format!("/applications(appId='{}')", enterprise.client_id()),
        format!("/servicePrincipals/{}", enterprise.object_id()),
    ];
    again_and_again(somebody, async move |_, graph, control| {
        remove(graph, control, &|_| (), &enterprise).await.map_err(words)
    });
    cycle(somebody);
    for kind in ["applications", "servicePrincipals"] {
        let left = surely(somebody, async move |_, graph, _| {
            let path = format!("/{kind}?$select=id,displayName&$top=999");
            let all = graph.pages::<Value>("count", &path).await;
            let named = all.items.iter().filter(|it| it["displayName"] == NAME).count();
            all.broken.map_or(Ok(named), |error| Err(words(error)))
        });
        assert_eq!(left, 0, "seed {}: {kind}", somebody.seed);
    }
    assert_eq!(store(somebody), before, "seed {}: somebody has changed", somebody.seed);
    only(somebody, from, &[&paths[0], &paths[1]]);
}
