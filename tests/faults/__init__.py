"""What a machine, a network or a client can do to a serving installation, tried on real processes."""
