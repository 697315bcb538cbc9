"""Phrases as a table: what a release brings, what the network mends, what is counted, what a change would do."""
