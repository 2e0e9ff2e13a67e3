"""The cases of the demonstration: each goes as far as it is told, every step taken by whose move it is."""

from collections.abc import Callable, Iterable
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from certificates.issuing.making import make
from certificates.issuing.numbering import take
from certificates.issuing.ordering import order
from certificates.issuing.sending import send
from certificates.life.coding import take_code
from certificates.models import Order
from cqo_portal.accounts.models import Assignment, Role, User
from cqo_portal.desk.demo_papers import Papers
from cqo_portal.desk.demo_year import acting
from cqo_portal.digests import sha256
from cqo_portal.jurisdictions.scheme import EvaluationScheme
from cqo_portal.reference.files import read
from cqo_portal.workflow.engine import perform
from evaluation.applications import services as applications
from evaluation.applications.content import content_of
from evaluation.applications.draft import form_of, save
from evaluation.applications.sections import prefix_of
from evaluation.applications.signing import name_of
from evaluation.applications.steps import ACCEPT, RETURN, SUBMIT, undetermined
from evaluation.consensus import interviews, saving
from evaluation.consensus.board import board_of
from evaluation.consensus.conclusion import CONCLUDE, OPEN_SHEETS
from evaluation.decisions import deciding, publishing, versions, working
from evaluation.experts.models import Expert
from evaluation.frozen import scheme_of
from evaluation.models import Application, Evaluation, Panellist, Proof, Sheet
from evaluation.panels import codes, services, statement
from evaluation.panels.workflow import BEGIN
from evaluation.scoring import band_with
from evaluation.sheets import marks

MORNING = time(9, 30)


class Cases:
    """What `fixtures/demo_cases.json` tells, after the bodies and the experts of a `desk.demo.Story`."""

    def __init__(self, story) -> None:
        self.story, self.today = story, story.today
        self.told = read("demo_cases")
        self.papers = Papers(self.told["papers"])
        self.body = acting(Assignment.objects.get(user__username=Role.BODY))

    def tell(self, *, progress: Callable[[str], None] = lambda sentence: None) -> None:
        take_code(self.told["code"], by=self.body)
        self.body.acting.institution.refresh_from_db()
        cases = self.told["cases"]
        for number, said in enumerate(cases, start=1):
            progress(f"演示评价 {number}/{len(cases)}")
            Case(self, said).goes_on()

    def expert(self, username: str) -> User:
        return acting(Assignment.objects.get(role=Role.EXPERT, user__username=username))


