"""The command line: argv in, calls out, and the only place that prints."""

from __future__ import annotations


def main() -> None:
    """The `meshc` command."""
    from meshc.cli.app import app

    app()
