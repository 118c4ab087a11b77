"""Own words of messages: a closed list of names, plain substitution, and nothing that evaluates anything."""

import pytest
from django.urls import reverse

from consultations.notices import plan, tasks
from engagement.audit.models import Entry
from engagement.core import languages
from engagement.messaging import delivery
from engagement.messaging.models import OutgoingMessage
from engagement.plans import actions, contrast, placeholders, wordings
from engagement.plans.models import Wording
from tests.factories.accounts import UserFactory
from tests.factories.invitations import InvitationFactory
from tests.factories.notices import StepFactory
from tests.factories.programme import AssignmentFactory, ConsultationFactory

REMINDER = "notices/email/reminder"
EDITABLE = placeholders.editables()[REMINDER]
LINK = "\n\n{{answer_link}}"


def save(body, subject="A word about {{title}}", scope="", language="en-gb", actor=None):
    return actions.save_words(REMINDER, scope, language, subject, body, actor=actor)


def draft(invitation, step=None):
    step = step or StepFactory(consultation=invitation.consultation)
    kind, due = plan.PLAN.kind(step), plan.PLAN.due_at(step)
    writer = plan.planner.Writer(kind, step, due)
    return writer.draft(next(iter(kind.people(step, due))))


@pytest.fixture
def invitation(db, clock):
    invitation = InvitationFactory(consultation__reference="lis", contact__name="Ada Okoro")
    clock.shift(86400)
    return invitation


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en-gb", "cy"])
@pytest.mark.parametrize("template", sorted(placeholders.editables()))
def test_usual_words_are_told_with_the_names_that_they_need(template, language):
    editable = placeholders.editables()[template]
    subject, body = wordings.usual(editable, language)

    assert placeholders.why_not_subject(subject, editable) == []
    assert placeholders.why_not_body(body, editable) == []
    assert "⟦" not in subject + body
    assert "4711" not in subject + body


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Hello {{surname}}", "“{{surname}}” is not one of the names that this message knows. Choose from the list."),
        ("{{name.__class__.__mro__}}", "“{{name.__class__.__mro__}}” is not one of the names"),
        ("{{ name|upper }}", "“{{ name|upper }}” is not one of the names"),
        ("{% load i18n %}", "“{% load i18n %}” is not one of the names"),
        ("{{name", "“{{” is not one of the names"),
        ("See javascript:alert(1)", "“javascript:alert(1” is no web address. Links begin with https://, http:// or"),
        ("See data:text/html,x", "“data:text/html,x” is no web address."),
        ("See https://good.example@evil.example/", "hides its site behind an “@”."),
        ("See http://nowhere", "“http://nowhere” does not name a site after “//”."),
        ("Write to mailto:ada", "“mailto:ada” does not hold a whole e-mail address."),
        ("Write to mailto:ada@x.example?bcc=all@x.example", "write the e-mail address alone"),
        ("An invisible \u202e sign", "The text holds invisible characters."),
        ("x" * 10_001, "The text has"),
    ],
)
def test_what_cannot_stand_in_a_text_is_refused_with_a_sentence(text, reason):
    [said, *_] = placeholders.why_not_body(text + LINK, EDITABLE)
    assert reason in said


@pytest.mark.parametrize(
    "text",
    [
        "{0.__class__}",
        "%(name)s and %s",
        "{name}",
        "${name}",
        "See https://x.example/a?b=1, mailto:ada@x.example.",
        "7:30",
    ],
)
def test_what_means_nothing_here_may_stand_and_stays_what_it_is(text):
    assert placeholders.why_not_body(text + LINK, EDITABLE) == []
    assert placeholders.filled(text, {"name": "Ada"}) == text


def test_a_text_without_the_link_is_refused():
    [said] = placeholders.why_not_body("Dear {{name}}, answer soon.", EDITABLE)
    assert said == "The text must hold {{answer_link}}: the link to the answer."


@pytest.mark.parametrize(
    ("subject", "reason"),
    [
        ("Hello\r\nBcc: all@x.example", "The subject must be one line"),
        ("x" * 151, "The subject has 151 characters. The most is 150."),
        ("", "Write a subject."),
        ("{{answer_link}}", "A link cannot stand in the subject: {{answer_link}}."),
    ],
)
def test_what_cannot_be_a_subject_is_refused(subject, reason):
    assert placeholders.why_not_subject(subject, EDITABLE)[0].startswith(reason)


def test_names_are_replaced_once_and_values_are_only_text(invitation):
    contact = invitation.contact
    contact.name = "{{no_view_link}} {% now 'Y' %} <script>alert(1)</script>\r\nBcc: all@x.example"
    contact.save()
    save("Dear {{name}},\n\nsee https://board.example/a?b=1&c=2 or {{ answer_link }}")

    message = draft(invitation)

    assert contact.name.replace("\r\n", "\n") in message.text_body.replace("\r\n", "\n")
    assert "<script>" not in message.html_body
    assert "{{no_view_link}} {% now &#x27;Y&#x27; %} &lt;script&gt;" in message.html_body
    assert '<a href="https://board.example/a?b=1&amp;c=2"' in message.html_body
    assert message.html_body.count("<a href=") >= 2
    assert "\n" not in message.to_name + message.subject
    assert message.subject == f"A word about {invitation.consultation.title}"


