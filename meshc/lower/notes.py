"""Notes: what a pass has to say, returned beside its result, since functions that are remembered cannot take a sink."""

from __future__ import annotations

from meshc.findings import Origin, Sink
from meshc.ir.node import value


@value
class Note:
    """A finding in waiting: a code of the catalogue, the object and field it is about, and the sentence."""

    code: str
    origin: Origin
    message: str

    def report(self, sink: Sink) -> None:
        """Make it a finding."""
        sink.add(self.code, self.origin, self.message)
