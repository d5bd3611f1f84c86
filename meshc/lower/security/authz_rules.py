"""Rules of an AuthorizationPolicy in, policies of an RBAC filter for HTTP or TCP out (spec: inbound 20 to 22)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from meshc.findings import Origin
from meshc.frozen import frozen
from meshc.ir.conditions import AllOf, AnyOf, Anything, Condition, Not
from meshc.ir.node import value
from meshc.ir.security import RbacPolicy
from meshc.lower.notes import Note
from meshc.lower.security.authz_attributes import OPERATION, SOURCE, Completion, Merged, Side, Single, when_attribute
from meshc.lower.security.authz_values import PolicyValueError
from meshc.lower.security.trust_domains import all_domains, in_all_domains
from meshc.model.api import AuthorizationPolicy, Operation, Rule, Source


@value
class Translation:
    """How rules are translated.

    `tcp`: for connections, which know nothing of HTTP. `widens`: what cannot be expressed is left out, so that the rule
    matches more (DENY, AUDIT, CUSTOM); otherwise the whole rule goes, so that less is allowed. `domains` are the trust
    domains of the mesh.
    """

    tcp: bool
    widens: bool
    domains: tuple[str, ...]


def policy_rules(
    policy: AuthorizationPolicy, how: Translation, name: Callable[[int], str]
) -> tuple[tuple[RbacPolicy, ...], tuple[Note, ...]]:
    """The rules of a policy that are left, under the names that `name` gives to their places; and what was lost.

    A policy without rules never matches, which has to be written as a rule.
    """
    if not policy.spec.rules:
        never = (Not(condition=Anything()),)
        return (RbacPolicy(name=name(0), origin=policy.origin, permissions=never, principals=never),), ()
    made: list[RbacPolicy] = []
    notes: list[Note] = []
    for index, rule in enumerate(policy.spec.rules):
        work = _Translator(policy, how, policy.origin_of(rule, f"spec.rules[{index}]"))
        translated = work.translate(rule, name(index))
        made.extend(() if translated is None else (translated,))
        notes.extend(work.notes)
    return tuple(made), tuple(notes)


class _DroppedRuleError(Exception):
    """The rule is left out; why is among the notes."""


@frozen
class _Clause:
    """A field of a rule and its negation: an attribute, and the values that it must have one of, and none of."""

    field: str
    not_field: str
    attribute: Single | Merged
    values: tuple[str, ...]
    not_values: tuple[str, ...]


@dataclass(slots=True)
class _Translator:
    """Translates one rule."""

    policy: AuthorizationPolicy
    how: Translation
    origin: Origin
    notes: list[Note] = field(default_factory=list)

    def translate(self, rule: Rule, name: str) -> RbacPolicy | None:
        try:
            when = list(self._when(rule))
            done = tuple(clause for side, clause in when if side is Side.PERMISSION)
            who = tuple(clause for side, clause in when if side is Side.PRINCIPAL)
            return RbacPolicy(
                name=name,
                origin=self.origin,
                permissions=tuple(self._all((*operation, *done)) for operation in _operations(rule)),
                principals=tuple(self._all((*source, *who)) for source in self._sources(rule)),
            )
        except _DroppedRuleError:
            return None

    def _when(self, rule: Rule) -> Iterator[tuple[Side, _Clause]]:
        """The conditions of `when`. istiod completes those about principals once for each of the rule's sources."""
        for index, condition in enumerate(rule.when):
            found = when_attribute(condition.key)
            if found is None:
                self._note("MC0651", f"istiod knows no attribute `{condition.key}`; the rule is left out")
                raise _DroppedRuleError
            side, attribute = found
            values, not_values = condition.values, condition.not_values
            for _ in rule.from_ or (None,):
                values, not_values = self._completed(attribute, values), self._completed(attribute, not_values)
            place = f"when[{index}] on {condition.key}"
            yield side, _Clause(place, place, attribute, values, not_values)

    def _sources(self, rule: Rule) -> Iterator[tuple[_Clause, ...]]:
        if not rule.from_:
            yield ()
        for index, entry in enumerate(rule.from_):
            yield tuple(self._source_clauses(entry.source, f"from[{index}].source")) if entry.source else ()

    def _source_clauses(self, source: Source, place: str) -> Iterator[_Clause]:
        for clause in _clauses(SOURCE, source, place):
            values = self._completed(clause.attribute, clause.values)
            not_values = self._completed(clause.attribute, clause.not_values)
            yield replace(clause, values=values, not_values=not_values)

    def _completed(self, attribute: Single | Merged, values: tuple[str, ...]) -> tuple[str, ...]:
        if attribute.completion is Completion.PRINCIPAL:
            return in_all_domains(values, self.how.domains)
        if attribute.completion is Completion.TRUST_DOMAIN:
            return all_domains(values, self.how.domains)
        if attribute.completion is Completion.ACCOUNT:
            return tuple(v if "/" in v else f"{self.policy.meta.namespace}/{v}" for v in values)
        return values

    def _all(self, clauses: Iterable[_Clause]) -> Condition:
        made = tuple(condition for clause in clauses for condition in self._conditions(clause))
        return AllOf(conditions=made or (Anything(),))

    def _conditions(self, clause: _Clause) -> Iterator[Condition]:
        wanted = self._values(clause.field, clause.attribute, clause.values)
        if wanted is not None:
            yield wanted
        unwanted = self._values(clause.not_field, clause.attribute, clause.not_values)
        if unwanted is not None:
            yield Not(condition=unwanted)

    def _values(self, place: str, attribute: Single | Merged, values: tuple[str, ...]) -> Condition | None:
        """A condition that one of the values meets; None if there is none left."""
        if not values:
            return None
        if attribute.http_only and self.how.tcp:
            self._refuse_on_tcp(place)
            return None
        if isinstance(attribute, Merged):
            return self._tried(place, partial(attribute.make, values))
        tried = (self._tried(place, partial(attribute.make, value)) for value in values)
        made = tuple(condition for condition in tried if condition is not None)
        return AnyOf(conditions=made) if made else None

    def _tried(self, place: str, make: Callable[[], Condition]) -> Condition | None:
        try:
            return make()
        except PolicyValueError as error:
            outcome = "the value is left out, and the rule matches more" if self.how.widens else "the rule is left out"
            self._note("MC0652", f"{place}: {error}; {outcome}")
            if not self.how.widens:
                raise _DroppedRuleError from error
            return None

    def _refuse_on_tcp(self, place: str) -> None:
        if not self.how.widens:
            self._note("MC0653", f"{place} needs HTTP; on TCP ports the rule allows nothing")
            raise _DroppedRuleError
        self._note("MC0654", f"{place} needs HTTP; on TCP ports the rule holds without it")

    def _note(self, code: str, message: str) -> None:
        self.notes.append(Note(code=code, origin=self.origin, message=message))


def _operations(rule: Rule) -> Iterator[tuple[_Clause, ...]]:
    if not rule.to:
        yield ()
    for index, entry in enumerate(rule.to):
        place = f"to[{index}].operation"
        yield tuple(_clauses(OPERATION, entry.operation, place)) if entry.operation else ()


def _clauses(attributes: Mapping[str, Single | Merged], holder: Source | Operation, place: str) -> Iterator[_Clause]:
    for name, attribute in attributes.items():
        values, not_values = getattr(holder, name), getattr(holder, f"not_{name}")
        if values or not_values:
            field_name, not_field = f"{place}.{_camel(name)}", f"{place}.{_camel(f'not_{name}')}"
            yield _Clause(field_name, not_field, attribute, values, not_values)


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)
