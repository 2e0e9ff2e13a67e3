"""An enterprise of a Hangzhou county with its officer, and his appraisal brought as far as a test needs it."""

from dataclasses import dataclass
from datetime import date

from cqo_portal.accounts.models import Role, User
from cqo_portal.parties.models import Office, Person
from cqo_portal.workflow.engine import perform
from evaluation.appraisal import draft, services
from evaluation.appraisal.form import key_of
from evaluation.appraisal.models import Appraisal
from evaluation.appraisal.workflow import CORRECT, DECIDE
from registry.models import Filing, Officer, Proof, Submission
from tests.cast import user
from tests.duties import rows

YEAR = 2026
TODAY = date(2026, 11, 20)
REASON = "三年目标全部完成。"


@dataclass(frozen=True)
class World:
    """fang appraises for the enterprise; wei is its officer in person; lu is of the county."""

    county: Office
    post: Officer
    fang: User
    wei: User
    lu: User

    @property
    def firm(self):
        return self.post.organisation

    def appraisal(
        self, *, until: str = "decided", year: int = YEAR, on: date = TODAY, **said: str
    ) -> Appraisal:
        made = services.begin(self.post, year, by=self.fang, today=on)
        draft.save(made, typed(made, on=on, **said), version=None, by=self.fang)
        if until in ("decided", "reopened"):
            made = perform(DECIDE, made, by=self.fang, today=on)
        if until == "reopened":
            made = perform(CORRECT, made, by=self.fang, note="学时记错了", today=on)
        return Appraisal.objects.get(pk=made.pk)


def world(*, jurisdiction: str = "hangzhou", appointed_on: date = date(2022, 5, 1)) -> World:
    county = rows.county(jurisdiction)
    post = rows.post(county, appointed_on=appointed_on)
    Officer.objects.filter(pk=post.pk).update(education="bachelor", title="intermediate")
    post.refresh_from_db()
    return World(
        county,
        post,
        fang=user("fang", Role.ENTERPRISE, organisation=post.organisation),
        wei=user("wei", Role.OFFICER, person=Person.objects.get(pk=post.person_id)),
        lu=rows.clerk_of(county, "lu"),
    )


def typed(
    appraisal: Appraisal, *, on: date = TODAY, outcome: str = "续聘", **changes: str
) -> dict[str, list[str]]:
    """A complete form as a browser sends it: every proposal agreed to, full points elsewhere; `p3_1="4"` replaces one."""
    said = {"decision-outcome": outcome, "decision-reason": REASON}
    for section in draft.form_of(appraisal, today=on).groups:
        for item in section.group.items:
            name, proposal = f"{section.code}-{key_of(item)}", section.proposal(item)
            if proposal is None:
                said[name] = str(item.points)
            else:
                said[f"{name}_by"] = f"agree-{proposal}"
    for name, value in changes.items():
        said[address_of(name)] = value
    return {name: [value] for name, value in said.items() if value is not None}


def address_of(name: str) -> str:
    """`p3_1` → `g3-3_1`, `p1_1_by` → `g1-1_1_by`; `decision__reason` → `decision-reason`."""
    if name[0] == "p" and name[1].isdigit():
        return f"g{name[1]}-{name[1:]}"
    return name.replace("__", "-")


def filed(post: Officer, *, by: User, begins: str, ends: str = "", trained: bool = False) -> Filing:
    """The filing the post came from, as far as an appraisal reads it."""
    made = Filing.objects.create(
        organisation=post.organisation,
        office=post.office,
        created_by=by,
        state="filed",
        round=1,
        receipt_number=f"SL-{post.office_id}-2022-0001",
        submitted_on=post.appointed_on,
        filing_number=f"BA-{post.office_id}-1",
        filed_on=post.appointed_on,
    )
    content = {
        "officer": {
            "education": post.education,
            "graduated": "yes",
            "job_title": post.title,
            "trained": "yes" if trained else "no",
        },
        "experience": [{"begins": begins, "ends": ends or None, "kind": "management"}],
    }
    Submission.objects.create(filing=made, round=1, content=content, judgement={}, by=by)
    if trained:
        Proof.objects.create(
            filing=made, kind="training", name="证书.png", uploaded_by=by, digest="0" * 64, size=1, pages=1
        )
    Officer.objects.filter(pk=post.pk).update(filing=made)
    post.refresh_from_db()
    return made
