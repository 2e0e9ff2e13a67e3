"""Which rows of an evaluation somebody sees. A sheet is the one thing a panel may not see of one another: read `SheetQuerySet`."""

from django.db.models import F, Q, QuerySet

from cqo_portal.accounts.models import Role
from cqo_portal.accounts.scope import DOWN_TO
from cqo_portal.audit.append_only import AppendOnlyQuerySet
from cqo_portal.parties.queries import SearchableQuerySet

OPENED = ("consensus", "reporting", "at_body", "decided", "published")  # the members see one another's sheets
HANDED_IN = ("at_body", "decided", "published")  # the body sees what the panel said
UNDER_WAY = ("convening", "scoring", "consensus", "reporting", "at_body", "decided")
ON_THE_PANEL = ("proposed", "invited", "serving")  # states of a seat that is not left


def _of_the_applicants(acting, application: str = "") -> Q | None:
    """Rows of the own enterprise, or of the officer in person; None for everybody else."""
    if acting.role == Role.ENTERPRISE:
        return Q(**{f"{application}organisation": acting.organisation_id})
    if acting.role == Role.OFFICER and acting.person_id:
        return Q(**{f"{application}person": acting.person_id})
    return None


def _without_own_part(user, application: str) -> Q:
    """Cases in which whoever looks has no part in another role: is not the officer, nor works for the enterprise."""
    people = user.assignments.exclude(person=None).values("person")
    enterprises = user.assignments.exclude(organisation=None).values("organisation")
    return ~Q(**{f"{application}person__in": people}) & ~Q(**{f"{application}organisation__in": enterprises})


def _supervised(acting, evaluation: str = "") -> Q:
    """Rows of a body that the office, or one right below it, took on record; of one that only asked nothing."""
    record = f"{evaluation}body__body_records__"
    there = Q(**{f"{record}office": acting.office_id}) | Q(**{f"{record}office__parent": acting.office_id})
    return there & Q(**{f"{record}first_day__isnull": False})


class ApplicationQuerySet(SearchableQuerySet):
    def visible_to(self, user) -> "ApplicationQuerySet":
        """The two that apply, and the body it was handed in to."""
        if user.acting is None:
            return self.none()
        if (own := _of_the_applicants(user.acting)) is not None:
            return self.filter(own)
        if user.acting.role == Role.BODY:
            return self.filter(body=user.acting.institution_id, round__gt=0)
        return self.none()

    def awaiting(self, user) -> "ApplicationQuerySet":
        """Whose move it is: the user's. Oldest first."""
        applicants = user.acting and user.acting.role in (Role.ENTERPRISE, Role.OFFICER)
        states = ("draft", "returned") if applicants else ("submitted",)
        return self.visible_to(user).filter(state__in=states).order_by("moved_at", "id")

    def for_list(self) -> "ApplicationQuerySet":
        return self.select_related("organisation", "body", "officer").defer("draft", "search", "haystack")


class ProofQuerySet(QuerySet):
    def current(self) -> "ProofQuerySet":
        return self.filter(removed_at=None)

    def at_round(self, number: int) -> "ProofQuerySet":
        """The papers that were handed in in that round."""
        return self.filter(Q(removed_in=None) | Q(removed_in__gt=number), added_in__lte=number)

    def visible_to(self, user) -> "ProofQuerySet":
        """The applicants see theirs, the body what was handed in, an expert the dossier of the own panel or practice."""
        if user.acting is None:
            return self.none()
        if (own := _of_the_applicants(user.acting, "application__")) is not None:
            return self.filter(own)
        handed_in = Q(added_in__lte=F("application__round")) & (
            Q(removed_in=None) | Q(removed_in__gt=F("added_in"))
        )
        if user.acting.role == Role.BODY:
            theirs = Q(application__body=user.acting.institution_id)
            return self.filter(theirs & handed_in)
        if user.acting.role == Role.EXPERT and user.acting.person_id:
            on_the_panel = Q(
                application__evaluations__panellists__person=user.acting.person_id,
                application__evaluations__panellists__state="serving",
            )
            return self.filter((on_the_panel & handed_in) | Q(calibration__isnull=False)).distinct()
        return self.none()


class EvaluationQuerySet(QuerySet):
    def visible_to(self, user) -> "EvaluationQuerySet":
        """The applicants, the body, its supervising authority, and whoever serves on the panel.

        That a case is visible says nothing about its marks: those are asked for by `SheetQuerySet.visible_to` and
        `OutcomeQuerySet.visible_to`.
        """
        if user.acting is None:
            return self.none()
        if (own := _of_the_applicants(user.acting, "application__")) is not None:
            return self.filter(own)
        match user.acting.role:
            case Role.BODY:
                return self.filter(body=user.acting.institution_id)
            case Role.EXPERT if user.acting.person_id:
                mine = Q(panellists__person=user.acting.person_id, panellists__state="serving")
                return self.filter(mine)
            case role if role in DOWN_TO:
                return self.filter(_supervised(user.acting)).distinct()
        return self.none()

    def under_way(self) -> "EvaluationQuerySet":
        return self.filter(state__in=UNDER_WAY)

    def for_list(self) -> "EvaluationQuerySet":
        return self.select_related("application__organisation", "body").defer(
            "application__draft", "application__search", "application__haystack"
        )


