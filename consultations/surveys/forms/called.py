"""What the builder calls a field where, for one kind of question, it means something else than elsewhere."""

from __future__ import annotations

from consultations.surveys.models import Question

Kind = Question.Kind
# Kind to field to its name, its hint (None: as elsewhere) and what is said when it lacks ("": as elsewhere).
UNSEEN = {"label": ("What it is", "For exports and the codebook; nobody is shown it.", "")}
CALLED: dict[str, dict[str, tuple[str, str | None, str]]] = {
    Kind.LOCATION: {"choices": ("Areas to choose from", None, "")},
    Kind.MATRIX_NUMBERS: {"choices": ("Columns", None, "Write at least one column.")},
    Kind.CONSENT: {"label": ("What is confirmed", None, "Write what is confirmed.")},
    Kind.CALCULATED: {**UNSEEN},
    Kind.HIDDEN: {**UNSEEN},
    Kind.NOTE: {"label": ("Text", None, "Write the text.")},
    Kind.IMAGE: {
        "label": (
            "What can be seen on it",
            "Read out to those who do not see the picture.",
            "Write what can be seen on the picture.",
        ),
        "hint": ("Text below the picture", "", ""),
    },
}
