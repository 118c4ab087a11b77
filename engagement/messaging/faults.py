"""Named points at which a process may die. Nothing happens here; a test puts its killer in the place of `fault`."""


def fault(name: str) -> None:
    """Do nothing. `name` says what was last made certain before this point."""
