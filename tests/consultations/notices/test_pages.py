"""The pages of a plan: read as sentences, changed, stopped, seen with exact recipients and texts, tested."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from consultations.notices import plan, tasks
from consultations.notices.models import PlannedStep
from engagement.audit.models import Entry
from engagement.messaging import delivery
from engagement.messaging.models import OutgoingMessage
from tests.factories.invitations import InvitationFactory
from tests.factories.notices import StepFactory
from tests.factories.programme import AssignmentFactory, ConsultationFactory
from tests.factories.submissions import submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def consultation(clock):
    consultation = ConsultationFactory(
        reference="lis", title="Growing together", closes_at=timezone.now() + timedelta(days=20)
    )
    clock.shift(2 * 86400)
    return consultation


def invite(consultation, **facts):
    invitation = InvitationFactory(consultation=consultation, **facts)
    type(invitation).objects.filter(pk=invitation.pk).update(created_at=timezone.now() - timedelta(days=1))
    return invitation


def url(name, *more):
    return reverse(f"notices:{name}", args=["lis", *more])


TYPED = {"kind": "closing", "days": "5", "side": "before", "anchor": "closes", "local_time": "10:30"}


def test_plan_reads_as_sentences_with_reach_and_history(consultation, staff_of, clock):
    first, second = invite(consultation), invite(consultation)
    step = StepFactory(consultation=consultation)
    client = staff_of(consultation)
    page = client.get(url("plan")).text
    assert "14 days before the close, at 9:00am: Closing soon" in page
    assert "To everyone invited who has not answered. It stops for everybody of an organisation when" in page
    assert "See the 2 recipients and the text" in page

    clock.move_to(plan.PLAN.due_at(step))
    tasks.plan_notices()
    submitted(consultation, organisation=second.organisation)
    delivery.drain()

    client = staff_of(consultation)
    page = client.get(url("plan")).text
    assert "1 sent" in page
    assert "1 not sent" in page
    history = client.get(url("history", step.public_id)).text
    assert first.contact.name in history
    assert f"{second.organisation} answered on" in history.replace("&#x27;", "'")


@pytest.mark.parametrize("people", [1, 3])
def test_pages_cost_the_same_however_many_are_invited(consultation, staff_of, django_assert_num_queries, people):
    for _ in range(people):
        invite(consultation)
    step = StepFactory(consultation=consultation)
    client = staff_of(consultation)
    with django_assert_num_queries(7):
        assert f"See the {people} recipient" in client.get(url("plan")).text
    with django_assert_num_queries(8):
        assert f"it goes to {people} " in client.get(url("preview", step.public_id)).text


def test_preview_says_who_gets_it_the_exact_text_and_why_others_do_not(consultation, staff_of, clock):
    ada, ben = invite(consultation, contact__name="Ada"), invite(consultation, contact__name="Ben", started=True)
    invite(consultation, contact__name="Cy", declined=True)
    invite(consultation, contact__name="Dee", contact__opted_out_at=timezone.now())
    step = StepFactory(consultation=consultation, message="The board meets in March.")
    client = staff_of(consultation)

    page = client.get(url("preview", step.public_id), {"to": str(ben.contact_id)}).text

    assert "As things stand, it goes to 2 people." in page
    assert "The text, as Ben gets it" in page
    assert "has not been sent yet" in page
    assert "The board meets in March." in page
    assert "told us on" in page
    assert "Dee wants no invitations or reminders." in page
    assert client.get(url("preview", step.public_id), {"to": "999999"}).status_code == 404
    clock.move_to(plan.PLAN.due_at(step) - timedelta(hours=1))
    tasks.plan_notices()
    planned = OutgoingMessage.objects.get(recipient=str(ada.contact_id)).text_body
    shown = staff_of(consultation).get(url("preview", step.public_id), {"to": str(ada.contact_id)}).text
    letter = unescape(shown.partition('class="letter" tabindex="0">')[2].partition("</pre>")[0])
    assert [line for line in letter.splitlines() if "http" not in line] == [
        line for line in planned.splitlines() if "http" not in line
    ]


def test_a_test_goes_to_who_asks_with_links_that_do_nothing(consultation, staff_of, outbox):
    invitation = invite(consultation)
    step = StepFactory(consultation=consultation)
    client = staff_of(consultation)

    for _ in range(2):
        client.post(url("test_step", step.public_id), {"to": str(invitation.contact_id)})
    delivery.drain()

    staff = AssignmentFactory._meta.model.objects.get(consultation=consultation).user
    assert [message.to for message in outbox.messages] == [[f"{staff} <{staff.email}>"]] * 2
    assert all(message.subject.startswith("[Test] ") for message in outbox.messages)
    assert not any("/i/" in message.body or invitation.contact.email in message.body for message in outbox.messages)


def test_staff_add_change_stop_and_restart_a_step(consultation, staff_of):
    client = staff_of(consultation)
    assert client.post(url("new_step"), TYPED).status_code == 302
    step = PlannedStep.objects.get()
    assert (step.kind, step.anchor, step.days, f"{step.local_time:%H:%M}", step.again_when_moved) == (
        "closing", "closes", -5, "10:30", False,
    )  # fmt: skip
    assert 'value="5"' in client.get(url("step", step.public_id)).text

    client.post(url("step", step.public_id), {**TYPED, "days": "6", "again_when_moved": "on"})
    client.post(url("stop_step", step.public_id))
    assert "Stopped" in client.get(url("plan")).text
    client.post(url("restart_step", step.public_id))

    step.refresh_from_db()
    assert (step.days, step.again_when_moved, step.stopped_at) == (-6, True, None)
    verbs = list(Entry.objects.filter(scope="lis").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["reminder.planned", "reminder.planned", "reminder.stopped", "reminder.restarted"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"days": "ten"}, "Write the number of days in digits, for example 14."),
        ({"days": "400"}, "The most is 365 days."),
        ({"local_time": "7:00"}, "Choose a time between 08:00 and 18:00, when people read such messages."),
        ({"anchor": "reported"}, "“Closing soon” is counted from the close."),
        ({"days": "30"}, "This moment has passed already. Choose a later one."),
        ({"days": "14"}, "There is a message of this kind on this day already."),
    ],
)
def test_what_cannot_be_planned_is_refused_by_the_field(consultation, staff_of, change, sentence):
    StepFactory(consultation=consultation)

    answer = staff_of(consultation).post(url("new_step"), {**TYPED, **change})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert PlannedStep.objects.count() == 1


def test_everything_is_stopped_at_once_and_nothing_leaves(consultation, staff_of, clock, outbox):
    invite(consultation)
    soon, later = StepFactory(consultation=consultation), StepFactory(consultation=consultation, days=-3)
    tasks.plan_notices()
    client = staff_of(consultation)
    assert "Stop every planned message" in client.get(url("stop_all")).text

    client.post(url("stop_all"))
    clock.move_to(plan.PLAN.due_at(soon))
    tasks.plan_notices()
    delivery.drain()

    assert len(outbox.messages) == 0
    for step in (soon, later):
        step.refresh_from_db()
        assert step.stopped_at is not None
    assert Entry.objects.get(verb="reminder_plan.stopped").facts == {"number": 2}


def test_officers_read_the_plan_and_change_nothing(consultation, staff_of):
    step = StepFactory(consultation=consultation)
    client = staff_of(consultation, "officer")
    page = client.get(url("plan"))
    assert page.status_code == 200
    assert "Add a message" not in page.text
    assert client.post(url("stop_step", step.public_id)).status_code == 403
    assert client.get(url("preview", step.public_id)).status_code == 403


def test_usual_plan_has_no_reminder_in_the_middle_close_to_another(clock):
    now = timezone.now()
    month = ConsultationFactory(opens_at=now, closes_at=now + timedelta(days=28))
    quarter = ConsultationFactory(opens_at=now, closes_at=now + timedelta(days=90))
    kinds = [{step.kind for step in plan.usual_steps(one)} for one in (month, quarter)]
    assert kinds[1] - kinds[0] == {"midway"}
    assert kinds[0] >= {"closing", "started", "signoff", "provisional", "results", "followers", "owner_overdue"}


def test_plan_fits_and_is_accessible(open_page, axe, fits, consultation):
    invite(consultation)
    step = StepFactory(consultation=consultation)
    staff = AssignmentFactory(consultation=consultation).user
    for address in (url("plan"), url("preview", step.public_id), url("word", "notices-reminder", "en-gb")):
        page = open_page(address, user=staff, width=320)
        fits(page)
        axe(page)
