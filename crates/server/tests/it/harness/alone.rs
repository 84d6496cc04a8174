//! A server on a PostgreSQL of its own, which a test may break.

use std::path::Path;

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use som_server::app;
use som_server::clock::Clock;
use som_server::db::embedded::{Embedded, EmbeddedOptions};
use som_server::permission::Role;
use sqlx::PgPool;

use super::{Client, cluster, fixture};

/// The server's parts.
pub struct Alone {
    pub cluster: Embedded,
    pub router: axum::Router,
    origin: String,
    url: SecretString,
}

impl Alone {
    /// Starts PostgreSQL in `dir` and fills it like the template of all other tests.
    pub async fn start(dir: &Path) -> Self {
        let options = EmbeddedOptions::new(&dir.join("data"));
        let cluster = Embedded::start(options).await.unwrap();
        cluster.ensure_database("som").await.unwrap();
        let url = cluster.admin_url("som");
        som_server::db::migrator::up(&url).await.unwrap();
        let clock = Clock::manual(super::start());
        let state = cluster::state_of(cluster::config(dir), url.clone(), clock);
        fixture::fill(&state, super::PASSWORD).await;
        let origin = state.config().server.public_url.as_str().to_owned();
        let router = app::router(state);
        Self {
            cluster,
            router,
            origin,
            url,
        }
    }

    /// The owner of "Test Company", with a customer `ACME` and a product `HX-10`.
    pub async fn owner(&self) -> Client {
        let client = Client::new(self.router.clone(), &self.origin);
        client.sign_in_as(&super::email(Role::Owner)).await;
        let customer = json!({ "code": "ACME", "name": "Acme", "addresses": [{ "lines": ["Street 1"], "city": "Berlin", "country": "DE" }] });
        client
            .post("/customers")
            .json(customer)
            .send()
            .await
            .created();
        let product = json!({ "sku": "HX-10", "name": "Bolt", "list_price": "10.00" });
        client
            .post("/products")
            .json(product)
            .send()
            .await
            .created();
        client
    }

    /// Sees everything.
    pub async fn pool(&self) -> PgPool {
        PgPool::connect(self.url.expose_secret()).await.unwrap()
    }
}
