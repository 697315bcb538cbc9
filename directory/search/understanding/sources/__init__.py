"""Where the lexicon's phrases come from, one file a source. Only these ask the database or read files."""
