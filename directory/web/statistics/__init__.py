"""Pages of figures: the register, coverage, the region."""
