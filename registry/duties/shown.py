"""How duties are said: the headline in words, a panel for each duty, and of each line whether it counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cqo_portal.jurisdictions.vocabulary import DutyKind, Recurrence
from cqo_portal.wording import day_full, day_long, grouped, plain_decimal
from registry.duties.asking import Asked
from registry.duties.lines import Line
from training.hours import CLASSES, OF_ANOTHER, ZERO, Progress, Unit, Why

WORDS = {Unit.HOURS: "学时", Unit.CERTIFICATE: "证书", Unit.ACTIVITY: "次活动"}
REQUIREMENT_AT = Decimal(
    "0.78"
)  # where the requirement stands on the ruler as long as nobody is far beyond it


def in_hours(amount: Decimal) -> str:
    """6.0, 13.5, 0.25: as the ledger's tables write hours."""
    amount = amount.normalize()
    return grouped(amount if amount.as_tuple().exponent <= -1 else amount.quantize(Decimal("0.1")))


def amount_of(found: Progress, amount: Decimal) -> str:
    """`12.0 学时`, `1 次活动`."""
    number = in_hours(amount) if found.unit is Unit.HOURS else plain_decimal(amount)
    return f"{number} {WORDS[found.unit]}"


def title_of(found: Progress) -> str:
    """任职培训; 第一类 · 2026 年; 继续教育 · 2026 年."""
    duty = found.duty
    if duty.kind is DutyKind.INITIAL:
        return duty.kind.label
    word = CLASSES[duty.course_class] if duty.course_class else duty.kind.label
    return f"{word} · {found.year} 年"


def name_of(found: Progress) -> str:
    """The same inside a sentence about the year."""
    return title_of(found).partition(" · ")[0]


# ── the headline ──────────────────────────────────────────────────────────────────────────────
def headline(everything: Sequence[Asked], *, year: int, earned: Decimal) -> str:
    due = [each for asked in everything for each in asked.due]
    short = [each for each in due if each.missing]
    if not everything:
        return f"{year} 年学时：已得 {in_hours(earned)} 学时"
    if not due:
        return f"{year} 年学时：已得 {in_hours(earned)} 学时，没有要求的培训"
    if not short:
        return f"{year} 年学时：要求的都满了"
    if len(everything) > 1 and len(short) > 1:
        return f"{year} 年学时：有 {len(short)} 项还没有满"
    return f"{year} 年学时：{_said_of(short, due)}"


def _said_of(short: list[Progress], due: list[Progress]) -> str:
    if len(short) == 1:
        return _said_of_one(short[0])
    if all(each.duty.course_class and each.duty.kind is DutyKind.CONTINUING for each in short):
        yearly = [each for each in due if each.duty.kind is DutyKind.CONTINUING]
        return "两类都还没有满" if len(short) == 2 == len(yearly) else f"有 {len(short)} 类还没有满"
    return f"有 {len(short)} 项还没有满"


def _said_of_one(found: Progress) -> str:
    match found.unit:
        case Unit.CERTIFICATE:
            return "还没有任职培训证书"
        case Unit.ACTIVITY:
            return f"还差 {amount_of(found, found.missing)}"
    return f"{name_of(found)}还差 {amount_of(found, found.missing)}"


# ── a panel ───────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Reason:
    amount: str
    why: str


