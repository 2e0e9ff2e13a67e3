"""公布: the messages are looked at word for word before they go out; what was shown is what is sent."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date

from cqo_portal.accounts.models import Role
from cqo_portal.digests import sha256
from cqo_portal.notifications.models import Message
from cqo_portal.notifications.outbox import drafted, queue
from cqo_portal.workflow.engine import Refused, moved, perform
from evaluation.decisions.results import result_of
from evaluation.models import Evaluation, Publication
from evaluation.panels.clocks import due
from evaluation.workflow.evaluation import publishing

KIND = "grade-published"
NOBODY = "没有人会收到通知：本人和所在组织都没有可用的账号。公布以后他们登录才看得到。"


@dataclass(frozen=True)
class Letter:
    message: Message
    role: str  # in words, of whoever receives it


@dataclass(frozen=True)
class Copies:
    """The same words to one person, by every way they go."""

    letters: list[Letter]

    role = property(lambda self: self.letters[0].role)
    message = property(lambda self: self.letters[0].message)

    @property
    def ways(self) -> str:
        return "、".join(each.message.get_channel_display() for each in self.letters)


@dataclass(frozen=True)
class Preview:
    letters: list[Letter]
    appeal_until: date

    @property
    def copies(self) -> list[Copies]:
        together = defaultdict(list)
        for each in self.letters:
            together[each.message.recipient_id, each.message.title, each.message.body].append(each)
        return [Copies(letters) for letters in together.values()]

    @property
    def digest(self) -> str:
        """Of every message: to whom, by which way, and each word."""
        said = [
            [
                each.message.recipient_id,
                each.message.channel,
                each.message.title,
                each.message.body,
                each.message.url,
            ]
            for each in self.letters
        ]
        return sha256([said, self.appeal_until.isoformat()])


class Changed(Refused):
    """The messages would not be those that were looked at."""


CHANGED = "通知在您看过以后变了（收件人、内容或者日期），没有公布。请按下面的内容再看一遍。"


def preview(evaluation: Evaluation, *, today: date) -> Preview:
    until = due(evaluation, "appeal_lodging", today)
    messages = drafted(KIND, evaluation, context=_context(evaluation, until))
    messages.sort(key=lambda each: (str(each.recipient_id), each.channel))
    return Preview([Letter(each, _role(evaluation, each)) for each in messages], until)


def _context(evaluation: Evaluation, until: date) -> dict:
    return {"result": result_of(evaluation), "until": until}


def _role(evaluation: Evaluation, message: Message) -> str:
    person = evaluation.application.person_id
    held = message.recipient.assignments.filter(role=Role.OFFICER, person=person).exists()
    return "首席质量官本人" if held else "所在组织"


def publish(evaluation: Evaluation, *, seen: str, by, today: date) -> Evaluation:
    """`seen`: the digest of the preview that was looked at. Raises `Changed`, `Refused`."""

    def told(evaluation, today, by):
        shown = preview(evaluation, today=today)
        if shown.digest != seen:
            raise Changed(CHANGED)
        made = Publication.objects.create(decision=evaluation.decision, on=today, preview=shown.digest, by=by)
        queue(
            KIND, evaluation, cause=f"publication:{made.pk}", context=_context(evaluation, shown.appeal_until)
        )
        evaluation.due_on = shown.appeal_until  # the last day to appeal, as the clocks stood
        return {"due_on", *moved(evaluation, today, by)}

    # Queued with the words of the preview, so not once more by the engine.
    step = replace(publishing(told), announces="")
    return perform(step, evaluation, by=by, today=today)
