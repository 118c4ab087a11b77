"""Who writes a summary, who approves it. Nobody approves their own work."""

from typing import Any

from consultations.programme.rules import analyses, works_on
from consultations.summaries.models import Summary
from engagement.accounts.rules import is_administrator
from engagement.core.access import Rule, rule

__all__ = ["can_approve", "can_edit", "can_publish", "can_read", "can_request"]

# Subject: the consultation.
can_request = analyses
can_read_all = works_on


def _about_consultation(question: Rule) -> Rule:
    """The rule about a consultation, asked about a summary of it."""
    return Rule(lambda user, summary: question(user, summary.consultation), question.name)


@rule
def is_author(user: Any, summary: Summary) -> bool:
    return summary.author_id == user.pk


# Subject: a summary.
can_read = _about_consultation(works_on)
can_edit = _about_consultation(analyses)
can_approve = is_administrator & ~is_author
can_publish = Rule(is_administrator.question, "can_publish")
