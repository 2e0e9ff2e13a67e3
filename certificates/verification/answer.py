"""The five honest answers, from what a certificate is and what was done with it. Values in, values out: no database.

有效 · 暂停 · 中止或作废 · 到期或换发 · 查无此号. The last one says nothing more, whatever was asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from certificates.validity import Change, Standing, Stretch, Validity, standing, stretches
from cqo_portal.jurisdictions.vocabulary import CertificateState as S
from cqo_portal.wording import day_full

PRINTED = ("holder", "organisation", "grade", "body", "evaluated", "valid")
KEEPS_WHY = frozenset({S.SUSPENDED, S.VALID, S.DISCONTINUED, S.VOID})


@dataclass(frozen=True, kw_only=True)
class Known:
    """A certificate as far as anybody may know it: what is printed on it, and how it stood when."""

    number: str
    words: Mapping[str, str]  # as printed
    body: str
    validity: Validity
    changes: Sequence[Change]
    cites: Mapping[tuple[S, date], str]  # the clause of an act, by what it led to and since when
    successor: str = ""  # the number of the certificate that took its place
    successor_lost: bool = False  # and was declared void itself


@dataclass(frozen=True, kw_only=True)
class Step:
    """One line of how it went: newest first on a page."""

    word: str
    on: date
    cites: str = ""
    keeps_why: bool = False  # there is a reason, which is not for the public


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is said of a certificate on `today`; `on` is another day somebody asked about."""

    known: Known
    today: date
    on: date | None = None

    @property
    def standing(self) -> Standing:
        return standing(self.known.validity, self.known.changes, day=self.today)

    @property
    def state(self) -> S:
        return self.standing.state or S.VALID  # issued today, and asked by a clock that is behind

    @property
    def word(self) -> str:
        return self.state.label

    @property
    def sentence(self) -> str:
        """What it means today, with its days."""
        life, since = self.known.validity, self.standing.since or self.known.validity.first_day
        match self.state:
            case S.VALID:
                return f"今天有效，到{day_full(life.last_day)}（含当日）为止。"
            case S.SUSPENDED:
                return f"自{day_full(since)}起暂停，暂停期间不能作为有效证书使用。{self.before}"
            case S.DISCONTINUED:
                return f"自{day_full(since)}起中止，不会恢复。{self.before}"
            case S.VOID:
                return f"自{day_full(since)}起作废，不会恢复。{self.before}{self._renewed}"
            case S.SUPERSEDED:
                lost = "那一张后来也声明作废。" if self.known.successor_lost else ""
                return f"自{day_full(since)}起由新证书 {self.known.successor} 取代。{lost}{self.before}"
        return f"{day_full(life.last_day)}到期，自{day_full(since)}起失效。{self.before}{self._renewed}"

    @property
    def _renewed(self) -> str:
        return f"另有新证书 {self.known.successor}。" if self.known.successor else ""

    @property
    def before(self) -> str:
        """When it was valid before that."""
        valid = [each for each in self._stretches if each.state is S.VALID and each.first <= self.today]
        if not valid:
            return "没有过有效的日子。"
        said = "、".join(f"{day_full(each.first)}至{day_full(min(each.last, self.today))}" for each in valid)
        return f"此前{said}有效。"

    @property
    def steps(self) -> list[Step]:
        """What was said of it, as it was recorded, newest first: also what was taken back on the same day, or was overtaken
        later. Nothing of days to come."""
        over = [Change(each.state, each.first) for each in self._stretches if each.state is S.EXPIRED]
        gone = [each for each in (*self.known.changes, *over) if each.on <= self.today]
        said = sorted(gone, key=lambda each: each.recorded or each.on)
        return [*map(self._step, reversed(said)), Step(word="颁发", on=self.known.validity.first_day)]

    def _step(self, change: Change) -> Step:
        return Step(
            word="恢复" if change.state is S.VALID else change.state.label,
            on=change.on,
            cites=self.known.cites.get((change.state, change.on), ""),
            keeps_why=change.state in KEEPS_WHY,
        )

    @property
    def _stretches(self) -> list[Stretch]:
        return stretches(self.known.validity, self.known.changes)

    @property
    def printed_days(self) -> tuple[str, str]:
        """The validity as printed, in two parts between which a narrow screen may break."""
        first, to, last = self.known.words["valid"].partition("至")
        return first + to, last

    # ── another day ───────────────────────────────────────────────────────────────────────────
    @property
    def that_day(self) -> Standing | None:
        """How it stood on the day that was asked about, as known today; None where nobody asked."""
        return standing(self.known.validity, self.known.changes, day=self.on) if self.on else None

    @property
    def that_day_said(self) -> str:
        day, found = day_full(self.on), self.that_day
        if self.on > self.today:
            return f"{day}还没有到；按今天的记录，那一天这张证书{self._in_words(found)}。"
        return f"{day}当天，这张证书{self._in_words(found)}。"

    def _in_words(self, found: Standing) -> str:
        words = {
            None: f"还没有颁发（{day_full(self.known.validity.first_day)}起有效）",
            S.VALID: "有效",
            S.SUSPENDED: "处于暂停，不能作为有效证书使用",
            S.DISCONTINUED: "已经中止",
            S.VOID: "已经作废",
            S.EXPIRED: "已经到期失效",
            S.SUPERSEDED: f"已由新证书 {self.known.successor} 取代",
        }
        return words[found.state]


def as_json(answer: Answer | None, *, asked_at: str) -> dict:
    """The same answer for machines. Days are ISO; `state` is a word of our vocabulary, or `not_found`."""
    if answer is None:
        return {"state": "not_found", "asked_at": asked_at}
    known, life = answer.known, answer.known.validity
    said = {
        "state": answer.state.value,
        "since": (answer.standing.since or life.first_day).isoformat(),
        "valid_today": answer.state is S.VALID,
        "number": known.number,
        "printed": {name: known.words[name] for name in PRINTED if name in known.words},
        "first_day": life.first_day.isoformat(),
        "last_day": life.last_day.isoformat(),
        "successor": known.successor or None,
        "history": [
            {
                "state": each.state.value,
                "from": each.first.isoformat(),
                "to": each.last.isoformat() if each.last else None,
            }
            for each in stretches(life, known.changes)
            if each.first <= answer.today
        ],
        "acts": [
            {"led_to": each.state.value, "effective_on": each.on.isoformat()}
            for each in known.changes
            if each.on <= answer.today
        ],
        "asked_at": asked_at,
    }
    if answer.on:
        found = answer.that_day
        said["on"] = {
            "day": answer.on.isoformat(),
            "state": found.state.value if found.state else "not_issued",
            "valid": found.is_valid,
        }
    return said
