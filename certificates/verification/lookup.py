"""From what somebody holds to what is known: by one key of an index, so that whatever is wrong is missed alike."""

from certificates.grounds import WITHOUT_A_WAIT
from certificates.models import Act, Certificate
from certificates.verification.answer import Known
from certificates.verification.keys import by_code, by_name
from cqo_portal.jurisdictions.vocabulary import CertificateState


def found_by_code(number: str, code: str) -> Certificate | None:
    return _found(by_code=by_code(number, code))


def found_by_name(number: str, name: str) -> Certificate | None:
    return _found(by_name=by_name(number, name))


def found_by_digest(digest: str) -> Certificate | None:
    """Whose PDF these very bytes are."""
    return _found(rendering__digest=digest)


def _found(**key: str) -> Certificate | None:
    """A number that never came to be a paper is known to nobody."""
    printed = Certificate.objects.printed().select_related("imprint", "body").with_acts()
    return printed.filter(**key).first()


def known_of(certificate: Certificate) -> Known:
    successor, lost = successor_of(certificate), certificate.rule.loss.cites
    return Known(
        number=certificate.number,
        words=certificate.imprint.words,
        body=certificate.body.name,
        validity=certificate.validity,
        changes=certificate.changes,
        cites={
            (CertificateState(act.led_to), act.effective_on): act.cites if _is_open(act) else lost
            for act in certificate.acts.all()
            if act.led_to
        },
        successor=successor.number if successor else "",
        successor_lost=successor is not None and successor.state == Certificate.State.VOID,
    )


def _is_open(act: Act) -> bool:
    """Of what nobody did the public is told the very clause; of all else the one that names every ground at once."""
    return act.successor_id is not None or act.ground in WITHOUT_A_WAIT


def successor_of(certificate: Certificate) -> Certificate | None:
    """The one that took its place, whatever became of that; of one that expired the next one the holder got, of a misprint
    the one that was printed instead."""
    act = next((act for act in certificate.acts.all() if act.successor_id), None)
    if act:
        return Certificate.objects.only("number", "state").get(pk=act.successor_id)
    others = Certificate.objects.filter(decision=certificate.decision_id, issued_at__gt=certificate.issued_at)
    later = (certificate.replaced_by.all() | others).printed().exclude(state=Certificate.State.VOID)
    return later.only("number", "state").first()
