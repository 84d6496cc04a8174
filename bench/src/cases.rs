//! What is measured: questions as the web app asks them, drawn from the data that is there.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::client::{Ask, Client};

/// Pages walked to get deep into the list, of 200 orders each.
const DEPTH_PAGES: usize = 150;

/// A kind of request; the number makes each one different.
pub type Asks = Arc<dyn Fn(u64) -> Ask + Send + Sync>;

/// What it is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// The same statements with the same parameters, sent by nobody but the bench.
    Replay,
    /// Hand-written statements that write as many rows.
    Scripts,
    /// Nothing.
    None,
}

/// A case.
#[derive(Clone)]
pub struct Case {
    /// Name in the table.
    pub name: &'static str,
    /// The requests.
    pub asks: Asks,
    /// The limit.
    pub limit: Limit,
}

/// Data the requests are drawn from.
#[derive(Debug, Default)]
struct Stock {
    orders: Vec<String>,
    customers: Vec<(String, String)>,
    skus: Vec<String>,
    customer_words: Vec<String>,
    product_words: Vec<String>,
    deep: String,
}

/// An even, repeatable choice: the finaliser of SplitMix64.
fn pick<T>(from: &[T], number: u64, purpose: u64) -> Option<&T> {
    let mut mixed = number
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .wrapping_add(purpose.wrapping_mul(0xd1b5_4a32_d192_ed03));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    let place = usize::try_from(mixed % u64::try_from(from.len().max(1)).unwrap_or(1)).unwrap_or(0);
    from.get(place)
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

impl Stock {
    async fn read(client: &mut Client) -> Result<Self> {
        let mut stock = Self::default();
        let mut cursor = String::new();
        for page in 0..DEPTH_PAGES {
            let after = if page == 0 {
                String::new()
            } else {
                format!("&cursor={cursor}")
            };
            let body = client
                .ask(&Ask::get(format!("/orders?limit=200{after}")))
                .await?
                .json()?;
            stock.take_orders(&body, 20);
            match body.pointer("/page/next").and_then(Value::as_str) {
                Some(next) => next.clone_into(&mut cursor),
                None => break,
            }
        }
        // One cursor serves pages of any size.
        stock.deep = cursor;
        let oldest = client
            .ask(&Ask::get("/orders?limit=200&sort=created_at"))
            .await?
            .json()?;
        stock.take_orders(&oldest, 2);
        let customers = client
            .ask(&Ask::get("/customers?limit=200"))
            .await?
            .json()?;
        for item in rows(&customers) {
            stock
                .customers
                .push((text(item, "/id").to_owned(), text(item, "/code").to_owned()));
            stock.customer_words.extend(beginnings(text(item, "/name")));
        }
        let products = client
            .ask(&Ask::get("/products?limit=200&status=active"))
            .await?
            .json()?;
        for item in rows(&products) {
            stock.skus.push(text(item, "/sku").to_owned());
            stock.product_words.extend(beginnings(text(item, "/name")));
        }
        stock.orders.first().context("there are no orders")?;
        stock.skus.first().context("there are no products")?;
        Ok(stock)
    }

    fn take_orders(&mut self, body: &Value, every: usize) {
        let ids = rows(body)
            .iter()
            .step_by(every)
            .map(|item| text(item, "/id").to_owned());
        self.orders.extend(ids);
    }

    fn order(&self, number: u64, lines: u64) -> Value {
        let lines: Vec<Value> = (0..lines)
            .map(|line| json!({ "sku": pick(&self.skus, number, 10 + line), "quantity": { "value": (1 + (number + line) % 9).to_string() } }))
            .collect();
        let customer = pick(&self.customers, number, 2).map(|(id, _)| id);
        json!({ "customer_id": customer, "lines": lines })
    }
}

fn rows(body: &Value) -> &[Value] {
    body.get("data")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

/// What somebody has typed of a name so far: three to six letters of a word, and the word with the next one's beginning.
fn beginnings(name: &str) -> Vec<String> {
    let words: Vec<String> = name.to_lowercase().split(' ').map(str::to_owned).collect();
    let mut typed = Vec::new();
    for (place, word) in words.iter().enumerate() {
        let letters = 3 + place.min(3);
        typed.push(word.chars().take(letters).collect());
        if let Some(next) = words.get(place + 1) {
            typed.push(format!(
                "{word}%20{}",
                next.chars().take(2).collect::<String>()
            ));
        }
    }
    typed.retain(|text: &String| text.chars().count() >= 3);
    typed
}

/// All cases, reads first: writes grow the tables.
pub async fn all(client: &mut Client) -> Result<Vec<Case>> {
    let stock = Arc::new(Stock::read(client).await?);
    Ok([lists(&stock), others(&stock)]
        .into_iter()
        .flatten()
        .collect())
}

/// The same question every time.
fn fixed(name: &'static str, path: String) -> Case {
    Case {
        name,
        asks: Arc::new(move |_| Ask::get(path.clone())),
        limit: Limit::Replay,
    }
}

/// Another question every time, out of what there is.
fn drawn(
    stock: &Arc<Stock>,
    name: &'static str,
    limit: Limit,
    ask: fn(&Stock, u64) -> Ask,
) -> Case {
    let stock = Arc::clone(stock);
    Case {
        name,
        limit,
        asks: Arc::new(move |number| ask(&stock, number)),
    }
}

/// One order and lists of them.
fn lists(stock: &Arc<Stock>) -> Vec<Case> {
    vec![
        drawn(
            stock,
            "one order with its lines",
            Limit::Replay,
            |stock, n| {
                Ask::get(format!(
                    "/orders/{}",
                    pick(&stock.orders, n, 1).map_or("", String::as_str)
                ))
            },
        ),
        fixed("list of orders, first page", "/orders".to_owned()),
        fixed(
            "list of orders, deep page",
            format!("/orders?cursor={}", stock.deep),
        ),
        fixed(
            "list, view \"to deliver\"",
            "/orders?lifecycle=confirmed&fulfilment_status=unfulfilled,partial".to_owned(),
        ),
        fixed(
            "list, by total, lower bound",
            "/orders?total.gte=1000&sort=-total".to_owned(),
        ),
        drawn(stock, "list, one customer", Limit::Replay, |stock, n| {
            Ask::get(format!(
                "/orders?customer_id={}&limit=20",
                pick(&stock.customers, n, 2).map_or("", |(id, _)| id)
            ))
        }),
        drawn(stock, "list, searched", Limit::Replay, |stock, n| {
            Ask::get(format!(
                "/orders?q={}",
                pick(&stock.customer_words, n, 4).map_or("", String::as_str)
            ))
        }),
    ]
}

/// Searches, sums and writes.
fn others(stock: &Arc<Stock>) -> Vec<Case> {
    vec![
        drawn(stock, "customers as you type", Limit::Replay, |stock, n| {
            Ask::get(format!(
                "/customers?q={}&limit=8",
                pick(&stock.customer_words, n, 5).map_or("", String::as_str)
            ))
        }),
        drawn(stock, "products as you type", Limit::Replay, |stock, n| {
            Ask::get(format!(
                "/products?q={}&limit=20&status=active",
                pick(&stock.product_words, n, 6).map_or("", String::as_str)
            ))
        }),
        drawn(stock, "search everywhere", Limit::Replay, |stock, n| {
            Ask::get(format!(
                "/search?q={}",
                pick(&stock.customer_words, n, 7).map_or("", String::as_str)
            ))
        }),
        drawn(stock, "preview of 10 lines", Limit::Replay, |stock, n| {
            Ask::post("/orders/preview", &stock.order(n, 10))
        }),
        fixed("dashboard", "/dashboard".to_owned()),
        Case {
            name: "liveness",
            asks: Arc::new(|_| Ask::get("//health")),
            limit: Limit::None,
        },
        drawn(
            stock,
            "create and confirm 5 lines",
            Limit::Scripts,
            |stock, n| {
                let mut body = stock.order(n, 5);
                if let Value::Object(body) = &mut body {
                    body.insert("place".to_owned(), Value::Bool(true));
                }
                Ask::post("/orders", &body).keyed()
            },
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_has_three_letters() {
        assert_eq!(beginnings("Amber Boats"), ["amb", "amber%20bo", "boat"]);
        assert_eq!(beginnings("Al"), Vec::<String>::new());
    }

    #[test]
    fn choices_are_even_and_repeatable() {
        let from: Vec<u32> = (0..10).collect();
        let mut seen = [0; 10];
        for number in 0..1000 {
            assert_eq!(pick(&from, number, 1), pick(&from, number, 1));
            let found = pick(&from, number, 1).copied().unwrap();
            seen[found as usize] += 1;
        }
        assert!(
            seen.iter().all(|count| (50..200).contains(count)),
            "{seen:?}"
        );
    }
}
