"""Feature flags: texts as Go reads them, defaults for what cannot be read, and findings about unknown flags."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshc.findings import Location, Origin, Sink
from meshc.resources.encode import duration_text
from meshc.resources.features import Features
from meshc.resources.go_values import parse_bool, parse_duration, parse_float, parse_int, parse_prefix
from meshc.resources.message import Duration
from meshc.resources.profile import Profile, UnknownReleaseError
from meshc.source import documents_of_text

SECOND = 1_000_000_000


def parse(text: str) -> tuple[Features, list[str]]:
    sink = Sink()
    root = documents_of_text(text, "features.yaml", sink)[0].root
    features = Features.parse(root, sink, Origin("Features", location=Location("features.yaml")))
    return features, [f"{f.code} {f.location}: {f.message}; {f.hint}" for f in sink]


def test_every_type_of_flag() -> None:
    features, findings = parse(
        "PILOT_HTTP10: true\n"
        "PILOT_ENABLE_ALPN_FILTER: 'F'\n"
        "PILOT_DNS_CARES_UDP_MAX_QUERIES: 7\n"
        "PILOT_TRACE_SAMPLING: '25.5'\n"
        "PILOT_DNS_JITTER_DURATION: 0s\n"
        "PILOT_MX_ADDITIONAL_LABELS: role,region,role\n"
        "PILOT_DRAINING_LABEL: leaving\n"
    )
    assert findings == []
    assert features.pilot_http10 is True
    assert features.pilot_enable_alpn_filter is False
    assert features.pilot_dns_cares_udp_max_queries == 7
    assert features.pilot_trace_sampling == 25.5
    assert features.pilot_dns_jitter_duration == 0
    assert features.pilot_mx_additional_labels == ("role", "region", "role")
    assert features.pilot_draining_label == "leaving"
    assert features.environment["PILOT_HTTP10"] == "true"


def test_defaults() -> None:
    features = Features()
    assert features.pilot_gateway_transport_socket_connect_timeout == 15 * SECOND
    assert features.pilot_enable_mongo_filter and not features.pilot_enable_redis_filter
    assert features.pilot_mx_additional_labels == ()
    assert parse("PILOT_MX_ADDITIONAL_LABELS: ''\nPILOT_HTTP10:\n")[0].pilot_mx_additional_labels == ()


def test_what_cannot_be_read_or_is_unknown() -> None:
    features, findings = parse(
        "PILOT_HTTP10: 'yes'\n"
        "PILOT_DNS_JITTER_DURATION: 5\n"
        "PILOT_HTTP1: true\n"
        "pilot_http10: true\n"
        "COLLECTOR_TOKEN: secret\n"
        "PILOT_DEBOUNCE_AFTER: 1s\n"
    )
    assert features.pilot_http10 is False
    assert features.pilot_dns_jitter_duration == 100_000_000
    assert features.environment["COLLECTOR_TOKEN"] == "secret"
    assert findings == [
        "MC0252 features.yaml:1:1: PILOT_HTTP10 is 'yes', which is not a boolean; istiod keeps its default; "
        "istiod reads flags as Go does: true, 10, 1.5, 15s",
        "MC0252 features.yaml:2:1: PILOT_DNS_JITTER_DURATION is '5', which is not a duration; "
        "istiod keeps its default; istiod reads flags as Go does: true, 10, 1.5, 15s",
        "MC0250 features.yaml:3:1: istiod has no flag PILOT_HTTP1; did you mean PILOT_HTTP10?",
        "MC0250 features.yaml:4:1: istiod has no flag pilot_http10; did you mean PILOT_HTTP10?",
        "MC0251 features.yaml:5:1: istiod has no flag COLLECTOR_TOKEN; it is a variable that providers can refer to; ",
        "MC0253 features.yaml:6:1: PILOT_DEBOUNCE_AFTER changes nothing of what a proxy gets; ",
    ]


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("1h2m3.5s", 3_723_500_000_000),
        ("0", 0),
        ("-1.5h", -5_400_000_000_000),
        ("+100ms", 100_000_000),
        (".5s", 500_000_000),
        ("1.s", SECOND),
        ("5\u00b5s", 5_000),
        ("5\u03bcs", 5_000),
        ("1us2ns", 1_002),
        ("-9223372036.854775808s", -(2**63)),
        ("9223372037s", None),
        ("1", None),
        ("", None),
        ("-", None),
        (".s", None),
        ("s", None),
        ("1h 2m", None),
        ("1d", None),
        ("\u0661s", None),
    ],
)
def test_durations(text: str, nanoseconds: int | None) -> None:
    assert parse_duration(text) == nanoseconds


@given(st.integers(-(2**63), 2**63 - 1))
def test_durations_print_what_they_parse(nanoseconds: int) -> None:
    assert parse_duration(duration_text(Duration(nanoseconds))) == nanoseconds


@pytest.mark.parametrize(
    ("text", "value"),
    [("1_0.5", 10.5), ("0x1p-2", 0.25), ("5.", 5.0), ("+.5e1", 5.0), ("0x1.8", None), ("1e999", None), (" 1", None)],
)
def test_floats(text: str, value: float | None) -> None:
    assert parse_float(text) == value


def test_booleans_and_integers() -> None:
    assert [parse_bool(text) for text in ("1", "True", "f", "yes", "")] == [True, True, False, None, None]
    assert [parse_int(text) for text in ("+5", "-0", "1_0", "9223372036854775808", "")] == [5, 0, None, None, None]


def test_profiles() -> None:
    assert Profile.named("1.30").istio_version == "1.30.3"
    with pytest.raises(UnknownReleaseError, match=r"no profile for Istio 1\.9; there is 1\.30"):
        Profile.named("1.9")


@pytest.mark.parametrize(
    ("text", "prefix"),
    [
        ("10.1.2.3/8", "10.1.2.3/8"),
        ("10.1.2.3", "10.1.2.3/32"),
        ("fd00::1/0", "fd00::1/0"),
        ("fd00::1", "fd00::1/128"),
        ("10.0.0.0/255.0.0.0", None),
        ("10.0.0.0/08", None),
        ("10.0.0.0/33", None),
        ("10.0.0.0/", None),
        ("fe80::1%eth0/64", None),
        ("", None),
    ],
)
def test_prefixes(text: str, prefix: str | None) -> None:
    found = parse_prefix(text)
    assert (None if found is None else str(found)) == prefix
