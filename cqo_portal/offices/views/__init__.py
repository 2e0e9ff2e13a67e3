"""Pages of accounts, hand-overs, offices, moves and registrations."""
