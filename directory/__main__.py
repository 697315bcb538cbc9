"""`python -m directory`: the same as the console script."""

from directory.cli import main

main()
