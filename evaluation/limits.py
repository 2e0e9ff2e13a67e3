"""How many characters fit where. What is drafted from something holds all of it, so that no draft is refused for its length."""

COMMENT = 2_000  # of one expert on one indicator, in every version of a sheet
RECORD = 20_000  # of one interview
WRITTEN = 20_000  # an agreed comment, a text of the report: drafted from comments of many, or from records
CUT = "……（起草到这里为止，全文见原处。）"


def fitted(text: str, longest: int = WRITTEN) -> str:
    """A draft as far as its field can keep it; the last line says that there is more."""
    if len(text) <= longest:
        return text
    return f"{text[: longest - len(CUT) - 1].rstrip()}\n{CUT}"
