"""The Celery app and the beat timetable. Names tasks by string and imports no app.

Redis carries wake-ups only: whatever a tick would do, the next tick finds still to be done.
"""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import beat_init, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cqo_portal.settings")

app = Celery("cqo_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

MINUTE = 60.0

app.conf.beat_scheduler = "cqo_portal.desk.beats:Scheduler"  # Celery's own, which also leaves a sign of life

app.conf.beat_schedule = {
    # The outbox wakes the worker itself; the sweep finds what a crash or a lost Redis left lying.
    # A tick that waited a minute is overtaken by the next one, so it expires instead of piling up.
    "sweep-the-outbox": {
        "task": "cqo_portal.notifications.tasks.sweep",
        "schedule": MINUTE,
        "options": {"expires": MINUTE - 5},
    },
    # What is due is a function of the day: the first tick of a morning writes it, the others make up for one that was
    # missed. In working hours only, so that nobody's telephone rings at night.
    "remind": {
        "task": "cqo_portal.reminders.tasks.remind",
        "schedule": crontab(minute="5", hour="7,9,11,14,17"),
        "options": {"expires": 60 * MINUTE},
    },
    # What was entered ahead of its day comes into the register's tables; a missed night is made up for.
    "facts-take-effect": {
        "task": "registry.tasks.facts_take_effect",
        "schedule": 60 * MINUTE,
        "options": {"expires": 55 * MINUTE},
    },
    # A rehearsal whose worker died goes on where it stopped.
    "go-on-with-rehearsals": {
        "task": "registry.rehearsal.tasks.go_on",
        "schedule": MINUTE,
        "options": {"expires": MINUTE - 5},
    },
    # Imports that a killed worker left in the middle; whoever is busy with one holds its lock.
    "sweep-the-imports": {
        "task": "cqo_portal.imports.tasks.sweep",
        "schedule": MINUTE,
        "options": {"expires": MINUTE - 5},
    },
    # Ordered files that a killed worker left in the middle, and those whose days are over.
    "sweep-the-orders": {
        "task": "cqo_portal.statistics.tasks.sweep",
        "schedule": MINUTE,
        "options": {"expires": MINUTE - 5},
    },
    # Certificates that wait for their number or their paper: whatever a crash or a lost Redis left, at any of its steps.
    "go-on-with-certificates": {
        "task": "certificates.tasks.go_on",
        "schedule": MINUTE,
        "options": {"expires": MINUTE - 5},
    },
    # How every certificate stands today, signed: the first tick of a day writes it, all others find it there.
    "write-the-status-file": {
        "task": "certificates.tasks.write_status_file",
        "schedule": MINUTE,
        "options": {"expires": MINUTE - 5},
    },
    # Enterprises whose move to another county was accepted for a day that has come; a missed hour is made up for.
    "carry-out-moves": {
        "task": "cqo_portal.offices.tasks.carry_out_moves",
        "schedule": 60 * MINUTE,
        "options": {"expires": 60 * MINUTE - 5},
    },
    # Signs of life of processes that ended long ago.
    "forget-the-dead": {
        "task": "cqo_portal.desk.tasks.forget_the_dead",
        "schedule": 24 * 60 * MINUTE,
        "options": {"expires": 60 * MINUTE},
    },
    # A form can come a second time while it lies open somewhere; a month later it cannot be meant any more.
    "forget-old-forms": {
        "task": "cqo_portal.workflow.tasks.forget_old_forms",
        "schedule": 24 * 60 * MINUTE,
        "options": {"expires": 60 * MINUTE},
    },
}


@worker_init.connect
@beat_init.connect
def _refuse_if_unsafe(**_: object) -> None:
    from cqo_portal.machine.preflight import refuse_if_unsafe  # needs the settings this module names

    refuse_if_unsafe()
