"""References of submissions: short enough to read out on the telephone, with no letter that is taken for another."""

from __future__ import annotations

import re
import secrets

# Without 0 and O, 1, I and L, 2 and Z, 5 and S, 8 and B, U and V.
LETTERS = "34679ACDEFGHJKMNPQRTWXY"
LENGTH = 5


def new(consultation_reference: str) -> str:
    """Like “NELIS-7K3QX”: the first word of the consultation's reference, then five characters at random."""
    first = re.split(r"[^A-Za-z0-9]+", consultation_reference.strip("-"))[0].upper()[:12] or "S"
    return f"{first}-{''.join(secrets.choice(LETTERS) for _ in range(LENGTH))}"
