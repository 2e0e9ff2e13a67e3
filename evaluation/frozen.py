"""A result, computed from what was frozen and from nothing else: anybody can do it again, years later.

Frozen values in, result out, both as JSON in which every number that weighs is a string. No ORM, no clock, no float.

{"edition", "aggregation",
 "members": [{"panellist", "name", "leader", "sheet", "version", "digest", "coefficients": {code: "0.7"}}],
 "agreed": {code: {"coefficient": "0.7" | None by the mean, "proposed", "reason", "comment"}},
 "integrity": {"met": true | false, "evidence", "pins": [{"proof", "page"}], "reason": why otherwise than scored},
 "fragile": {"alternatives": [{"basis", "without", "total", "grade", "changes"}], "sentence"}}
"""

from collections.abc import Mapping
from decimal import Decimal

from cqo_portal.digests import sha256
from cqo_portal.jurisdictions import pack
from cqo_portal.jurisdictions.scheme import EvaluationScheme
from cqo_portal.jurisdictions.vocabulary import Aggregation
from cqo_portal.wording import plain_decimal

from .panel import Alternative, Marks, agreed_result, fragile, mean_result
from .scoring import Coefficients, Result


def result_of(frozen: Mapping) -> dict:
    """{"indicators": {code: points}, "groups": {code: points}, "total", "grade", "failed": [the failed conditions]}.

    Raises `Unscorable` where something is missing.
    """
    result = _computed(frozen)
    return {
        "indicators": spelled(result.indicators),
        "groups": spelled(result.groups),
        "total": plain_decimal(result.total),
        "grade": result.grade.code,
        "failed": [
            {
                "condition": each.condition,
                "label": each.label,
                "value": plain_decimal(each.value),
                "threshold": plain_decimal(each.threshold),
                "cites": each.cites,
                "sentence": each.sentence,
            }
            for each in result.failed
        ],
    }


def alternatives_of(frozen: Mapping) -> list[dict]:
    """What would have come out without each member and by the other way, as `frozen["fragile"]` holds it."""
    return as_said(
        fragile(
            _computed(frozen),
            marks_in(frozen),
            frozen["integrity"]["met"],
            scheme_by(frozen["edition"]),
            Aggregation(frozen["aggregation"]),
        )
    )


def digest_of(frozen: Mapping, result: Mapping) -> str:
    """What is told to the chain of events: the digest an outcome is known by."""
    return sha256({"edition": frozen["edition"], "frozen": frozen, "result": result})


def _computed(frozen: Mapping) -> Result:
    met, scheme = frozen["integrity"]["met"], scheme_by(frozen["edition"])
    if Aggregation(frozen["aggregation"]) is Aggregation.MEAN:
        return mean_result(marks_in(frozen), met, scheme)
    return agreed_result(agreed_in(frozen), met, scheme)


def scheme_by(edition: str) -> EvaluationScheme:
    """The 1000 points as that edition has them. Raises `NoSuchRule` for one that was never in force."""
    return pack(edition).evaluation


def scheme_of(row) -> EvaluationScheme:
    """By the edition a row goes by: an evaluation and its sheets by the one frozen with the application."""
    return scheme_by(row.rule_edition)


def marks_in(frozen: Mapping) -> Marks:
    """{panellist: {indicator: coefficient}} of the sheets that counted."""
    return {member["panellist"]: read(member["coefficients"]) for member in frozen["members"]}


def agreed_in(frozen: Mapping) -> Coefficients:
    """{indicator: coefficient} as the panel agreed; by the mean, where nothing is agreed, empty."""
    return read({code: row["coefficient"] for code, row in frozen["agreed"].items()})


# ── how values are spelled ────────────────────────────────────────────────────────────────────
def as_said(alternatives: tuple[Alternative, ...]) -> list[dict]:
    """[{"basis", "without": a panellist or None, "total": "718", "grade": its code, "changes": whether it is another}]."""
    return [
        {
            "basis": each.basis.value,
            "without": each.without,
            "total": plain_decimal(each.total),
            "grade": each.grade.code,
            "changes": each.changes,
        }
        for each in alternatives
    ]


def spelled(values: Mapping[str, Decimal]) -> dict[str, str]:
    """{code: "42.5"}, every number in its one spelling, so that equal values have equal digests."""
    return {code: plain_decimal(value) for code, value in values.items()}


def read(values: Mapping[str, str | None]) -> dict[str, Decimal]:
    """What has no value is left out."""
    return {code: Decimal(value) for code, value in values.items() if value is not None}
