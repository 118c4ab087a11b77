"""The one way a business rule says no."""


class Refused(Exception):
    """A rule said no; `message` is a sentence for the person who asked.

    It says what happened and what to do, and blames nobody. `field` names the form field that the
    sentence belongs to; None means the whole form.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
