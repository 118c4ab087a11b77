"""Forms: the one that respondents fill in, and those that build surveys."""

from consultations.surveys.forms.answering import PageForm
from consultations.surveys.forms.asking import part_name

__all__ = ["PageForm", "part_name"]
