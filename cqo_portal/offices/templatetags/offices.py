"""What other pages ask of the offices: `{% waiting_for user as waiting %}`, `{% my_registration user as mine %}`."""

from django import template

from cqo_portal.offices import queries

register = template.Library()

# How the states of the two lives look: a state of the frame, and the word.
LOOKS = {
    "opened": ("missing", "待交营业执照"),
    "waiting": ("waiting", "待县级核对"),
    "admitted": ("met", "已确认"),
    "refused": ("unmet", "未同意"),
    "withdrawn": ("discarded", "已撤回"),
    "proposed": ("waiting", "待答复"),
    "accepted": ("soon", "待生效"),
    "done": ("met", "已迁移"),
}


@register.simple_tag
def waiting_for(user) -> queries.Waiting:
    return queries.waiting_for(user)


@register.simple_tag
def my_registration(user):
    """The latest registration of somebody who has no role yet."""
    return user.registrations.select_related("chosen_office").first()


@register.inclusion_tag("offices/_life.html")
def life(row) -> dict:
    """`{% life move %}`: the state of a registration or a move."""
    code, word = LOOKS[row.state]
    return {"code": code, "word": word}
