"""Performance, measured: generated organizations through the real import, the real index, the real server."""
