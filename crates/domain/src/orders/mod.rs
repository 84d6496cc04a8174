//! The rules of orders: lifecycle, line ledger, derived statuses, holds, approvals and discount authority.

pub mod approval;
pub mod discount;
pub mod facts;
pub mod holds;
pub mod ledger;
mod ledger_steps;
pub mod line_kind;
pub mod state;
pub mod status;
pub mod verbs;

pub use approval::{
    ApprovalMatch, ApprovalMeasure, ApprovalPolicy, ApprovalRefusal, ApprovalRequest, Approver,
    Measures, SnapshotHash,
};
pub use discount::{DiscountAuthority, DiscountExceeded};
pub use facts::OrderFacts;
pub use holds::{Activity, Blocks, Hold, HoldScope, HoldType};
pub use ledger::{InvoicePolicy, LedgerError, LedgerProblem, LineLedger};
pub use line_kind::OrderLineKind;
pub use state::{ActionState, Lifecycle, allowed_actions};
pub use status::{
    FulfilmentStatus, InvoiceStatus, PaymentFacts, PaymentStatus, ReturnStatus, Statuses,
};
pub use verbs::{Action, Refusal};
