"""Many send anonymously at the same moment, while others send under an account and staff accept: nobody blocks anybody,
and every response is there once. Runs on whichever database the suite runs on."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from consultations.submissions import actions, anonymity, lifecycle, tallies
from consultations.submissions.models import Submission
from consultations.surveys.models import Survey
from tests.consultations.submissions.tracing import growing
from tests.factories.submissions import partner, submitted

ANONYMOUS, NAMED, EARLIER = 12, 6, 6


def at_once(jobs):
    """Run all jobs at once, a thread and a connection each; returns the errors."""
    barrier, errors = threading.Barrier(len(jobs)), []

    def run(job):
        try:
            connection.ensure_connection()
            barrier.wait(120)
            job()
        except Exception as error:  # noqa: BLE001 - every kind is a failure here
            errors.append(repr(error))
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        list(pool.map(run, jobs))
    return errors


def ready(consultation, survey, number, *, anonymous):
    """A draft that only has to be sent."""
    if anonymous:
        draft, _ = actions.start_by_link(consultation, user=partner(), anonymous=True)
    else:
        draft = actions.start(consultation, partner())
    actions.fill(draft, survey, {"first": f"choice{number % 3}", "why": f"Buses, says {number}."})
    actions.choose_confidentiality(draft.pk, "unnamed")
    return draft.pk


@pytest.mark.django_db(transaction=True)
def test_anonymous_and_other_responses_and_staff_do_not_block_each_other():
    consultation = growing()
    survey = consultation.surveys.get()
    earlier = [submitted(consultation, survey, answers={"first": "choice0"}).pk for _ in range(EARLIER)]
    earlier += [anonymity.send(ready(consultation, survey, 0, anonymous=True)).pk for _ in range(EARLIER)]
    drafts = [ready(consultation, survey, number, anonymous=True) for number in range(ANONYMOUS)]
    named = [ready(consultation, survey, number, anonymous=False) for number in range(NAMED)]

    def sending(draft):
        return lambda: anonymity.send(draft)

    def submitting(draft):
        return lambda: lifecycle.submit(draft)

    def setting_aside(sent):
        return lambda: lifecycle.mark_duplicate(sent, reason="The same again.")

    errors = at_once(
        [
            *(sending(draft) for draft in drafts),
            *(submitting(draft) for draft in named),
            *(setting_aside(sent) for sent in earlier),
        ]
    )

    assert errors == []
    rows = Submission.objects.filter(consultation=consultation)
    assert rows.filter(state="duplicate").count() == 2 * EARLIER
    assert rows.filter(state="submitted", is_anonymous=True).count() == ANONYMOUS
    assert rows.filter(state="submitted", is_anonymous=False).count() == NAMED
    assert not rows.filter(state__in=Submission.DRAFTS).exists()
    while any(tallies.fold(survey_id) for survey_id in tallies.waiting()):
        pass
    assert tallies.differences(Survey.objects.get(pk=survey.pk)) == {}
