"""What partners said: one submission of one partner to one consultation, with a response for each survey."""

from consultations.submissions.counters import Tally, TallyChange
from consultations.submissions.models.approval import Approval
from consultations.submissions.models.bulkentry import BulkEntry
from consultations.submissions.models.file import AnswerFile, EvidenceDocument, Upload, evidence_path
from consultations.submissions.models.intake import Acknowledgement, ReceivedMail
from consultations.submissions.models.late import LateDecision
from consultations.submissions.models.response import Response, ResponseRevision, TextAnswer
from consultations.submissions.models.submission import StatementRevision, Submission
from consultations.submissions.models.workspace import Comment, SectionAssignment

__all__ = [
    "Acknowledgement",
    "AnswerFile",
    "Approval",
    "BulkEntry",
    "Comment",
    "EvidenceDocument",
    "LateDecision",
    "ReceivedMail",
    "Response",
    "ResponseRevision",
    "SectionAssignment",
    "StatementRevision",
    "Submission",
    "Tally",
    "TallyChange",
    "TextAnswer",
    "Upload",
    "evidence_path",
]
