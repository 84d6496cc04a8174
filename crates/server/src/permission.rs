//! What may be done: the registry of permissions, the built-in roles as sets of them, and the row scope.

use som_domain::ids::{TeamId, UserId};

macro_rules! permissions {
    ($($variant:ident = $name:literal),+ $(,)?) => {
        /// One thing a role may allow. The text form is the contract (`orders.read`).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Permission {
            $(#[doc = $name] $variant,)+
        }

        impl Permission {
            /// Every permission, in the order of the registry.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable text form.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The permission of a text form.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text)
            }
        }

        /// Marker types: `Allowed<can::OrdersRead>` in a handler's signature is its permission.
        pub mod can {
            use super::{Permission, Permit};
            $(
                #[doc = concat!("Needs `", $name, "`.")]
                #[derive(Debug)]
                pub struct $variant;
                impl Permit for $variant {
                    const PERMISSION: Option<Permission> = Some(Permission::$variant);
                }
            )+
            /// Any signed-in member, whatever the role.
            #[derive(Debug)]
            pub struct Member;
            impl Permit for Member {
                const PERMISSION: Option<Permission> = None;
            }
            /// Any signed-in member in person: accounts, sessions and keys are no business of programs.
            #[derive(Debug)]
            pub struct Person;
            impl Permit for Person {
                const PERMISSION: Option<Permission> = None;
                const PEOPLE_ONLY: bool = true;
            }
            /// Any signed-in member, also one whose organization asks for a second factor that is not set up yet.
            #[derive(Debug)]
            pub struct SignedIn;
            impl Permit for SignedIn {
                const PERMISSION: Option<Permission> = None;
                const WITHOUT_SECOND_FACTOR: bool = true;
            }
            /// The same, in person: for setting it up.
            #[derive(Debug)]
            pub struct Enrolling;
            impl Permit for Enrolling {
                const PERMISSION: Option<Permission> = None;
                const PEOPLE_ONLY: bool = true;
                const WITHOUT_SECOND_FACTOR: bool = true;
            }
        }
    };
}

/// A marker type that names the permission a handler needs.
pub trait Permit: Send + Sync + 'static {
    /// `None`: being signed in is enough.
    const PERMISSION: Option<Permission>;
    /// Whether programs with an API key are refused, whatever the key may do.
    const PEOPLE_ONLY: bool = false;
    /// Whether it may be done before a second factor is set up that the organization asks for.
    const WITHOUT_SECOND_FACTOR: bool = false;
}

permissions! {
    OrdersRead = "orders.read",
    OrdersWrite = "orders.write",
    OrdersApprove = "orders.approve",
    OrdersConfirm = "orders.confirm",
    OrdersCancel = "orders.cancel",
    OrdersHold = "orders.hold",
    OrdersRelease = "orders.release",
    OrdersDeliver = "orders.deliver",
    OrdersClose = "orders.close",
    OrdersComment = "orders.comment",
    PricesOverride = "prices.override",
    CustomersRead = "customers.read",
    CustomersWrite = "customers.write",
    ProductsRead = "products.read",
    ProductsWrite = "products.write",
    PricesRead = "prices.read",
    PricesWrite = "prices.write",
    TaxesRead = "taxes.read",
    TaxesWrite = "taxes.write",
    SettingsRead = "settings.read",
    SettingsWrite = "settings.write",
    MembersRead = "members.read",
    MembersWrite = "members.write",
    ImportsRun = "imports.run",
    ExportsRun = "exports.run",
    CostRead = "cost.read",
    SecretsRead = "secrets.read",
    AuditRead = "audit.read",
    JobsRead = "jobs.read",
}

/// A set of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Permissions(u64);

impl Permissions {
    /// Everything.
    pub fn all() -> Self {
        Self::of(Permission::ALL)
    }

    /// Exactly these.
    pub fn of(list: &[Permission]) -> Self {
        Self(list.iter().fold(0, |bits, p| bits | 1 << (*p as u8)))
    }

    /// Those of these text forms that this release knows.
    pub fn named<S: AsRef<str>>(names: &[S]) -> Self {
        let known = names
            .iter()
            .filter_map(|name| Permission::parse(name.as_ref()));
        Self(known.fold(0, |bits, p| bits | 1 << (p as u8)))
    }

    /// Whether the other set has nothing that this one lacks.
    pub fn covers(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }

    /// All but these.
    #[must_use]
    pub fn without(self, list: &[Permission]) -> Self {
        Self(self.0 & !Self::of(list).0)
    }

    /// What both sets allow.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether the permission is in the set.
    pub fn has(self, permission: Permission) -> bool {
        self.0 & (1 << (permission as u8)) != 0
    }

    /// The text forms, in the order of the registry.
    pub fn names(self) -> Vec<&'static str> {
        Permission::ALL
            .iter()
            .filter(|p| self.has(**p))
            .map(|p| p.as_str())
            .collect()
    }
}

