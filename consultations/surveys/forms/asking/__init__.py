"""How each kind of question is asked: its fields, what they show, how they are laid out and read back."""

from __future__ import annotations

from consultations.surveys.forms.asking.base import Asking
from consultations.surveys.forms.asking.choosing import AskConsent, AskOne, AskRanking, AskScale, AskSeveral, AskYesNo
from consultations.surveys.forms.asking.files import AskFiles
from consultations.surveys.forms.asking.pieces import guidance_parts, part_name, picture, prose
from consultations.surveys.forms.asking.places import AskComposite, AskLocation
from consultations.surveys.forms.asking.tables import AskConstantSum, AskMatrix, AskMatrixNumbers, AskMatrixSeveral
from consultations.surveys.forms.asking.written import (
    AskClock,
    AskDay,
    AskLongText,
    AskMail,
    AskNumber,
    AskPhone,
    AskShortText,
    AskUrl,
)

ASKING: dict[str, Asking] = {
    "short_text": AskShortText(),
    "long_text": AskLongText(),
    "email": AskMail(),
    "phone": AskPhone(),
    "url": AskUrl(),
    "integer": AskNumber(),
    "decimal": AskNumber(),
    "date": AskDay(),
    "time": AskClock(),
    "single": AskOne(),
    "yes_no": AskYesNo(),
    "scale": AskScale(),
    "multiple": AskSeveral(),
    "ranking": AskRanking(),
    "matrix": AskMatrix(),
    "matrix_several": AskMatrixSeveral(),
    "matrix_numbers": AskMatrixNumbers(),
    "constant_sum": AskConstantSum(),
    "address": AskComposite(),
    "organisation": AskComposite(),
    "location": AskLocation(),
    "consent": AskConsent(),
    "file": AskFiles(),
}

__all__ = ["ASKING", "AskFiles", "Asking", "guidance_parts", "part_name", "picture", "prose"]
