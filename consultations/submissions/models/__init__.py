"""What partners said: one submission of one partner to one consultation, with a response for each survey."""

from consultations.submissions.counters import Tally, TallyChange
from consultations.submissions.models.file import AnswerFile, EvidenceDocument, Upload, evidence_path
from consultations.submissions.models.response import Response, ResponseRevision, TextAnswer
from consultations.submissions.models.submission import StatementRevision, Submission

__all__ = [
    "AnswerFile",
    "EvidenceDocument",
    "Response",
    "ResponseRevision",
    "StatementRevision",
    "Submission",
    "Tally",
    "TallyChange",
    "TextAnswer",
    "Upload",
    "evidence_path",
]
