"""XLSForm workbooks: read into a survey document with a message for all that differs, and written out again.

Beyond the standard, `columns.OWN` are known in the survey sheet and `exclusive` in the choices sheet; docs/
questionnaires.md says what they mean.
"""

from consultations.surveys.xlsform.messages import Imported, Message
from consultations.surveys.xlsform.reading import read
from consultations.surveys.xlsform.writing import write

__all__ = ["Imported", "Message", "read", "write"]
