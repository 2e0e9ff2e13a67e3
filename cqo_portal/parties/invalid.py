"""How a typed value is refused."""


class Invalid(ValueError):
    """The sentence says which character is wrong and what is expected.

    `check_digit`: nothing but the check is wrong; an officer may accept such a code with a reason.
    """

    def __init__(self, sentence: str, *, position: int | None = None, check_digit: bool = False):
        super().__init__(sentence)
        self.sentence, self.position, self.check_digit = sentence, position, check_digit
