"""The product's addresses with a limiter that counts without its lock: what a control compares with."""

from contextlib import contextmanager

from allauth.core.internal import ratelimit

from cqo_portal.urls import *  # noqa: F403


@contextmanager
def _nobody_waits(cache_key):
    yield True


ratelimit.cache_lock = _nobody_waits
