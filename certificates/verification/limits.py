"""How often an address may be wrong, and how many files are examined at once. Whoever finds what he asked for is not counted: a purchaser checks a hundred papers.

Counted in the database, under a lock, before anything is looked up: fifty at once get no more than one after another.
"""

import time
from contextlib import AbstractContextManager
from uuid import UUID

from allauth.core.internal import ratelimit
from django.core.cache import cache

from cqo_portal.busy import one_of

LIMITS = {"ask": "30/h/ip", "everybody": "2000/h/key", "file": "60/h/ip,600/h/key"}
EVERYBODY = "everybody"  # by number and name only: the code in the QR is too long to be guessed
TOO_MANY = (
    "从您的网络来的查询有太多没有查到，暂时不再按编号和姓名查询。请一小时后再试，或者扫证书上的二维码。"
)
TOO_MANY_IN_ALL = "现在没有查到的查询太多，暂时不再按编号和姓名查询。请一小时后再试，或者扫证书上的二维码。"
TOO_MANY_CODES = (
    "从您的网络来的查询有太多没有查到，这个地址也没有查到。请再扫一遍证书上的二维码：查得到的随时回答；"
    "按编号和姓名查询的，请一小时后再试。"
)
BUSY = "正在核验别人的文件，这一份还没有核验，也没有计入次数。请过一会儿再选这份文件，或者扫证书上的二维码。"
UNFINISHED = "服务器正忙，这一份还没有核验完。请过一会儿再选这份文件，或者扫证书上的二维码。"
AGAIN_IN = 5  # seconds
PLACES = (UUID("3b0f6c1e-8a54-4d0b-9c7e-2f4a1d6e9b01"), UUID("3b0f6c1e-8a54-4d0b-9c7e-2f4a1d6e9b02"))
TOO_MANY_FILES = "从您的网络核验的文件太多了，这一份没有核验。请一小时后再试，或者扫证书上的二维码。"


def used_up(request) -> bool:
    """Whether all together were wrong too often. A look without a lock: whoever is right shall not queue behind others."""
    [rate] = ratelimit.get_rates(app="verify", action=EVERYBODY, config=LIMITS)
    where = ratelimit.get_cache_key(request, app="verify", action=EVERYBODY, rate=rate, key=EVERYBODY)
    allowed, _ = ratelimit.apply_rate(cache.get(where, []), time.time(), rate, dry_run=True)
    return not allowed


def count_for_all(request) -> None:
    """A miss by number and name."""
    one_more(request, action=EVERYBODY)


def one_more(request, *, action: str = "ask") -> ratelimit.RateLimitUsage | None:
    """A try, counted; None where there are none left. `.rollback()` gives it back once something was found."""
    return ratelimit.consume(
        request, app="verify", action=action, key=EVERYBODY, config=LIMITS, limit_get=True
    )


def a_place() -> AbstractContextManager[bool]:
    """To examine a file in: of all processes of the web together two may, and six threads of eight stay free for pages."""
    return one_of(PLACES)
