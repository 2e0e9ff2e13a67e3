"""The clocks of a body that set none: ours, because the text has no deadlines. Pure values."""

from cqo_portal.jurisdictions.requirements import Reading

# step: (what it is called, working days)
DAYS: dict[str, tuple[str, int]] = {
    "formal_review": ("形式审查", 5),
    "completion": ("申请人补充完善材料", 15),
    "convening": ("组建评价组", 10),
    "scoring": ("独立评分", 15),
    "report": ("提交评价报告", 10),
    "decision": ("作出评价决定", 10),
    "appeal_lodging": ("提出申诉", 15),
    "appeal_answer": ("答复申诉", 30),
}
LONGEST = 250  # working days: about a year
LARGEST_PANEL = 15
MOST_ACTIVITIES = 20

READING = Reading(
    "各环节的工作日由评价机构自定，没有定的用平台的通常天数；逾期只提示，不产生法律后果。",
    "第8章写了评价的各个环节，没有写任何期限。",
)
