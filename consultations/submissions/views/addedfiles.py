"""What becomes of the files that come along with a page of a survey."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext

from consultations.submissions import actions, files, queries
from consultations.submissions.models import Submission
from consultations.surveys.definition import Question
from consultations.surveys.forms import PageForm
from consultations.surveys.path import Step
from engagement.core.errors import Refused


def keep_files(request: HttpRequest, part: queries.Part, submission: Submission, step: Step, form: PageForm) -> bool:
    """Keep the files that came with the page, each with its question; what is refused is said at the question."""
    kept: dict[str, tuple[Question, list[files.Item]]] = {}
    for question, upload in form.new_files():
        response = part.response or actions.begin_response(submission, part.survey)
        try:
            row = actions.add_answer_file(response.pk, step.key(question.code), question, upload, actor=request.user)
        except Refused as refused:
            form.refuse_file(question, refused.message)
            continue
        kept.setdefault(question.code, (question, []))[1].append(row.item)
        if row.tells:
            sentence = gettext("%(name)s tells %(what)s. Take it away if nobody should know.")
            messages.info(request, sentence % {"name": row.file_name, "what": files.tells_in_words(row)})
    for question, items in kept.values():
        form.take_in(question, items)
    return bool(kept)
