"""Forms: the one that respondents fill in, and those that build surveys."""

from consultations.surveys.forms.answering import PageForm, matrix_name

__all__ = ["PageForm", "matrix_name"]
