"""On which grounds a certificate is suspended, discontinued or declared void, and what each cites. Knows no Django.

9.3 names four. What else happens to a paper is a reading of ours, and says so.
"""

from dataclasses import dataclass

from cqo_portal.jurisdictions.requirements import Reading

SUSPEND, DISCONTINUE, VOID = "suspend", "discontinue", "void"
OF_THE_TEXT = frozenset({SUSPEND, DISCONTINUE, VOID})


@dataclass(frozen=True)
class Ground:
    key: str
    label: str
    cites: str
    acts: frozenset[str]  # for which it may be named
    reading: Reading | None = None
    waits: bool = True  # whether 9.6 asks for its year afterwards: nobody waits for what was not his doing

    @property
    def said(self) -> str:
        """Its clause; that it is our reading, where it is."""
        return f"{self.cites}，推定" if self.reading else self.cites


GROUNDS = (
    Ground("misconduct", "获证人员违法违规违纪", "9.3", OF_THE_TEXT),
    Ground("dishonesty", "获证人员失信", "9.3", OF_THE_TEXT),
    Ground("accident", "获证人员负有责任的重大质量事故", "9.3", OF_THE_TEXT),
    Ground("of-organisation", "所在组织发生与获证人员有关联责任的重大质量安全事故", "9.3", OF_THE_TEXT),
    Ground(
        "misuse",
        "涂改、转借证书",
        "9.1",
        OF_THE_TEXT,
        Reading("涂改、转借的，按 9.3 的违规办理。", "9.1 只写不得涂改或转借，没有写后果。"),
    ),
    Ground(
        "own-wish",
        "获证人员书面提出",
        "第9章，文本未规定",
        frozenset({DISCONTINUE}),
        Reading("本人书面提出的可以中止。", "文本没有写本人可否放弃证书。"),
    ),
    Ground(
        "deceit",
        "以不真实的材料取得",
        "9.3",
        frozenset({DISCONTINUE, VOID}),
        Reading("以不真实的材料取得的，属于失信。", "9.3 的“失信”没有写是否包括申请评价时的失信。"),
    ),
    Ground(
        "overturned",
        "复评结果取代了原结果",
        "第8章，文本未规定",
        frozenset({DISCONTINUE, VOID}),
        Reading(
            "复评不予评级、或者等级不同的，原证书不再成立；本人不因此等满一年。",
            "文本没有申诉程序，也没有写复评以后的证书。",
        ),
        waits=False,
    ),
    Ground(
        "misprint",
        "证书内容有误，另行颁发",
        "8.4，文本未规定",
        frozenset({VOID}),
        Reading(
            "印错的作废，另给编号重新颁发，仍到原来的日期为止；本人不因此等满一年。",
            "8.4 只写证书应有的内容，没有写印错以后怎么办。",
        ),
        waits=False,
    ),
)


MISPRINT, OVERTURNED = "misprint", "overturned"
WITHOUT_A_WAIT = frozenset(each.key for each in GROUNDS if not each.waits)


def grounds_for(act: str) -> tuple[Ground, ...]:
    return tuple(each for each in GROUNDS if act in each.acts)


def ground(key: str) -> Ground:
    return next(each for each in GROUNDS if each.key == key)
