"""How good answers are on judged queries: for moderators before they change a word, for the suite."""
