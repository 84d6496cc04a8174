//! The verbs of an order and the reasons for which one is refused.

use crate::scalar::string_enum;

string_enum! {
    /// What can be done with an order.
    pub enum Action {
        /// Change the draft.
        Edit = "edit",
        /// Send it to approval, or confirm it when none is needed.
        Submit = "submit",
        /// Approve it.
        Approve = "approve",
        /// Send it back to draft.
        Reject = "reject",
        /// Confirm a draft that needs no approval.
        Confirm = "confirm",
        /// Put a hold on it.
        Hold = "hold",
        /// Release a hold.
        Release = "release",
        /// Record a delivery.
        Deliver = "deliver",
        /// Take back what was recorded as delivered by mistake.
        ReverseDelivery = "reverse_delivery",
        /// Cancel part of a line.
        CancelLineQuantity = "cancel_line_quantity",
        /// Cancel the order.
        Cancel = "cancel",
        /// Throw the draft away.
        Discard = "discard",
        /// Give up what is still open.
        ShortClose = "short_close",
        /// Everything is settled (automatic).
        Complete = "complete",
        /// Something is open again (automatic).
        Reopen = "reopen",
        /// Copy it into a new draft.
        Duplicate = "duplicate",
        /// The offer was not taken in time (automatic).
        Expire = "expire",
    }
}

string_enum! {
    /// Why an action is not possible; the code of the problem sent to clients.
    pub enum Refusal {
        /// The actor lacks the permission.
        Forbidden = "forbidden",
        /// The lifecycle does not know this step.
        WrongState = "invalid_transition",
        /// Confirmed orders are changed by a revision.
        ImmutableAfterConfirm = "immutable_after_confirm",
        /// Waiting for approval: reject it first.
        LockedByApproval = "locked_by_approval",
        /// No line that could be sold.
        NoLines = "order_empty",
        /// A line has no quantity or one off its unit's step.
        InvalidQuantity = "invalid_quantity",
        /// A line has no price.
        NoPrice = "no_price",
        /// The shipping address is missing.
        ShipToMissing = "ship_to_missing",
        /// The billing address is missing.
        BillToMissing = "bill_to_missing",
        /// The customer is not active.
        CustomerInactive = "customer_blocked",
        /// The customer's order number was used before.
        DuplicateCustomerPo = "duplicate_customer_po",
        /// The requested date lies before the order date.
        RequestedDateBeforeOrder = "requested_date_before_order",
        /// A discount exceeds the actor's authority.
        DiscountExceeded = "discount_over_limit",
        /// A policy asks for approval: submit it.
        ApprovalRequired = "approval_required",
        /// Approvals are outstanding.
        ApprovalPending = "approval_pending",
        /// Whoever submitted it may not approve it.
        FourEyes = "four_eyes",
        /// The approver's role or limit does not reach.
        ApprovalAuthority = "approval_authority",
        /// The order changed after it was submitted.
        SnapshotChanged = "snapshot_changed",
        /// A hold blocks it.
        OnHold = "on_hold",
        /// There is no hold.
        NoHold = "no_hold",
        /// Nothing is open.
        NothingOpen = "nothing_open",
        /// Nothing was delivered that could be reversed.
        NothingDelivered = "nothing_delivered",
        /// Something was shipped: short-close instead.
        AlreadyShipped = "already_shipped",
        /// Something was invoiced and not credited: credit it first.
        AlreadyInvoiced = "already_invoiced",
        /// A payment was captured and not refunded: refund it first.
        AlreadyPaid = "already_paid",
        /// Nothing was shipped or invoiced: cancel instead.
        NothingFulfilled = "nothing_fulfilled",
        /// Not every line is settled.
        NotSettled = "not_settled",
        /// Every line is settled.
        Settled = "settled",
        /// The day until which the offer held has passed.
        OfferExpired = "offer_expired",
        /// The offer still holds.
        OfferHolds = "offer_holds",
    }
}

impl Action {
    /// Whether it happens by itself rather than by request.
    pub fn is_automatic(self) -> bool {
        matches!(self, Action::Complete | Action::Reopen | Action::Expire)
    }
}

impl Refusal {
    /// What to tell people, and what to do instead.
    pub fn message(self) -> &'static str {
        match self {
            Refusal::Forbidden => "You may not do this; ask somebody with the permission.",
            Refusal::WrongState => "The order is not in a state that allows this.",
            Refusal::ImmutableAfterConfirm => {
                "A confirmed order cannot be edited: cancel what is still open, or duplicate the order and change the copy."
            }
            Refusal::LockedByApproval => {
                "The order waits for approval; send it back to draft before changing it."
            }
            Refusal::NoLines => "The order has no line that could be sold; add one.",
            Refusal::InvalidQuantity => {
                "A line has no quantity, or one that its unit does not come in."
            }
            Refusal::NoPrice => "A line has no price; add one to a price list or enter it.",
            Refusal::ShipToMissing => "The shipping address is missing.",
            Refusal::BillToMissing => "The billing address is missing.",
            Refusal::CustomerInactive => "The customer is blocked or archived.",
            Refusal::DuplicateCustomerPo => {
                "The customer's order number was used on another order."
            }
            Refusal::RequestedDateBeforeOrder => "The requested date lies before the order date.",
            Refusal::DiscountExceeded => "A discount exceeds what you may give.",
            Refusal::ApprovalRequired => "A policy asks for approval; submit the order instead.",
            Refusal::ApprovalPending => "Approvals are outstanding.",
            Refusal::FourEyes => "Whoever submitted the order may not approve it.",
            Refusal::ApprovalAuthority => "Your role or limit does not reach for this approval.",
            Refusal::SnapshotChanged => {
                "The order changed after it was submitted; submit it again."
            }
            Refusal::OnHold => "A hold blocks this; release it first.",
            Refusal::NoHold => "There is no hold to release.",
            Refusal::NothingOpen => "Nothing is open any more.",
            Refusal::NothingDelivered => "Nothing was delivered that could be taken back.",
            Refusal::AlreadyShipped => {
                "Something was delivered already; close the order short instead."
            }
            Refusal::AlreadyInvoiced => "Something was invoiced; credit it first.",
            Refusal::AlreadyPaid => "A payment was captured; refund it first.",
            Refusal::NothingFulfilled => {
                "Nothing was delivered or invoiced; cancel the order instead."
            }
            Refusal::NotSettled => "Not every line is delivered and invoiced.",
            Refusal::Settled => "Every line is delivered and invoiced.",
            Refusal::OfferExpired => {
                "The offer ended on its last day; set a later one to go on with it."
            }
            Refusal::OfferHolds => "The offer still holds.",
        }
    }
}