class Case:
    """One application, and the evaluation that follows. `said`: one of "cases"."""

    run: Evaluation

    def __init__(self, cases: Cases, said: dict) -> None:
        self.cases, self.said = cases, said
        self.story, self.today, self.told, self.body = cases.story, cases.today, cases.told, cases.body
        self.firm = self.story.organisations[said["enterprise"]]
        self.post = self.firm.officers.in_office().get()
        self.clerk, self.officer = self.story.clerk(self.firm), self._officer()
        self.proofs: dict[str, Proof] = {}

    def goes_on(self) -> None:
        """As far as `until`; a return is beside the way."""
        if self.said["until"] == "returned":
            return self._returned()
        steps = {
            "draft": self._written,
            "submitted": self._submitted,
            "accepted": self._asked,
            "scoring": self._scored,
            "consensus": self._opened,
            "reporting": self._reported,
            "at_body": self._handed_in,
            "published": self._published,
            "issued": self._issued,
            "sent": self._sent,
        }
        for stage, step in steps.items():
            step()
            if stage == self.said["until"]:
                return None
        return None

    def _officer(self) -> User:
        """The officer in person; where the accounts have none, the demo makes one."""
        held = Assignment.objects.filter(role=Role.OFFICER, person=self.post.person).first()
        if held is None:
            user = self.story.account(f"officer-{self.said['enterprise']}", self.post.name)
            held = Assignment.objects.create(user=user, role=Role.OFFICER, person=self.post.person)
        return acting(held)

    # ── the application ───────────────────────────────────────────────────────────────────────
    def _written(self) -> None:
        opened = applications.open_application(self.post, by=self.clerk, today=self.today)
        scheme = form_of(opened, today=self.today).scheme
        self.application = save(opened, self._typed(scheme), version=None, by=self.officer)
        for key in self.said.get("papers", self.cases.papers.told):
            self.proofs[key] = applications.keep(
                self.application,
                self.cases.papers.made(key),
                sent_as=self.cases.papers.name(key),
                supports=self.cases.papers.supports(key),
                by=self.officer,
            )

    def _typed(self, scheme: EvaluationScheme) -> dict[str, list[str]]:
        """As a browser sends it."""
        typed = {
            "body-body": str(self.body.acting.institution_id),
            "recommendation-text": self.told["recommendation"],
            "basic-no_faults": "on",
            "report-text": self.told["report"],
            "basic-plea": self.said.get("plea", ""),
        }
        for row in scheme.indicators:
            if row.code not in self.said.get("unassessed", ()):
                prefix, given = prefix_of(row.code), _of(self.said["assess"], row.code)
                typed |= {
                    f"{prefix}-band": str(band_with(given, scheme).number),
                    f"{prefix}-coefficient": str(given),
                    f"{prefix}-text": self.told["indicators"][row.code]["text"],
                }
        return {name: [value] for name, value in typed.items()}

    def _submitted(self) -> None:
        digest = sha256(content_of(self.application, today=self.today))
        for by in (self.officer, self.clerk):
            name = name_of(by, self.application)
            applications.sign(self.application, name=name, digest=digest, by=by, today=self.today)
        self.application = perform(SUBMIT, self.application, by=self.clerk, today=self.today)

    def _returned(self) -> None:
        self._written()
        self._submitted()
        for key, reason, paper, page in self.said["pins"]:
            applications.pin(
                self.application,
                key=key,
                reason=reason,
                cites="8.2",
                by=self.body,
                proof=self.proofs.get(paper),
                page=page,
            )
        perform(RETURN, self.application, by=self.body, today=self.today)

    def _accepted(self) -> None:
        for clause in undetermined(self.application):
            applications.determine(
                self.application, clause=clause.key, reason=self.told["determination"], by=self.body
            )
        perform(ACCEPT, self.application, by=self.body, today=self.today)
        self.run = Application.objects.get(pk=self.application.pk).evaluations.get()

    def _asked(self) -> None:
        """Accepted, and the panel is asked, the leader first."""
        self._accepted()
        self.panel = {name: self.cases.expert(name) for name in self.said["panel"]}
        self.leader = next(iter(self.panel.values()))
        self._invite()

    # ── the panel and its sheets ──────────────────────────────────────────────────────────────
    def _scored(self) -> None:
        for expert in self.panel.values():
            self._declares(self.run.panellists.get(person=expert.acting.person), expert)
        self.run = perform(BEGIN, self.run, by=self.body, today=self.today)
        for name, expert in self.panel.items():
            self._sheet(name, expert)
        if days := self.said.get("interview_in"):
            self._interview(days)

    def _invite(self) -> None:
        ours = Expert.objects.filter(institution=self.body.acting.institution_id)
        for expert in self.panel.values():
            engaged, leads = ours.get(person=expert.acting.person), expert is self.leader
            services.propose(self.run, engaged, leads=leads, by=self.body, today=self.today)
        services.invite(self.run, by=self.body, today=self.today)

    def _declares(self, seat: Panellist, expert: User) -> None:
        carried: list[str] = []
        codes.send(seat, by=expert, carry=carried.append)
        said = {"name": seat.person.name, "code": carried[0], "version": statement.VERSION}
        services.declare(seat, **said, by=expert, today=self.today)

    def _sheet(self, name: str, expert: User) -> None:
        """Every row, or as many as are told, and then the signature is still to come."""
        sheet = Sheet.objects.get(panellist__evaluation=self.run, person=expert.acting.person)
        rows = scheme_of(self.run).indicators
        written = self.said.get("unsigned", {}).get(name)
        for row in rows[:written]:
            entry = self._entry(row.code, _of(self.said["marks"][name], row.code))
            marks.save(sheet, row, entry, version=0, by=expert)
        if written is None:
            digest = sha256(marks.content_of(sheet))
            marks.sign(sheet, name=sheet.person.name, digest=digest, seen={}, by=expert, today=self.today)

    def _entry(self, code: str, given: Decimal) -> marks.Entry:
        said = self.told["indicators"][code]
        comment = said["high" if given >= Decimal("0.7") else "middle" if given >= Decimal("0.5") else "low"]
        places = self.cases.papers.places(code, self.proofs) if given else ()
        return marks.Entry(band_with(given, scheme_of(self.run)).number, given, comment, places)

    # ── at one table ──────────────────────────────────────────────────────────────────────────
    def _opened(self) -> None:
        self.run = perform(OPEN_SHEETS, self.run, by=self.leader, today=self.today)
        held = self._interview(-1)
        said = self.told["interview"]
        record = {name: said[name] for name in ("present", "notes", "by_indicator")}
        record["held_on"] = self.today - timedelta(days=1)
        interviews.write_down(held, record, by=self.leader)

    def _interview(self, days: int):
        said, day = self.told["interview"], self.today + timedelta(days=days)
        plan = {"kind": "interview", "because": "", "place": said["place"], "plan": said["plan"]}
        planned_at = timezone.make_aware(datetime.combine(day, MORNING))
        return interviews.plan(self.run, plan | {"planned_at": planned_at}, by=self.leader)

    def _agreed(self) -> None:
        saving.accept_proposals(self.run, by=self.leader)
        board = board_of(self.run)
        settled = {
            row.indicator.code: saving.RowSaid(row.proposal, row.proposal, self.told["reason"], "")
            for row in board.rows
            if not board.is_settled(row)
        }
        met = self.said.get("integrity", True)
        words = {
            "integrity_met": met,
            "integrity_evidence": self.told["integrity"]["met" if met else "unmet"],
        }
        saving.save(self.run, saving.Said(rows=settled, words=words), version=None, by=self.leader)
        if board_of(self.run).is_fragile:
            words = {"fragile_sentence": self.told["fragile"]}
            saving.save(self.run, saving.Said(words=words), version=None, by=self.leader)
        self.run = perform(CONCLUDE, self.run, by=self.leader, today=self.today)

    # ── report and decision ───────────────────────────────────────────────────────────────────
    def _reported(self) -> None:
        self._agreed()
        texts = {name: self.said.get(name, self.told[name]) for name in ("overall", "advice")}
        report = working.save(self.run, texts, version=None, by=self.leader)
        self.version = versions.put(self.run, seen=report.version, after=0, by=self.leader)
        self._sign_off(self.said.get("signs_off", self.panel))

    def _sign_off(self, names: Iterable[str]) -> None:
        for name in names:
            expert = self.panel[name]
            versions.sign_off(self.version, name=expert.acting.person.name, reservation="", by=expert)

    def _handed_in(self) -> None:
        self.run = perform(versions.HAND_IN, self.run, by=self.leader, today=self.today)

    def _published(self) -> None:
        deciding.decide(
            self.run,
            seen=self.version.digest,
            **self.told["deliberated"],
            on=self.today,
            by=self.body,
            today=self.today,
        )
        self.run.refresh_from_db()
        seen = publishing.preview(self.run, today=self.today).digest
        publishing.publish(self.run, seen=seen, by=self.body, today=self.today)

    # ── the certificate ───────────────────────────────────────────────────────────────────────
    def _issued(self) -> None:
        order([self.run.decision], by=self.body)
        for waiting in Order.objects.waiting():
            self.certificate = take(waiting.pk)
            make(self.certificate.pk)

    def _sent(self) -> None:
        send([self.certificate], by=self.body)


def _of(said: dict[str, str], code: str) -> Decimal:
    return Decimal(said.get(code, said["default"]))
