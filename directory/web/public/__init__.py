"""The pages that anyone reads: home, search, records, map."""
