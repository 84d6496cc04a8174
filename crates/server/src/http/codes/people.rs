//! Codes of sign-in, members and settings.

super::codes! { "Sign-in, members and settings":
    "account_exists": "There is an account with this address" => "Sign in instead, or ask for a new password.";
    "address_not_allowed": "The API key may not be used from this address" => "Use it from one of its networks, or make a key for this one.";
    "already_member": "This person is a member already" => "Change the member instead.";
    "already_set_up": "The server has its organization already" => "Sign in; further members are added under Members.";
    "ambiguous_credentials": "Two kinds of credentials at once" => "Send either session cookies or an Authorization header.";
    "ambiguous_organization": "Several organizations fit" => "Name the organization.";
    "ambiguous_period": "The number template would repeat numbers" => "A month needs its year, a day its month.";
    "api_key_ended": "The API key is over or replaced already" => "Make a new one.";
    "counter_missing": "A number template needs one counter" => "Put exactly one `{NNNNNN}` in it.";
    "currency_in_use": "The currency is fixed by orders" => "Make another organization for another currency.";
    "duplicate_email": "The address is in use" => "Use another e-mail address.";
    "duplicate_name": "The name is in use" => "Choose another name.";
    "email_domain_not_allowed": "Addresses of this domain cannot sign up here" => "Use the address of your company, or ask for an invitation.";
    "invalid_api_key": "The API key is wrong, revoked or expired" => "Send it as `Authorization: Bearer som_pat_…`; make a new one if it has ended.";
    "invalid_cash_rounding_step": "Not a step of the currency" => "Name a positive amount the currency can express, such as 0.05.";
    "invalid_credentials": "E-mail address or password is wrong" => "Check both. After several failures an account rests for a while.";
    "invalid_link": "The link is wrong, used or too old" => "Ask for a new one.";
    "invalid_locale": "Not a language tag" => "Write it as `en`, `en-GB` or `de-DE`.";
    "invalid_network": "Not an address or network" => "Write it as 203.0.113.7 or 203.0.113.0/24.";
    "invalid_template": "Not a number template" => "Letters, digits, `-`, `/` and the placeholders {YYYY}, {YY}, {MM}, {DD}, {NNNNNN}.";
    "invalid_token": "The link is wrong or too old" => "Ask for a new link.";
    "last_owner": "An organization keeps one owner" => "Make another member owner first.";
    "missing_permission": "Your role does not include this" => "`missing_permission` names it; an administrator can give it.";
    "number_taken": "The number would exist already" => "Change the template or its counter.";
    "only_owners": "Only an owner may do this" => "Ask an owner.";
    "organization_not_empty": "The organization has data already" => "Demo data goes into an empty organization only.";
    "password_too_long": "The password is too long" => "At most 256 characters.";
    "password_too_short": "The password is too short" => "Use a sentence of several words.";
    "password_too_weak": "The password is easily guessed" => "Use several unrelated words; avoid names and dates of yours.";
    "people_only": "Not for API keys" => "Accounts, sessions and keys are changed by people who sign in.";
    "reauth_required": "The password is asked for once more" => "Send it to `POST /api/v1/auth/step-up`, then send this request again.";
    "role_cannot_approve": "The role does not include approving" => "Choose roles with `orders.approve`.";
    "scope_not_for_keys": "No API key may do this" => "Leave the scope out; members are managed by people.";
    "scope_not_yours": "Your role does not include this permission" => "Choose scopes you have yourself.";
    "session_ended": "Your session has ended" => "Sign in again.";
    "sign_up_closed": "Nobody can sign up here" => "Ask a member of your organization for an invitation.";
    "too_many_api_keys": "Too many API keys" => "Revoke one that is not needed.";
    "unauthenticated": "Sign in first" => "Send the cookies of a session, or an API key as `Authorization: Bearer som_pat_…`.";
    "unknown_member": "There is no such member" => "List the members for their ids.";
    "unknown_scope": "There is no such permission" => "`suggestions` names the nearest.";
    "unknown_team": "There is no such team" => "List the teams for their ids.";
    "unknown_time_zone": "Not a time zone" => "Use a name of the IANA database, such as Europe/Berlin.";
    "wrong_password": "The present password is wrong" => "Type it again, or ask for a new one by mail.";
}
