"""Pages of one's own account, and of who has access."""