def test_names_of_what_a_program_knows_stay_as_they_are_even_when_they_got_in(invitation):
    Wording.objects.create(
        template=REMINDER,
        language="en-gb",
        version=1,
        subject="{{title.__class__}}",
        body="{{settings.SECRET_KEY}} {name}",
    )
    message = draft(invitation)
    assert message.subject == "{{title.__class__}}"
    assert "{{settings.SECRET_KEY}} {name}" in message.text_body


def test_words_of_the_consultation_come_before_those_of_the_site_and_hold_in_their_language(invitation):
    step = StepFactory(consultation=invitation.consultation)
    save("From the site {{answer_link}}")
    assert "From the site" in draft(invitation, step).text_body
    save("From the consultation {{answer_link}}", scope="lis")
    assert "From the consultation" in draft(invitation, step).text_body

    user = UserFactory(language="cy")
    type(invitation.contact).objects.filter(pk=invitation.contact_id).update(user=user)
    assert "From the" not in draft(invitation, step).text_body

    save("", subject="", scope="lis")
    type(invitation.contact).objects.filter(pk=invitation.contact_id).update(user=None)
    assert "From the site" in draft(invitation, step).text_body
    assert list(Wording.objects.filter(scope="lis").values_list("version", "is_current")) == [(2, True), (1, False)]


@pytest.mark.django_db
def test_new_words_reach_those_who_have_not_had_the_message_and_nobody_twice(clock, outbox):
    consultation = ConsultationFactory()
    step = StepFactory(consultation=consultation)
    first, second = InvitationFactory.create_batch(2, consultation=consultation)
    clock.move_to(plan.PLAN.due_at(step))
    tasks.plan_notices()
    OutgoingMessage.objects.filter(recipient=str(second.contact_id)).update(state="held")
    delivery.drain()
    [sent] = outbox.messages

    save("New words {{answer_link}}")
    for _ in range(2):
        tasks.plan_notices()
        delivery.drain()

    assert len(outbox.messages) == 2
    assert "New words" not in sent.body
    assert "New words" in outbox.messages[1].body
    assert first.contact.email in sent.to[0]
    assert second.contact.email in outbox.messages[1].to[0]


def test_every_text_in_the_layout_of_messages_can_be_read():
    assert contrast.ratio("#000000", "#ffffff") == pytest.approx(21)
    assert contrast.ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast.lowest() >= contrast.LEAST


# --- pages ----------------------------------------------------------------------------------------------


def page_of(name, *more):
    return reverse(f"notices:{name}", args=["lis", *more])


WORD = ("notices-reminder", "en-gb")


def test_staff_change_preview_and_reset_the_words_of_a_consultation(invitation, signed_in):
    staff = AssignmentFactory(consultation=invitation.consultation).user
    StepFactory(consultation=invitation.consultation)
    client = signed_in(staff)
    shown = client.get(page_of("word", *WORD)).text
    assert "Dear {{name}}," in shown
    assert "Dear Ada Okoro," in shown, "The preview is of real data."
    assert "How it reads now, with real data" in shown

    typed = {"subject": "{{days}} days for {{title}}", "body": "Hello {{name}}!\n\n{{answer_link}}"}
    preview = client.post(page_of("word", *WORD), {**typed, "preview": "yes"})
    assert "Hello Ada Okoro!" in preview.text
    assert Wording.objects.count() == 0

    assert client.post(page_of("word", *WORD), typed).status_code == 302
    assert "Own words, version 1" in client.get(page_of("words")).text
    client.post(page_of("reset_words", *WORD))

    assert wordings.current(REMINDER, "lis", "en-gb") is None
    assert [(one.version, one.author) for one in Wording.objects.all()] == [(2, staff), (1, staff)]
    assert list(Entry.objects.filter(scope="lis", verb__startswith="wording.").values_list("verb", flat=True)) == [
        "wording.saved",
        "wording.reset",
    ]


def test_a_mistake_is_told_by_the_field_and_nothing_is_saved(invitation, signed_in):
    client = signed_in(AssignmentFactory(consultation=invitation.consultation).user)

    answer = client.post(page_of("word", *WORD), {"subject": "x", "body": "{{surname}} {{answer_link}}"})

    assert answer.status_code == 422
    assert "“{{surname}}” is not one of the names that this message knows." in answer.text
    assert Wording.objects.count() == 0


def test_words_of_the_whole_site_are_for_engagement_staff(db, signed_in):
    address = reverse("plans:word", args=WORD)
    assert signed_in(UserFactory(officer=True)).get(address).status_code == 403
    client = signed_in(UserFactory(engagement=True))
    assert client.get(reverse("plans:words")).text.count("The usual ones") == len(placeholders.editables()) * len(
        languages.offered()
    )
    assert "made-up data" in client.get(address).text
    assert client.get(reverse("plans:word", args=["accounts-code", "en-gb"])).status_code == 404
    assert client.get(reverse("plans:word", args=["notices-reminder", "fr"])).status_code == 404
