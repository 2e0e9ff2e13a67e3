"""The arithmetic of a roll-up: rows in, figures out. Pure, so that anybody can re-compute.

A county's row is an enterprise:
    {"organisation", "credit_code", "name", "standing": received|late|missing, "officers": n,
     "report", "version", "digest", "summary": {figure: n}}          (the last four null unless received)
A row of a higher level is an office below:
    {"office", "name", "standing": signed|missing, "reason", "digest", "figures": {figure: n}}
"""

from collections.abc import Iterable, Mapping

LABELS = {
    "expected": "应报企业",
    "received": "按时接收",
    "late": "逾期",
    "missing": "未报",
    "officers": "任职人次",
    "hours_met": "学时达标",
    "hours_unmet": "学时不足",
    "hours_unknown": "学时无法判定",
    "incidents": "质量安全事故",
    "renewed": "续聘",
    "dismissed": "解聘",
    "rewarded": "奖惩",
    "undecided": "未作考核决定",
}
FIGURES = tuple(LABELS)
SAID = (
    "hours_met",
    "hours_unmet",
    "incidents",
    "renewed",
    "dismissed",
    "rewarded",
)  # from the reports themselves


def of_enterprises(rows: Iterable[Mapping]) -> dict[str, int]:
    """A county's figures. What a report says counts only if it was handed in by the cut-off."""
    rows = list(rows)
    found = {"expected": len(rows), "officers": sum(row["officers"] for row in rows)}
    for standing in ("received", "late", "missing"):
        found[standing] = sum(row["standing"] == standing for row in rows)
    for name in SAID:
        found[name] = sum(row["summary"][name] for row in rows if row["summary"])
    found["hours_unknown"] = found["officers"] - found["hours_met"] - found["hours_unmet"]
    decided = found["renewed"] + found["dismissed"] + found["rewarded"]
    found["undecided"] = found["officers"] - decided
    return {name: found[name] for name in FIGURES}


def of_offices(rows: Iterable[Mapping]) -> dict[str, int]:
    """The figures of a city or a province: the sum of what the offices below signed."""
    signed = [row["figures"] for row in rows if row["standing"] == "signed"]
    return {name: sum(figures[name] for figures in signed) for name in FIGURES}


def figures_of(rows: Iterable[Mapping]) -> dict[str, int]:
    rows = list(rows)
    return of_offices(rows) if rows and "office" in rows[0] else of_enterprises(rows)


def body(rows: list[dict], *, office: str, year: int, cut_off: str, edition: str, roster: str) -> dict:
    """Everything a sign-off answers for. `roster` is the digest of the roster, or empty."""
    return {
        "office": office,
        "year": year,
        "cut_off": cut_off,
        "edition": edition,
        "figures": figures_of(rows),
        "rows": rows,
        "roster": roster,
    }
