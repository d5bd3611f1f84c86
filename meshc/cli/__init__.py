"""The command line: argv in, calls out, and the only place that prints."""

from __future__ import annotations

import gc


def main() -> None:
    """The `meshc` command. It ends before garbage would matter, and what it holds has no cycles to collect."""
    gc.disable()
    from meshc.cli.app import app

    app()
