"""Percentages and other numbers of Istio in, shares of requests and numbers without a sign out."""

from __future__ import annotations

import math

from meshc.ir.route_action import Denominator, Fraction
from meshc.model.api import Percent

ALL = Fraction(numerator=100)
"""Every request."""

_PER_PERCENT = 10_000
_UINT32 = 2**32
_INT64 = 2.0**63


def fraction(percent: Percent) -> Fraction:
    """A percentage with a fraction, in millionths; what is smaller is cut off."""
    share = percent.value * _PER_PERCENT
    numerator = unsigned(int(share)) if math.isfinite(share) and abs(share) < _INT64 else 0
    return Fraction(numerator=numerator, denominator=Denominator.MILLION)


def whole_percent(percent: int) -> Fraction:
    """A whole percentage, as the deprecated fields have it."""
    return Fraction(numerator=unsigned(percent))


def unsigned(number: int) -> int:
    """The number as istiod hands it on in 32 bits without a sign: it does not refuse negative ones, they wrap round."""
    return number % _UINT32
