"""The one kind of error a person at the terminal sees: a sentence that says what to do."""


class Trouble(Exception):
    """Something on this machine is in the way; the message is one full sentence in Chinese."""
