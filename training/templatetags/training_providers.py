"""How a commission looks."""

from datetime import date

from django import template

from cqo_portal.ui.templatetags.ui import state
from cqo_portal.wording import day_full, grouped
from training.models import Commission

register = template.Library()
SOON = 90  # days before its end in which a commission is said to end soon; our own, no text has one
WORDS = {"coming": ("waiting", "还没开始"), "over": ("ended", "委托已结束")}


@register.simple_tag
def commission_state(held: Commission, today: date):
    standing, left = held.standing_on(today), held.days_left(today)
    if standing == "holding" and held.ended_on:
        return state("ended", f"已提前终止，到 {day_full(held.ended_on)}")
    if standing == "holding":
        return (
            state("soon", "委托快到期") if left is not None and left <= SOON else state("active", "委托有效")
        )
    return state(*WORDS[standing])


@register.simple_tag
def commission_said(held: Commission, today: date) -> str:
    """By whom, and how long it still holds, as a sentence."""
    by, standing = f"{held.office}委托（{held.document}）", held.standing_on(today)
    if standing == "coming":
        return f"{by}，{day_full(held.first_day)}起有效。"
    if standing == "over":
        return f"{by}，已于{day_full(held.holds_until)}结束；没有新的委托。"
    if held.holds_until is None:
        return f"{by}，没有截止日期，到终止为止。"
    left = held.days_left(today)
    return f"{by}，到{day_full(held.holds_until)}为止，连今天还有 {grouped(left)} 天。"
