"""Plain scalars: what Kubernetes' YAML parser makes of them (compared with sigs.k8s.io/yaml 1.6.0)."""

from __future__ import annotations

import pytest

from meshc.source.scalars import NoJSONError, Scalar, key_text, resolve, resolve_tagged


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("y", True),
        ("Yes", True),
        ("ON", True),
        ("n", False),
        ("off", False),
        ("tRue", "tRue"),
        ("nO", "nO"),
        ("", None),
        ("~", None),
        ("Null", None),
        ("nULL", "nULL"),
        ("0", 0),
        ("00", 0),
        ("+1", 1),
        ("-017", -15),
        ("012", 10),
        ("0o17", 15),
        ("08", 8),
        ("0_8", 8),
        ("0x1F", 31),
        ("-0x1f", -31),
        ("0x_1", 1),
        ("0b11", 3),
        ("1_000", 1000),
        ("_1", "_1"),
        ("18446744073709551615", 2**64 - 1),
        ("18446744073709551616", 2**64),
        ("9" * 400, "9" * 400),
        ("1e3", 1000),
        ("0.1e+2", 10),
        ("1e-3", 0.001),
        ("1.", 1),
        (".5", 0.5),
        ("1.10", 1.1),
        ("1_2.5", 12.5),
        ("1e400", "1e400"),
        ("1e", "1e"),
        ("-", "-"),
        ("12:30:45", "12:30:45"),
        ("2001-01-01", "2001-01-01"),
        ("1.2.3.4", "1.2.3.4"),
        ("=", "="),
        ("٣", "٣"),
    ],
)
def test_plain(text: str, value: Scalar) -> None:
    got = resolve(text)
    assert (got, type(got)) == (value, type(value))


@pytest.mark.parametrize("text", [".inf", "-.INF", ".NaN"])
def test_no_counterpart_in_json(text: str) -> None:
    with pytest.raises(NoJSONError, match="has no counterpart in JSON"):
        resolve(text)


@pytest.mark.parametrize(
    ("tag", "text", "value"),
    [
        ("tag:yaml.org,2002:str", "1", "1"),
        ("tag:yaml.org,2002:int", "1", 1),
        ("tag:yaml.org,2002:float", "1", 1),
        ("tag:yaml.org,2002:bool", "yes", True),
        ("tag:yaml.org,2002:binary", "aGk=", "hi"),
        ("!Ref", "1", "1"),
    ],
)
def test_tagged(tag: str, text: str, value: Scalar) -> None:
    assert resolve_tagged(tag, text) == value


@pytest.mark.parametrize(("kind", "text"), [("null", "x"), ("int", "x"), ("binary", "?"), ("binary", "/w==")])
def test_tag_and_text_disagree(kind: str, text: str) -> None:
    with pytest.raises(NoJSONError):
        resolve_tagged(f"tag:yaml.org,2002:{kind}", text)


@pytest.mark.parametrize(("value", "text"), [("a", "a"), (True, "true"), (False, "false"), (1, "1"), (1.5, "1.5")])
def test_keys_are_text(value: object, text: str) -> None:
    assert key_text(value) == text
