//! Teams and a member of every role, all with one password.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use som_domain::ids::{TeamId, UserId};
use zeroize::Zeroizing;

use crate::app::AppState;
use crate::caller::Caller;
use crate::ctx::Ctx;
use crate::db::SystemScope;
use crate::features::seed::store;
use crate::features::{auth, members};
use crate::http::input::parse_value;
use crate::http::{ApiResult, Origin};

/// Teams of the company.
const TEAMS: [&str; 2] = ["North", "South"];
/// Name, address before the `@`, role, team.
const PEOPLE: [(&str, &str, &str, Option<usize>); 10] = [
    ("Alex Admin", "admin", "admin", None),
    ("Mona Manager", "manager.north", "manager", Some(0)),
    ("Milo Manager", "manager.south", "manager", Some(1)),
    ("Rita Rep", "rep", "rep", Some(0)),
    ("Ruben Rep", "ruben.rep", "rep", Some(0)),
    ("Romy Rep", "romy.rep", "rep", Some(1)),
    ("Rolf Rep", "rolf.rep", "rep", Some(1)),
    ("Fin Finance", "finance", "finance", None),
    ("Wim Warehouse", "warehouse", "warehouse", None),
    ("Vera Viewer", "viewer", "viewer", None),
];

/// How one of the made members signs in.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Role.
    pub role: &'static str,
}

/// A member who acts in the demo.
#[derive(Debug, Clone)]
pub(super) struct Actor {
    /// The member.
    pub(super) caller: Arc<Caller>,
    /// Place of the team in [`TEAMS`].
    pub(super) team: Option<usize>,
}

/// Everyone of the company.
#[derive(Debug)]
pub(super) struct People {
    pub(super) owner: Arc<Caller>,
    pub(super) managers: Vec<Actor>,
    pub(super) reps: Vec<Actor>,
    pub(super) warehouse: Arc<Caller>,
    pub(super) sign_ins: Vec<SignIn>,
}

impl People {
    /// Who leads a seller's team.
    pub(super) fn manager_of(&self, rep: &Actor) -> Arc<Caller> {
        let leads = |manager: &&Actor| manager.team == rep.team;
        let manager = self.managers.iter().find(leads);
        manager.map_or_else(|| Arc::clone(&self.owner), |m| Arc::clone(&m.caller))
    }
}

/// Makes teams and members.
pub(super) async fn create(
    state: &AppState,
    owner: &Arc<Caller>,
    at: DateTime<Utc>,
    password: &str,
) -> ApiResult<People> {
    // One hash for all: hashing is slow on purpose, and they share the password anyway.
    let hash = state
        .auth()
        .passwords()
        .hash(Zeroizing::new(password.to_owned()))
        .await?;
    let domain = free_domain(state).await?;
    let mut ctx = Ctx::begin(state, Arc::clone(owner), at, Origin::default(), None, false).await?;
    let mut teams = Vec::new();
    for name in TEAMS {
        let body = parse_value(json!({ "name": name }))?;
        teams.push(members::service::create_team(&mut ctx, &body).await?.id);
    }
    let mut made = BTreeMap::new();
    let mut sign_ins = Vec::new();
    for (name, local, role, team) in PEOPLE {
        let team: Option<TeamId> = team.and_then(|place| teams.get(place).copied());
        let email = format!("{local}@{domain}");
        let body: Value = json!({ "name": name, "email": email, "password": password, "role": role, "team_id": team });
        let member = members::service::create(&mut ctx, &parse_value(body)?, &hash).await?;
        made.insert(local, member.user_id);
        sign_ins.push(SignIn {
            name: name.to_owned(),
            email,
            role,
        });
    }
    ctx.commit().await?;
    gather(state, owner, &made, sign_ins).await
}

async fn gather(
    state: &AppState,
    owner: &Arc<Caller>,
    made: &BTreeMap<&str, UserId>,
    sign_ins: Vec<SignIn>,
) -> ApiResult<People> {
    let mut people = People {
        owner: Arc::clone(owner),
        managers: Vec::new(),
        reps: Vec::new(),
        warehouse: Arc::clone(owner),
        sign_ins,
    };
    for (_, local, role, team) in PEOPLE {
        let Some(user) = made.get(local) else {
            continue;
        };
        let caller = auth::service::caller(state, owner.organization.id, *user).await?;
        let actor = Actor {
            caller: Arc::new(caller),
            team,
        };
        match role {
            "manager" => people.managers.push(actor),
            "rep" => people.reps.push(actor),
            "warehouse" => people.warehouse = actor.caller,
            _ => {}
        }
    }
    Ok(people)
}

/// Accounts belong to people, not to organizations: a second demo in one database has addresses of its own.
async fn free_domain(state: &AppState) -> ApiResult<String> {
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let mut number = 1;
    loop {
        let domain = if number == 1 {
            "demo.example".to_owned()
        } else {
            format!("demo-{number}.example")
        };
        let taken = store::email_taken(&mut tx, &format!("admin@{domain}")).await?;
        if !taken {
            tx.commit().await?;
            return Ok(domain);
        }
        number += 1;
    }
}