/// The built-in roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Everything, and cannot be removed by others.
    Owner,
    /// Everything of the organization.
    Admin,
    /// Leads a team: approves, releases holds, sees cost.
    Manager,
    /// Sells: own customers and orders.
    Rep,
    /// Invoices, credit, taxes.
    Finance,
    /// Delivers.
    Warehouse,
    /// Looks only.
    Viewer,
}

impl Role {
    /// Every role.
    pub const ALL: &'static [Self] = &[
        Self::Owner,
        Self::Admin,
        Self::Manager,
        Self::Rep,
        Self::Finance,
        Self::Warehouse,
        Self::Viewer,
    ];
    /// The text forms, for schemas.
    pub const NAMES: &'static [&'static str] = &[
        "owner",
        "admin",
        "manager",
        "rep",
        "finance",
        "warehouse",
        "viewer",
    ];

    /// The stable text form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Manager => "manager",
            Self::Rep => "rep",
            Self::Finance => "finance",
            Self::Warehouse => "warehouse",
            Self::Viewer => "viewer",
        }
    }

    /// The role of a text form.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.as_str() == text)
    }

    /// What the role allows.
    pub fn permissions(self) -> Permissions {
        use Permission as P;
        let read = [
            P::OrdersRead,
            P::CustomersRead,
            P::ProductsRead,
            P::PricesRead,
            P::TaxesRead,
        ];
        let with = |more: &[P]| Permissions::of(&[&read[..], more].concat());
        match self {
            Self::Owner | Self::Admin => Permissions::all(),
            Self::Manager => {
                Permissions::all().without(&[P::SettingsWrite, P::MembersWrite, P::TaxesWrite])
            }
            Self::Rep => with(&[
                P::OrdersWrite,
                P::OrdersConfirm,
                P::OrdersCancel,
                P::OrdersHold,
                P::OrdersComment,
                P::PricesOverride,
                P::CustomersWrite,
                P::ExportsRun,
            ]),
            Self::Finance => with(&[
                P::OrdersHold,
                P::OrdersRelease,
                P::OrdersComment,
                P::OrdersApprove,
                P::CustomersWrite,
                P::PricesWrite,
                P::TaxesWrite,
                P::CostRead,
                P::ExportsRun,
                P::SettingsRead,
                P::AuditRead,
            ]),
            Self::Warehouse => with(&[P::OrdersDeliver, P::OrdersHold, P::OrdersComment]),
            Self::Viewer => with(&[]),
        }
    }

    /// The row scope when the membership names none.
    pub const fn default_scope(self) -> ScopeKind {
        match self {
            Self::Rep => ScopeKind::Own,
            Self::Manager => ScopeKind::Team,
            Self::Owner | Self::Admin | Self::Finance | Self::Warehouse | Self::Viewer => {
                ScopeKind::Organization
            }
        }
    }
}

/// How far a member sees; the order is from near to far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScopeKind {
    /// Own rows only.
    Own,
    /// Rows of the own team, and own rows.
    Team,
    /// Everything of the organization.
    Organization,
}

impl ScopeKind {
    /// The stable text form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Team => "team",
            Self::Organization => "organization",
        }
    }

    /// The scope of a text form.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Own, Self::Team, Self::Organization]
            .into_iter()
            .find(|scope| scope.as_str() == text)
    }
}

/// The rows a caller may see, as the two values every query of owned rows binds:
/// `($all or owner_id = $user or team_id = $team)`.
#[derive(Debug, Clone, Copy)]
pub struct RowScope {
    /// Every row of the organization.
    pub all: bool,
    /// Rows this user owns.
    pub user: UserId,
    /// Rows of this team, when the scope is the team's.
    pub team: Option<TeamId>,
}

impl RowScope {
    /// The scope of a member.
    pub fn new(kind: ScopeKind, user: UserId, team: Option<TeamId>) -> Self {
        Self {
            all: kind == ScopeKind::Organization,
            user,
            team: team.filter(|_| kind == ScopeKind::Team),
        }
    }

    /// Sees everything: jobs and the command line.
    pub fn everything(user: UserId) -> Self {
        Self {
            all: true,
            user,
            team: None,
        }
    }

    /// Whether a row with this owner and team is in sight.
    pub fn sees(&self, owner: Option<UserId>, team: Option<TeamId>) -> bool {
        self.all || owner == Some(self.user) || (self.team.is_some() && team == self.team)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_fits_the_set() {
        assert!(Permission::ALL.len() <= 64);
        assert_eq!(Permissions::all().names().len(), Permission::ALL.len());
    }

    #[test]
    fn a_viewer_only_reads() {
        let viewer = Role::Viewer.permissions();
        assert!(viewer.names().iter().all(|name| name.ends_with(".read")));
        assert!(!viewer.has(Permission::CostRead));
    }

    #[test]
    fn a_rep_sees_own_rows_only() {
        let me = UserId::from_uuid(uuid::Uuid::from_u128(1));
        let team = Some(TeamId::from_uuid(uuid::Uuid::from_u128(7)));
        let scope = RowScope::new(Role::Rep.default_scope(), me, team);
        assert!(scope.sees(Some(me), None));
        assert!(!scope.sees(None, team));
    }
}
