"""Run in a process of its own: the people who are to be reminded, in a database of its own.

python -m tests.faults.reminding <people> <enterprises>
"""

import sys
from datetime import timedelta

import django

LATE = 3  # days nobody looked


def populate(people: int, enterprises: int) -> None:
    """So many clerks, evenly at so many enterprises, whose officers' terms end in 90 days, or did so three days ago."""
    from django.utils import timezone

    from cqo_portal.accounts.models import Assignment, User
    from cqo_portal.notifications.models import Preference
    from cqo_portal.parties.models import Office
    from registry.models import Officer
    from tests.certificates.many import factory
    from tests.talent.rows import post
    from tests.training.rows import identity

    class Place:
        offices = {"130981": Office.objects.get(pk="130981")}

    today = timezone.localdate()
    firms = [factory(Place, number) for number in range(enterprises)]
    for number, firm in enumerate(firms):
        ends = today + timedelta(days=90 - (LATE if number % 2 else 0))
        post(firm, name="王雪松", number=identity(number), term_ends=ends)
    users = User.objects.bulk_create(
        User(username=f"clerk{n}", full_name=f"经办{n}", email=f"clerk{n}@example.com", password="!")
        for n in range(people)
    )
    Assignment.objects.bulk_create(
        Assignment(user=user, role="enterprise", organisation=firms[n % enterprises])
        for n, user in enumerate(users)
    )
    Preference.objects.bulk_create(
        Preference(user=user, group="terms", mode="at_once") for user in users[: people // 2]
    )
    assert Officer.objects.count() == enterprises


if __name__ == "__main__":
    django.setup()
    populate(*map(int, sys.argv[1:]))
