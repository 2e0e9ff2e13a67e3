"""What an expert declares before the file is opened to him. The version counts up with every change of words."""

from evaluation.models import Panellist

VERSION = "2026-1"


def text_for(panellist: Panellist) -> str:
    """The statement as it is read and kept: with the names of this case in it."""
    evaluation = panellist.evaluation
    application = evaluation.application
    return "\n".join(
        (
            f"回避声明（{VERSION} 版）",
            f"一、我受{evaluation.body.name}邀请，参加{application.organisation.name}首席质量官{application.name}"
            f"的评价（{evaluation.number}）。",
            "二、我与被评价人没有亲属、上下级、师生关系，没有经济往来；现在和以前都没有与其在同一单位任职，没有给其讲过课；"
            "也没有其他可能影响公正评分的关系。",
            "三、以后发现有这类情形，我立即申报并退出；那时写过的评分表封存，不计入结果。",
            "四、我独立评分；签署评分表以前，不打听别人的评分，也不透露自己的。案卷只用于这次评价，不外传。",
            "五、以上属实。我知道这份声明连同签署的时间存入案卷。",
        )
    )
