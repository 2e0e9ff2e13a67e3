"""Thin: a task takes ids, loads, calls one function."""

from cqo_portal.celery import app
from cqo_portal.notifications import channels
from cqo_portal.notifications.outbox import claim, deliver

A_ROUND = 500


@app.task
def sweep() -> int:
    """Deliver what waits. Safe to run twice, by two workers, or after a pause."""
    open_ = channels.opened()
    sent = 0
    try:
        while sent < A_ROUND and (message := claim()):  # one by one: a killed worker holds back one, not all
            deliver(message, open_)
            sent += 1
    finally:
        for channel in open_.values():
            channel.close()
    if sent == A_ROUND:
        sweep.delay()  # there may be more, and a round should end well before its time limit
    return sent
