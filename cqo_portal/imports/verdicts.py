"""What an import says about one cell: where, which column, the sentence, and whether it forbids the row."""

from dataclasses import asdict, dataclass

ERROR, REMARK = "error", "remark"


@dataclass(frozen=True)
class Verdict:
    """`address` as a spreadsheet shows it (`C7`); `column` is the key of the column, "" for the row as a whole."""

    address: str
    column: str
    sentence: str
    level: str = ERROR

    @property
    def forbids(self) -> bool:
        return self.level == ERROR

    def as_json(self) -> dict[str, str]:
        return asdict(self)