@dataclass(frozen=True)
class Panel:
    """One duty in one year: words, and the numbers of its ruler."""

    found: Progress
    today: date

    @property
    def title(self) -> str:
        return title_of(self.found)

    @property
    def how_often(self) -> str:
        return "任职培训一次" if self.found.duty.every is Recurrence.ONCE else self.found.duty.every.label

    @property
    def content(self) -> str:
        return "、".join(self.found.duty.counts)

    @property
    def is_certificate(self) -> bool:
        return self.found.unit is Unit.CERTIFICATE

    @property
    def counted(self) -> str:
        return amount_of(self.found, self.found.counted).partition(" ")[0]

    @property
    def of(self) -> str:
        return f"/ {plain_decimal(self.found.required)} {WORDS[self.found.unit]}"

    # the ruler
    @property
    def beside(self) -> Decimal:
        return sum((self.found.worth(each.earned) for each in self.found.beside), ZERO)

    @property
    def whole(self) -> Decimal:
        reached = (self.found.counted + self.beside) * Decimal("1.05")
        return max(self.found.required / REQUIREMENT_AT, reached, Decimal(1))

    @property
    def mark(self) -> str:
        return f"须 {plain_decimal(self.found.required)}" if self.found.required else ""

    @property
    def label(self) -> str:
        part = f"，已得未计入 {amount_of(self.found, self.beside)}" if self.beside else ""
        asked = f"，须 {amount_of(self.found, self.found.required)}" if self.found.required else ""
        return f"计入 {amount_of(self.found, self.found.counted)}{part}{asked}"

    # the words
    @property
    def state(self) -> str:
        if not self.found.due:
            return "none"
        if self.found.met:
            return "met"
        return "soon" if self.found.days_left(self.today) != 0 or self._may_come_later else "late"

    @property
    def _may_come_later(self) -> bool:
        """A certificate proves the appointment training whenever it is got."""
        return self.found.duty.kind is DutyKind.INITIAL

    @property
    def word(self) -> str:
        if not self.found.due:
            return "不要求"
        if self.found.met:
            return "已完成" if self.found.duty.every is Recurrence.ONCE else "已满"
        if self.is_certificate:
            return "还没有证书"
        return f"还差 {amount_of(self.found, self.found.missing)}"

    @property
    def when(self) -> str:
        """还有 41 天，至 12月31日; what the duty is met by; why it is not due."""
        if not self.found.due or self.found.met:
            return self.found.said
        if self._may_come_later:
            return self.found.said or self._until_appointment
        left, ends = self.found.days_left(self.today), self.found.last_day
        if left:
            return f"还有 {grouped(left)} 天，至 {day_full(ends) if ends.year != self.today.year else day_long(ends)}"
        return f"{day_full(ends)}已过"

    @property
    def _until_appointment(self) -> str:
        if self.is_certificate:
            return "取得以后由发证的培训机构登记。"
        return f"{self.found.last_day.isoformat()} 任职以前的学时计入，任职以后以任职培训证书为凭。"

    @property
    def sums(self) -> str:
        if self.is_certificate:
            return ""
        counting = sum((self.found.worth(each) for each in self.found.entries), ZERO)
        return f"得 {amount_of(self.found, self.found.earned)}，计入 {amount_of(self.found, counting)}。"

    @property
    def waiting(self) -> str:
        return amount_of(self.found, self.found.might_count)

    @property
    def reasons(self) -> list[Reason]:
        """Why the rest does not count, alike ones together."""
        found: dict[str, Decimal] = {}
        for each in self.found.beside:
            found[each.why] = found.get(each.why, ZERO) + self.found.worth(each.earned)
        return [Reason(amount_of(self.found, amount), why) for why, amount in found.items()]

    @property
    def afterwards(self) -> str:
        """What will be once nothing stands against what waits."""
        might = self.found.might_count
        if not might or not self.found.missing:
            return ""
        then = self.found.given(self.found.counted + might)
        rest = "即满足" if not then.missing else f"还差 {amount_of(then, then.missing)}"
        return f"都计入以后为 {amount_of(then, then.counted)}，{rest}。"


@dataclass(frozen=True)
class Summary:
    """One post in a list, with all its panels."""

    asked: Asked
    panels: tuple[Panel, ...]

    @property
    def post(self):
        return self.asked.post


def summary_of(asked: Asked, *, today: date) -> Summary:
    return Summary(asked, tuple(Panel(found, today) for found in asked.found))


# ── of each line ──────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Verdict:
    """Whether a line counts: a sign, a word, and the sentences below it."""

    state: str
    word: str
    said: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        return self.state == "met"


def verdict_on(line: Line, everything: Sequence[Asked]) -> Verdict:
    if line.is_reversal:
        return Verdict("returned", "冲正")
    if line.reversed_by is not None:
        return Verdict("none", "已冲正", (f"见 {line.reversed_by.number}。",))
    counted, against = _judgements(line, everything)
    if counted:
        return Verdict("met", "计入", tuple(counted))
    if any(reason is Why.HELD for _, reason, _ in against) or (not against and line.held):
        said = [line.held] if line.held else []
        return Verdict("waiting" if line.entry is None else "soon", _word_of_held(line), tuple(said))
    if line.refused:
        return Verdict("late", "不计入", (line.refused,))
    return Verdict("none", "不计入", _sentences(against, everything))


def _word_of_held(line: Line) -> str:
    return "待确认" if line.entry is None else "待核查"


def _judgements(line: Line, everything: Sequence[Asked]) -> tuple[list[str], list[tuple]]:
    """The names of the duties it counts for; (name, reason, why) of those it does not."""
    counted, against = [], []
    for asked in everything:
        for found in asked.found:
            name = _name_at(found, asked, everything)
            counted += [name for each in found.entries if each.key == line.key]
            against += [(name, u.reason, u.why) for u in found.uncounted if u.earned.key == line.key]
    return counted, against


def _name_at(found: Progress, asked: Asked, everything: Sequence[Asked]) -> str:
    return found.duty.label if len(everything) == 1 else f"{asked.post.organisation.name}：{found.duty.label}"


def _sentences(against: list[tuple], everything: Sequence[Asked]) -> tuple[str, ...]:
    if not against:
        where = "没有在任的岗位" if not everything else "所在地的规定没有学时要求"
        return (f"{where}，只作记录。",)
    of_this_kind = [each for each in against if each[1] not in OF_ANOTHER]
    return tuple(dict.fromkeys(f"{name}：{why}" for name, _, why in of_this_kind or against))
