"""Which clause lets a city announce a window: it comes from the pack."""

from datetime import date

from cqo_portal.jurisdictions import NoSuchRule, pack
from cqo_portal.jurisdictions.schema import RulePack, Way
from registry.editions import edition_or_none


def announced_way(rules: RulePack | None) -> Way | None:
    """集中备案 as the edition knows it, or None where it knows no such channel."""
    route = rules.route if rules else None
    return next((way for way in route.ways if way.announced_yearly), None) if route else None


def rules_for(notice, today: date) -> RulePack | None:
    """The edition a published notice is fixed to; for a draft the one its city works by."""
    try:
        return pack(notice.rule_edition) if notice.rule_edition else edition_or_none(notice.office, today)
    except NoSuchRule:
        return None
