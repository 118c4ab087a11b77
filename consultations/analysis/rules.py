"""Who may read and who may code. The subject is a Consultation."""

from typing import Any

from consultations.analysis.models import CodeFrame
from consultations.programme.models import Consultation
from consultations.programme.rules import analyses, works_on
from engagement.core.access import rule

__all__ = ["can_change_frame", "can_code", "can_freeze", "can_read"]


@rule
def frame_is_not_frozen(user: Any, consultation: Consultation) -> bool:
    return not CodeFrame.objects.filter(consultation=consultation, state=CodeFrame.State.FROZEN).exists()


can_read = works_on
can_code = analyses
can_change_frame = analyses & frame_is_not_frozen
can_freeze = analyses
