"""Engines side by side: ours, Whoosh, SQLite FTS5, Tantivy and bm25s answer the same questions in one run."""
