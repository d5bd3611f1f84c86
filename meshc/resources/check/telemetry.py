"""Telemetries in, what istiod holds against them out (spec: tooling 20)."""

from __future__ import annotations

from meshc.resources.check.cel import cel_fault
from meshc.resources.check.numbers import check_bounds, check_duration
from meshc.resources.check.place import Place
from meshc.resources.check.selectors import check_attachment
from meshc.resources.telemetry import (
    AccessLogging,
    CustomTag,
    Metrics,
    MetricsOverrides,
    ProviderRef,
    Telemetry,
    Tracing,
)

PERCENT = 100


def check_telemetry(telemetry: Telemetry, root: Place) -> None:
    """Selector or targets; tracing, metrics and access logs."""
    at, spec = root / "spec", telemetry.spec
    check_attachment(at, spec)
    if len(spec.tracing) > 1:
        (at / "tracing" / 1).tell("MC0456", "of several tracing items the first one counts")
    for entry, tracing in at.each("tracing", spec.tracing):
        _check_tracing(entry, tracing)
    for entry, metrics in at.each("metrics", spec.metrics):
        _check_metrics(entry, metrics)
    for entry, logging in at.each("accessLogging", spec.access_logging):
        _check_logging(entry, logging)


def _check_providers(at: Place, providers: tuple[ProviderRef, ...]) -> None:
    for entry, provider in at.each("providers", providers):
        (entry / "name").need(provider.name, "the name of the provider")


def _check_tracing(at: Place, tracing: Tracing) -> None:
    _check_providers(at, tracing.providers)
    if len(tracing.providers) > 1:
        (at / "providers" / 1).tell("MC0456", "of several tracing providers the first one counts")
    check_bounds(at / "randomSamplingPercentage", tracing.random_sampling_percentage, 0, PERCENT)
    for entry, name, tag in at.entries("customTags", tracing.custom_tags or {}):
        entry.need(name, "the name of the tag")
        _check_tag(entry, tag)


def _check_tag(at: Place, tag: CustomTag) -> None:
    """The source of a tag's value."""
    if tag.literal is not None:
        (at / "literal" / "value").need(tag.literal.value, "the value of the tag")
    elif tag.environment is not None:
        (at / "environment" / "name").need(tag.environment.name, "the name of the variable")
    elif tag.header is not None:
        (at / "header" / "name").need(tag.header.name, "the name of the header")


def _check_metrics(at: Place, metrics: Metrics) -> None:
    _check_providers(at, metrics.providers)
    check_duration(at / "reportingInterval", metrics.reporting_interval, whole=False)
    for entry, override in at.each("overrides", metrics.overrides):
        _check_override(entry, override)


def _check_override(at: Place, override: MetricsOverrides) -> None:
    if override.match is not None and override.match.custom_metric is not None:
        (at / "match" / "customMetric").need(override.match.custom_metric, "the name of the metric")
    for entry, name, tag in at.entries("tagOverrides", override.tag_overrides):
        if not name:
            entry.tell("MC0474", "the name of the tag is empty, so that it has no effect")
        if tag.operation == "UPSERT":
            (entry / "value").need(tag.value, "the value, which UPSERT needs,")
        elif tag.value:
            (entry / "value").tell("MC0424", "a value does not fit operation REMOVE")


def _check_logging(at: Place, logging: AccessLogging) -> None:
    _check_providers(at, logging.providers)
    if logging.filter is not None:
        (at / "filter" / "expression").judge("MC0419", cel_fault(logging.filter.expression))
