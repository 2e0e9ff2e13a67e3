"""A body on record, an officer in post with an account, and applications brought as far as one likes by those whose move it is."""

from dataclasses import dataclass
from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from cqo_portal.accounts.models import User
from cqo_portal.audit.record import record
from cqo_portal.digests import sha256
from cqo_portal.parties.models import Institution
from cqo_portal.workflow.engine import perform
from cqo_portal.workflow.series import next_in
from evaluation.applications import draft, services
from evaluation.applications.content import content_of
from evaluation.applications.signing import name_of
from evaluation.applications.steps import ACCEPT, RETURN, SUBMIT, undetermined
from evaluation.bodies.models import BodyRecord
from evaluation.models import Application, Proof, Submission
from registry.models import Officer
from tests.bodies import rows as bodies
from tests.cast import Cast, picture
from tests.evaluation.rows import EDITION, SCHEME
from tests.talent.rows import himself, post

TODAY = date(2026, 11, 20)
BODY = "江苏质量评价中心"


@dataclass(frozen=True)
class World:
    """liu acts for the enterprise, `wangxs` is its officer, `shen` and `fan` work for the body."""

    people: Cast
    officer: Officer
    wangxs: User
    shen: User
    fan: User
    record: BodyRecord

    @property
    def liu(self) -> User:
        return self.people.liu

    @property
    def body(self) -> Institution:
        return self.record.institution

    def opened(self, *, by: User | None = None) -> Application:
        return services.open_application(self.officer, by=by or self.liu, today=TODAY)

    def written(self, **changes: str | None) -> Application:
        made = self.opened()
        draft.save(made, typed(self.body, **changes), version=None, by=self.liu)
        return Application.objects.get(pk=made.pk)

    def paper(self, made: Application, *codes: str, shade: int = 200, name: str = "质量月报.png") -> Proof:
        upload: SimpleUploadedFile = picture(shade=shade)
        upload.name = name
        return services.attach(made, upload, supports=codes or ("7.4.4",), by=self.liu)

    def sign(self, made: Application, by: User) -> None:
        digest = sha256(content_of(made, today=TODAY))
        services.sign(made, name=name_of(by, made), digest=digest, by=by, today=TODAY)

    def signed(self, made: Application | None = None) -> Application:
        made = made or self.written()
        for by in (self.liu, self.wangxs):
            self.sign(made, by)
        return made

    def submitted(self, made: Application | None = None, *, by: User | None = None) -> Application:
        return perform(SUBMIT, self.signed(made), by=by or self.liu, today=TODAY)

    def returned(self, *keys: str, made: Application | None = None) -> Application:
        made = made or self.submitted()
        for key in keys or ("7.4.4",):
            services.pin(made, key=key, reason="请写明数据来源。", cites="8.2", by=self.shen)
        return perform(RETURN, made, by=self.shen, today=TODAY)

    def determined(self, made: Application) -> Application:
        for clause in undetermined(made):
            services.determine(made, clause=clause.key, reason="看过原件，视为符合。", by=self.shen)
        return made

    def accepted(self, made: Application | None = None) -> Application:
        return perform(ACCEPT, self.determined(made or self.submitted()), by=self.shen, today=TODAY)


def world(people: Cast) -> World:
    officer = post(people.hengtong)
    shen = bodies.body(BODY)
    return World(
        people=people,
        officer=officer,
        wangxs=himself(officer),
        shen=shen,
        fan=bodies.body(BODY, username="fan"),
        record=bodies.filed(shen, people.meng),
    )


def typed(body: Institution, **changes: str | None) -> dict[str, list[str]]:
    """A complete form as a browser sends it; `basic__plea="…"` replaces one input, None drops it."""
    said = {
        "body-body": str(body.pk),
        "recommendation-text": "该同志履职三年，同意推荐。",
        "basic-no_faults": "on",
        "basic-note": "",
        "basic-plea": "",
        "report-text": "任职以来主持质量管理体系建设。",
    }
    for row in SCHEME.indicators:
        prefix = f"i{row.code.replace('.', '_')}"
        said |= {
            f"{prefix}-band": "4",
            f"{prefix}-coefficient": "0.7",
            f"{prefix}-text": f"{row.label}的做法。",
        }
    for name, value in changes.items():
        said[name.replace("__", "-")] = value
    return {name: [value] for name, value in said.items() if value is not None}


def lying(people: Cast, officer: Officer, house: Institution, *, state: str = "submitted") -> Application:
    """An application that lies with a body which need not be on record, with one paper: written straight into the tables."""
    made = services.open_application(officer, by=people.liu, today=TODAY)
    draft.save(made, typed(house), version=None, by=people.liu)
    made.refresh_from_db()
    services.attach(made, picture(shade=7), supports=["7.4.4"], by=people.liu)
    if state == "draft":
        return made
    made.body, made.rule_edition, made.submitted_on, made.due_on = house, EDITION, TODAY, TODAY
    made.number, made.round, made.state = f"PJ-2026-{next_in('evaluation:2026'):04d}", 1, state
    with transaction.atomic():
        record("brought", made, before="draft", after=state)
        made.save()
    said = content_of(made, today=TODAY)
    Submission.objects.create(
        application=made, round=1, content=said, judgement={}, digest=sha256(said), by=people.liu
    )
    return made