def _never_asked() -> Q:
    """Names the body thought of and did not invite."""
    return Q(state="proposed") | Q(state__in=["released", "recused"], answer_by=None)


class PanellistQuerySet(QuerySet):
    def visible_to(self, user) -> "PanellistQuerySet":
        """The own invitations; the body sees its panels, and members one another once they serve."""
        if user.acting is None:
            return self.none()
        if user.acting.role == Role.BODY:
            return self.filter(evaluation__body=user.acting.institution_id)
        if user.acting.role == Role.EXPERT and user.acting.person_id:
            return self.filter(person=user.acting.person_id).exclude(_never_asked())
        return self.none()

    def to_be_answered(self) -> "PanellistQuerySet":
        """Invitations that wait, as long as their panel is convened."""
        return self.filter(state="invited", evaluation__state="convening")

    def on_the_panel(self) -> "PanellistQuerySet":
        return self.filter(state__in=ON_THE_PANEL)

    def serving(self) -> "PanellistQuerySet":
        return self.filter(state="serving")


class SheetQuerySet(QuerySet):
    def visible_to(self, user) -> "SheetQuerySet":
        """Blindness (8.3, 公正性): one's own sheet; the others' once the leader opened them all; the body's turn comes last.

        Whoever was found to be partial sees none any more, and his own is seen by nobody who still judges.
        """
        if user.acting is None:
            return self.none()
        if user.acting.role == Role.BODY:
            return self.filter(
                _without_own_part(user, "panellist__evaluation__application__"),
                panellist__evaluation__body=user.acting.institution_id,
                panellist__evaluation__state__in=HANDED_IN,
            )
        if user.acting.role != Role.EXPERT or user.acting.person_id is None:
            return self.none()
        me = user.acting.person_id
        practised = Q(person=me, calibration__isnull=False)
        mine = Q(person=me, panellist__state="serving")
        fellows = ~Q(state="set_aside") & Q(
            panellist__evaluation__state__in=OPENED,
            panellist__evaluation__in=self._panels_of(me),
        )
        return self.filter(practised | mine | fellows)

    def _panels_of(self, person_id):
        panellists = self.model._meta.get_field("panellist").related_model
        return panellists.objects.serving().filter(person=person_id).values("evaluation")

    def counted(self) -> "SheetQuerySet":
        """Of panellists that serve: what counts, or will once it is signed."""
        return self.filter(panellist__state="serving").exclude(state="set_aside")


class SignedSheetQuerySet(AppendOnlyQuerySet):
    def first_of_each(self) -> "SignedSheetQuerySet":
        return self.filter(number=1)


class OutcomeQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user) -> "OutcomeQuerySet":
        """The panel that reached it; the body once the report is handed in; everybody it concerns once it is published."""
        if user.acting is None:
            return self.none()
        published = Q(evaluation__state="published")
        if (own := _of_the_applicants(user.acting, "evaluation__application__")) is not None:
            return self.filter(own & published)
        match user.acting.role:
            case Role.BODY:
                theirs = Q(evaluation__body=user.acting.institution_id, evaluation__state__in=HANDED_IN)
                return self.filter(theirs & _without_own_part(user, "evaluation__application__"))
            case Role.EXPERT if user.acting.person_id:
                # Not while the panel is completed: a new member scores without knowing the earlier result.
                return self.filter(
                    evaluation__panellists__person=user.acting.person_id,
                    evaluation__panellists__state="serving",
                    evaluation__state__in=OPENED,
                )
            case role if role in DOWN_TO:
                return self.filter(_supervised(user.acting, "evaluation__") & published).distinct()
        return self.none()


class AppealQuerySet(QuerySet):
    def visible_to(self, user) -> "AppealQuerySet":
        """Those whom the result concerns, also a review the body began; the body."""
        if user.acting is None:
            return self.none()
        if (own := _of_the_applicants(user.acting, "evaluation__application__")) is not None:
            return self.filter(own)
        if user.acting.role == Role.BODY:
            return self.filter(evaluation__body=user.acting.institution_id)
        return self.none()

    def pending(self) -> "AppealQuerySet":
        """Not answered yet, or granted while the new panel is not done."""
        return self.filter(Q(state="lodged") | Q(state="granted", run__state__in=UNDER_WAY))

    def awaiting(self, user) -> "AppealQuerySet":
        """What the body has to answer, the soonest first."""
        if user.acting is None or user.acting.role != Role.BODY:
            return self.none()
        return self.visible_to(user).filter(state="lodged").order_by("due_on", "moved_at")

    def for_list(self) -> "AppealQuerySet":
        return self.select_related("evaluation__application__organisation", "evaluation__body", "run").defer(
            "evaluation__application__draft",
            "evaluation__application__search",
            "evaluation__application__haystack",
        )
