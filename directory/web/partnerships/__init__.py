"""Pages of partnerships: the consulate's desk, the organization's side, the network."""
