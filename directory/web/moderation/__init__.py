"""Pages of moderation: the queue, decisions, histories, calls, the state of countries."""
