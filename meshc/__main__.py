"""`python -m meshc`."""

from meshc.cli import main

main()
