"""再评价 (9.4–9.6): when one may apply again, what stands against it, and which certificate the new one continues."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import Q

from certificates.grounds import WITHOUT_A_WAIT
from certificates.models import Certificate, Renewal
from certificates.validity import Wait, wait_after
from cqo_portal.audit.record import record
from cqo_portal.jurisdictions.vocabulary import CertificateState
from cqo_portal.wording import day_full
from cqo_portal.workflow.engine import Refused
from evaluation.applications.above import Note
from evaluation.applications.pages.form import posts_to_apply_for
from evaluation.applications.services import ONE_UNDER_WAY, open_application
from evaluation.models import Application, Evaluation
from registry.models import Officer

S = CertificateState
C = Certificate.State


def last_of(person_id) -> Certificate | None:
    """The person's last certificate that was in force once, however it stands."""
    found = Certificate.objects.printed().filter(person=person_id).select_related("body").with_acts()
    return found.order_by("-first_day", "-issued_at").first()


def against(application: Application, body_id, today: date) -> str | None:
    """Why this person may not apply (to this body) now, as a sentence with its clause."""
    held = last_of(application.person_id)
    if held is None:
        return None
    return _against_the_wait(held, today) or _against_the_window(held, body_id, today)


def wait_of(held: Certificate, today: date) -> Wait | None:
    """What is to be waited for after a loss; None where there is nothing to wait for (any more).

    What nobody waits for takes nothing from the wait that was there before it.
    """
    acts = [act for act in held.acts.all() if act.led_to and act.ground not in WITHOUT_A_WAIT]
    wait = wait_after(held.validity, [act.change for act in acts], held.rule, day=today)
    return wait if wait and today < wait.ends else None


def why_wait(held: Sequence[Certificate], today: date) -> str | None:
    """Why somebody who held these, the last one last, may have no certificate yet, as a sentence."""
    return _against_the_wait(held[-1], today) if held else None


def _against_the_wait(held: Certificate, today: date) -> str | None:
    if (wait := wait_of(held, today)) is None:
        return None
    span, lost = held.rule.wait_after_loss, C(held.state).label
    return f"证书 {held.number} 被{lost}，满 {span.length}（{span.cites}）即{day_full(wait.ends)}起才能重新申请。"


def _against_the_window(held: Certificate, body_id, today: date) -> str | None:
    """The own body takes up a re-evaluation once the window is open; another one at any time (9.5)."""
    in_force = held.standing_on(today).state is S.VALID
    if not in_force or today >= held.reapply_opens or body_id != held.body_id:
        return None
    cites = held.rule.window_opens.cites
    return (
        f"证书 {held.number} 到{day_full(held.last_day)}为止，"
        f"{day_full(held.reapply_opens)}起才能向{held.body}申请再评价（{cites}）。"
    )


# ── what is told beside an application ────────────────────────────────────────────────────────
def note(application: Application, today: date) -> Note | None:
    """Beside an application of somebody who holds, or held, a certificate."""
    held = _continued(application) or last_of(application.person_id)
    if held is None or held.sent_at is None or held.decision.evaluation.application_id == application.pk:
        return None
    said = f"{held.number}，{held.grade}，{held.body}，到{day_full(held.last_day)}（含当日）为止"
    return Note(
        title=f"原证书：{said}",
        text=_advice(held, today),
        tone=_tone(held, today),
    )


def _continued(application: Application) -> Certificate | None:
    linked = Renewal.objects.filter(application=application).select_related("certificate__body").first()
    return linked.certificate if linked else None


def _advice(held: Certificate, today: date) -> str:
    if waiting := _against_the_wait(held, today):
        return waiting
    match held.standing_on(today).state:
        case S.VALID if today < held.reapply_opens:
            return (
                f"{day_full(held.reapply_opens)}起可以向原评价机构申请再评价；"
                f"向别的评价机构申请的，旧证书有效到新证书签发之日（{held.rule.on_change_of_body.cites}）。"
            )
        case S.VALID if today <= held.reapply_by:
            return f"应当在{day_full(held.reapply_by)}（含当日）以前申请再评价；新证书签发以前，旧证书有效。"
        case S.VALID:
            return (
                f"应当在{day_full(held.reapply_by)}以前申请，已经逾期；仍然可以申请，"
                f"但{day_full(held.last_day)}以前没有新证书的，旧证书到期失效。"
            )
        case S.EXPIRED:
            return f"证书已经到期失效，可以随时重新申请（{held.rule.wait_after_loss.cites}）。"
    return ""


def _tone(held: Certificate, today: date) -> str:
    late = held.standing_on(today).state is S.VALID and today > held.reapply_by
    return "warning" if late or _against_the_wait(held, today) else "info"


# ── beginning ─────────────────────────────────────────────────────────────────────────────────
def may_begin(certificate: Certificate, user, today: date) -> Officer | None:
    """The post for which the holder, or his enterprise, may apply again now; None where that is not open."""
    if last_of(certificate.person_id) != certificate or _against_the_wait(certificate, today):
        return None
    if certificate.standing_on(today).state is S.VALID and today < certificate.reapply_opens:
        return None
    return posts_to_apply_for(user).filter(person=certificate.person_id).first()


def is_to_be_begun(certificate: Certificate, user, today: date) -> bool:
    """Whether it is this person's move: the window is open, and nothing is written, reviewed or evaluated yet."""
    if may_begin(certificate, user, today) is None:
        return False
    others = Application.objects.filter(person=certificate.person_id)
    under_way = others.filter(Q(state__in=ONE_UNDER_WAY) | Q(evaluations__in=Evaluation.objects.under_way()))
    return not under_way.exists()


@transaction.atomic
def begin(certificate: Certificate, *, by, today: date) -> Application:
    """A draft for the post in which the holder serves, linked to this certificate; or the one under way. Raises `Refused`."""
    post = may_begin(certificate, by, today)
    if post is None:
        raise Refused("现在还不能从这张证书申请再评价，可以申请的日期见下面。")
    opened = open_application(post, by=by, today=today)
    _, new = Renewal.objects.get_or_create(
        application=opened, defaults={"certificate": certificate, "by": by}
    )
    if new:
        record("renew", certificate, by=by, data={"application": str(opened.pk)})
    return opened
