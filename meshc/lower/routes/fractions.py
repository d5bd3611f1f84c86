"""Percentages of Istio in, shares of requests out."""

from __future__ import annotations

from meshc.ir.route_action import Denominator, Fraction
from meshc.model.api import Percent

ALL = Fraction(numerator=100)
"""Every request."""

_PER_PERCENT = 10_000


def fraction(percent: Percent) -> Fraction:
    """A percentage with a fraction, in millionths; what is smaller is cut off."""
    return Fraction(numerator=int(percent.value * _PER_PERCENT), denominator=Denominator.MILLION)


def whole_percent(percent: int) -> Fraction:
    """A whole percentage, as the deprecated fields have it."""
    return Fraction(numerator=percent)
