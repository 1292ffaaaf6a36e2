"""What an outcome means for a target, by exact arithmetic on what both allow.

A bound (以上, 以内, 超) is met by whatever lies within it, its end included where the words include it, and is never
exceeded: 5.2% meets 5.5%以内. A value without a bound is met by itself and exceeded by what is better, which the
indicator dictionary says. An outcome that is itself a bound decides only where all that it allows lies on one side.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Literal, NamedTuple

from summarizer.comparing import Interval, Statement
from summarizer.tracking.model import Reason, Verdict

Better = Literal["higher", "lower"] | None


class Judgement(NamedTuple):
    """A verdict, and why; the reason is None where the arithmetic is all there is to say."""

    verdict: Verdict
    reason: Reason | None = None


def judge(target: Statement, outcome: Statement, better: Better) -> Judgement:
    """What an outcome means for a target. `better` is the direction in which the signed values get better."""
    if target.family != outcome.family:
        return Judgement("changed_wording", "other_unit")
    if outcome.about:
        return Judgement("not_comparable", "approximate")
    wanted, found = target.numbers, outcome.numbers
    if found.within(wanted):
        return Judgement("met")
    if wanted.low is None or wanted.high is None:
        return Judgement("missed") if found.apart(wanted) else Judgement("not_comparable", "undecided")
    if better is None:
        return Judgement("not_comparable", "better_unknown" if found.apart(wanted) else "undecided")
    if better == "lower":
        wanted, found = wanted.negated(), found.negated()
    return _against_value(wanted, found, target.about)


def _against_value(wanted: Interval, found: Interval, about: bool) -> Judgement:
    """A value or a range of values, where more is better."""
    at_least, beyond = replace(wanted, high=None), Interval(wanted.high, None, low_open=True)
    if found.within(beyond):
        return Judgement("exceeded")
    if found.within(at_least):
        return Judgement("met")
    if not found.apart(at_least):
        return Judgement("not_comparable", "undecided")
    return Judgement("not_comparable", "approximate") if about else Judgement("missed")


def difference(target: Statement, outcome: Statement) -> str | None:
    """The outcome less the target's value or bound, in the target's unit; None where one is no single number."""
    wanted = target.numbers.low if target.numbers.high is None else target.numbers.high
    is_range = target.numbers.point is None and None not in (target.numbers.low, target.numbers.high)
    found = outcome.numbers.point
    if wanted is None or found is None or is_range or target.family != outcome.family or outcome.about:
        return None
    return _written((found - wanted) / target.factor)


def _written(value: Fraction) -> str:
    """A fraction as a decimal where it ends, else as a fraction."""
    twos_and_fives = value.denominator
    places = 0
    for prime in (2, 5):
        count = 0
        while twos_and_fives % prime == 0:
            twos_and_fives //= prime
            count += 1
        places = max(places, count)
    if twos_and_fives > 1:
        return f"{value.numerator}/{value.denominator}"
    digits = f"{abs(value.numerator) * 10**places // value.denominator:0{places + 1}d}"
    whole, decimals = (digits[:-places], digits[-places:]) if places else (digits, "")
    return ("-" if value < 0 else "") + whole + (f".{decimals}" if decimals else "")
