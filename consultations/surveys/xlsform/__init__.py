"""XLSForm workbooks: read into a survey document with a message for all that differs, and written out again.

Beyond the standard, these columns are known in the survey sheet: theme, personal, word_limit, least, most,
least_choices, most_choices, low_label, high_label; and `exclusive` in the choices sheet.
"""

from consultations.surveys.xlsform.messages import Imported, Message
from consultations.surveys.xlsform.reading import read
from consultations.surveys.xlsform.writing import write

__all__ = ["Imported", "Message", "read", "write"]
