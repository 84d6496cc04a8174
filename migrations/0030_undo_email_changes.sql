-- A changed address can be taken back by the mailbox before, for a week.
alter table one_time_tokens drop constraint one_time_tokens_purpose_check;
alter table one_time_tokens add constraint one_time_tokens_purpose_check
    check (purpose in ('setup', 'verify_email', 'reset_password', 'invite', 'sign_up', 'confirm_old_email', 'confirm_new_email', 'undo_email'));
comment on column one_time_tokens.email is 'A mark of the address the link goes to: the same for the same address, and worthless without the key of the server.';
comment on column one_time_tokens.payload is 'What happens when the link is used, sealed.';
