//! Carries the plans out, step by step in the order of time, each in a transaction of whoever does it.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use som_domain::ids::{HoldId, OrderId, OrderLineId};
use som_domain::money::Quantity;
use som_domain::orders::HoldType;

use super::people::{Actor, People};
use super::plan::{Plan, Step};
use crate::app::AppState;
use crate::caller::Caller;
use crate::ctx::Ctx;
use crate::features::orders::service::{comment, create, fulfil, holds, transition};
use crate::http::input::parse_value;
use crate::http::{ApiResult, IfMatch, Origin};

/// What is known of an order while its steps are carried out.
#[derive(Debug, Default, Clone)]
struct Progress {
    id: Option<OrderId>,
    hold: Option<HoldId>,
    /// Lines with what is open, and half of it where it can be halved.
    lines: Vec<Open>,
}

#[derive(Debug, Clone, Copy)]
struct Open {
    line: OrderLineId,
    all: Quantity,
    part: Option<Quantity>,
}

/// Carries out all steps.
pub(super) async fn execute(
    state: &AppState,
    people: &People,
    plans: Vec<Plan>,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let mut progress = vec![Progress::default(); plans.len()];
    let mut steps: Vec<(DateTime<Utc>, usize, usize, Step)> = Vec::new();
    for (place, plan) in plans.into_iter().enumerate() {
        steps.extend(
            plan.steps
                .into_iter()
                .map(|(at, step)| (at, place, plan.rep, step)),
        );
    }
    // A stable sort: the steps of one order stay in their order.
    steps.sort_by_key(|(at, place, ..)| (*at, *place));
    for (at, place, rep, step) in steps {
        let (Some(progress), Some(rep)) = (progress.get_mut(place), people.reps.get(rep)) else {
            continue;
        };
        let stage = Stage {
            state,
            people,
            rep,
            now,
        };
        Box::pin(stage.step(progress, at, step)).await?;
    }
    Ok(())
}

struct Stage<'a> {
    state: &'a AppState,
    people: &'a People,
    rep: &'a Actor,
    now: DateTime<Utc>,
}

impl Stage<'_> {
    async fn ctx(&self, caller: &Arc<Caller>, at: DateTime<Utc>) -> ApiResult<Ctx> {
        Ctx::begin(
            self.state,
            Arc::clone(caller),
            at,
            Origin::default(),
            None,
            false,
        )
        .await
    }

    async fn step(&self, progress: &mut Progress, at: DateTime<Utc>, step: Step) -> ApiResult<()> {
        if let Step::Create { body, confirmed } = step {
            return self.create(progress, at, body, confirmed).await;
        }
        let Some(id) = progress.id else {
            return Ok(());
        };
        let manager = self.people.manager_of(self.rep);
        let caller = match step {
            Step::Discard | Step::Comment(_) => &self.rep.caller,
            Step::DeliverPart | Step::DeliverRest => &self.people.warehouse,
            _ => &manager,
        };
        let mut ctx = self.ctx(caller, at).await?;
        let (ctx_ref, any) = (&mut ctx, &IfMatch::Any);
        match step {
            Step::Create { .. } => {}
            Step::Approve => {
                transition::approve(ctx_ref, id, any, Some("The margin allows it".to_owned()))
                    .await?;
            }
            Step::Reject => {
                let reason = "Too much discount for this volume".to_owned();
                transition::reject(ctx_ref, id, any, reason).await?;
            }
            Step::Hold(kind) => {
                let order = holds::place(ctx_ref, id, any, hold(kind)?).await?;
                progress.hold = order.holds.last().map(|hold| HoldId::from_uuid(hold.id));
            }
            Step::Release => {
                if let Some(hold) = progress.hold {
                    holds::release(ctx_ref, id, hold, any, "Clarified by telephone".to_owned())
                        .await?;
                }
            }
            Step::Comment(text) => {
                comment::comment(ctx_ref, id, text).await?;
            }
            Step::DeliverPart => {
                fulfil::deliver(
                    ctx_ref,
                    id,
                    any,
                    delivery("First part", Some(part(progress))),
                )
                .await?;
            }
            Step::DeliverRest => {
                fulfil::deliver(ctx_ref, id, any, delivery("", None)).await?;
            }
            Step::CancelLines => {
                for open in &progress.lines {
                    let reason = "No longer needed".to_owned();
                    fulfil::cancel_quantity(ctx_ref, id, open.line, any, open.all, reason).await?;
                }
            }
            Step::ShortClose => {
                transition::short_close(ctx_ref, id, any, "The customer takes no more".to_owned())
                    .await?;
            }
            Step::Cancel => {
                transition::cancel(ctx_ref, id, any, "Ordered twice".to_owned()).await?;
            }
            Step::Discard => {
                transition::cancel(ctx_ref, id, any, "The offer was not taken".to_owned()).await?;
            }
        }
        ctx.commit().await
    }

    async fn create(
        &self,
        progress: &mut Progress,
        at: DateTime<Utc>,
        body: serde_json::Value,
        confirmed: bool,
    ) -> ApiResult<()> {
        let _number = create::number_ahead(self.state, &self.rep.caller, at, None).await?;
        let mut ctx = self.ctx(&self.rep.caller, at).await?;
        let (order, _) = create::create(&mut ctx, parse_value(body)?).await?;
        ctx.commit().await?;
        let id = OrderId::from_uuid(order.row.id);
        progress.id = Some(id);
        for line in order.lines.iter().filter(|line| !line.is_text()) {
            let ordered = line.ordered.normalize();
            // Packs are delivered whole: half of an even number of them.
            let half = (ordered / rust_decimal::Decimal::TWO).trunc();
            progress.lines.push(Open {
                line: OrderLineId::from_uuid(line.id),
                all: Quantity::try_from(ordered).map_err(anyhow::Error::from)?,
                part: Quantity::try_from(half).ok().filter(|part| !part.is_zero()),
            });
        }
        if confirmed && order.row.lifecycle == "pending_approval" {
            let soon = (at + Duration::minutes(2)).min(self.now);
            let mut ctx = self.ctx(&self.people.manager_of(self.rep), soon).await?;
            transition::approve(&mut ctx, id, &IfMatch::Any, None).await?;
            ctx.commit().await?;
        }
        Ok(())
    }
}

/// Half of every line; the first line whole when nothing can be halved.
fn part(progress: &Progress) -> Vec<(OrderLineId, Quantity, String)> {
    let entry = |open: &Open, quantity: Quantity| (open.line, quantity, String::new());
    let halves: Vec<_> = progress
        .lines
        .iter()
        .filter_map(|open| open.part.map(|part| entry(open, part)))
        .collect();
    if halves.is_empty() && progress.lines.len() > 1 {
        return progress
            .lines
            .first()
            .map(|open| entry(open, open.all))
            .into_iter()
            .collect();
    }
    halves
}

fn delivery(note: &str, lines: Option<Vec<(OrderLineId, Quantity, String)>>) -> fulfil::Delivery {
    fulfil::Delivery {
        date: None,
        note: note.to_owned(),
        lines,
    }
}

fn hold(kind: &str) -> ApiResult<holds::NewHold> {
    let hold_type: HoldType = kind
        .parse()
        .map_err(|error| anyhow::anyhow!("hold type: {error}"))?;
    Ok(holds::NewHold {
        hold_type,
        blocks: None,
        reason: if kind == "address" {
            "The gate is being rebuilt"
        } else {
            "The samples are being checked"
        }
        .to_owned(),
        expires_at: None,
        line: None,
    })
}
