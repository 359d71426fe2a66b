//! What others do in the tenant meanwhile, without the page.

use engine::entra::graph::{Change, Graph};

use super::super::enterprise::enters;
use super::super::scripted::Scripted;
use super::*;

impl Wizard {
    /// Does something in Graph, as somebody does it elsewhere.
    pub(super) fn elsewhere<T: 'static>(
        &self,
        work: impl AsyncFnOnce(&Graph<'_, Scripted>) -> T + 'static,
    ) -> T {
        let world = self.world().clone();
        let env = Scripted::new(&world, "/nothing");
        let scopes: Vec<&str> = CONNECTOR.iter().chain(ASSIGN).map(|scope| scope.name).collect();
        let session = enters(&world, &env, &scopes);
        self.world().run(async move { work(&Graph::new(&env, world.cloud(), &session.tokens)).await })
    }

    /// Somebody makes an application from the entry for any application, as it is done for single sign-on.
    pub(super) fn other_application(&self, name: &'static str) -> ObjectId {
        let made = self.elsewhere(async move |graph| {
            let path = "/applicationTemplates/8adf8e6e-67b2-4cf2-a259-e3dc5476c621/instantiate";
            let body = serde_json::json!({ "displayName": name });
            graph.change_for::<serde_json::Value>(Change::post("make it", path, body)).await.unwrap()
        });
        self.pass(Duration::from_secs(60));
        id(made["servicePrincipal"]["id"].as_str().unwrap())
    }

    /// Somebody makes another job, and it runs.
    pub(super) fn another_job(&self, principal: &ObjectId, template: &'static str) {
        let jobs = format!("/servicePrincipals/{principal}/synchronization/jobs");
        self.elsewhere(async move |graph| {
            let body = serde_json::json!({ "templateId": template });
            let made: serde_json::Value =
                graph.change_for(Change::post("make it", &jobs, body)).await.unwrap();
            let start = format!("{jobs}/{}/start", made["id"].as_str().unwrap());
            let mut started = Err(());
            while started.is_err() {
                graph.env.sleep(Duration::from_secs(5)).await;
                started =
                    graph.change(Change::post("start it", &start, serde_json::json!({}))).await.map_err(drop);
            }
        });
        self.pass(Duration::from_secs(10));
    }
}
