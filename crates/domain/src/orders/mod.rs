//! The rules of orders: lifecycle, line ledger, derived statuses, holds, approvals and discount authority.

pub mod approval;
pub mod discount;
pub mod holds;
pub mod ledger;
pub mod state;
pub mod status;

pub use approval::{
    ApprovalMatch, ApprovalMeasure, ApprovalPolicy, ApprovalRefusal, ApprovalRequest, Approver,
    Measures, SnapshotHash,
};
pub use discount::{DiscountAuthority, DiscountExceeded};
pub use holds::{Activity, Blocks, Hold, HoldScope, HoldType};
pub use ledger::{InvoicePolicy, LedgerError, LedgerProblem, LineLedger};
pub use state::{Action, ActionState, Lifecycle, OrderFacts, Refusal, allowed_actions};
pub use status::{
    FulfilmentStatus, InvoiceStatus, PaymentFacts, PaymentStatus, ReturnStatus, Statuses,
};
