"""Pages of invitations: `ledger`, `inviting` and `plan` for staff, `public` for those who follow a link."""
