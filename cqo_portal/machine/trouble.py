"""The one kind of error a person at the terminal sees: a sentence that says what to do."""

# A refusal in a child process: gunicorn stops for good at this status instead of trying again.
REFUSED = 4


class Trouble(Exception):
    """Something on this machine is in the way; the message is one full sentence in Chinese."""
