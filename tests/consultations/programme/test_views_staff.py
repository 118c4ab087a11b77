"""Staff pages: who may, what they change, what they cost."""

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from consultations.programme import actions, rules
from consultations.programme.models import Assignment, Consultation, Document, Theme, ThemeTopic
from engagement.audit.models import Entry
from engagement.core.errors import Refused
from engagement.events.models import Event
from tests.factories.accounts import UserFactory
from tests.factories.programme import AssignmentFactory, ConsultationFactory, DocumentFactory, ThemeFactory
from tests.factories.surveys import SurveyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return ConsultationFactory(draft=True, reference="industrial-strategy")


@pytest.fixture
def runner(draft):
    return AssignmentFactory(consultation=draft).user


@pytest.fixture
def officer(draft):
    return AssignmentFactory(consultation=draft, role="officer").user


def at(name, *args):
    return reverse(f"programme:{name}", args=["industrial-strategy", *args])


READ = ["settings", "themes", "documents", "team", "lifecycle", "events"]
WRITE = [("edit", "about"), ("new_theme",), ("move", "review"), ("propose",), ("new_event",)]


@pytest.mark.parametrize("name", READ)
def test_who_may_read(signed_in, draft, runner, officer, name):
    people = {
        runner: 200,
        officer: 200,
        UserFactory(administrator=True): 200,
        UserFactory(engagement=True): 404,
        UserFactory(): 404,
    }

    assert {who: signed_in(who).get(at(name)).status_code for who in people} == people


@pytest.mark.parametrize("address", WRITE)
def test_who_may_change(signed_in, draft, runner, officer, address):
    people = {runner: 200, officer: 403, UserFactory(administrator=True): 200, UserFactory(engagement=True): 404}

    assert {who: signed_in(who).get(at(*address)).status_code for who in people} == people


@pytest.mark.parametrize(
    "move", ["return", "schedule", "open", "extend", "pause", "resume", "close", "report", "archive"]
)
def test_only_administrators_publish_extend_and_close(signed_in, draft, runner, officer, move):
    people = {runner: 403, officer: 403, UserFactory(administrator=True): 200}

    assert {who: signed_in(who).get(at("move", move)).status_code for who in people} == people


def test_signing_in_comes_first(client, draft):
    answer = client.get(at("settings"))

    assert answer.status_code == 302
    assert reverse("account_login") in answer["Location"]


@pytest.mark.parametrize("many", [1, 3])
def test_the_list_shows_ones_own_and_costs_the_same(signed_in, django_assert_num_queries, many):
    user = UserFactory(engagement=True)
    for number in range(many):
        AssignmentFactory(user=user, consultation=ConsultationFactory(title=f"Mine {number}"))
    ConsultationFactory(title="Not mine")
    client = signed_in(user)

    with django_assert_num_queries(4):
        page = client.get(reverse("programme:staff_list"))

    assert [it.title for it in page.context["consultations"]] == [f"Mine {n}" for n in reversed(range(many))]


def test_the_list_is_filtered_by_words_and_state(signed_in):
    for title, state in (("Skills", "open"), ("Skills again", "closed"), ("Ports", "open")):
        ConsultationFactory(title=title, state=state)

    page = signed_in(UserFactory(administrator=True)).get(
        reverse("programme:staff_list"), {"q": "skill", "state": "open"}
    )

    assert [it.title for it in page.context["consultations"]] == ["Skills"]


def test_a_new_consultation_is_a_draft_that_its_author_runs(signed_in):
    author = UserFactory(engagement=True)
    typed = {"title": "Skills", "reference": "Skills-2019", "kind": "survey", "purpose": "We ask. It matters."}

    answer = signed_in(author).post(reverse("programme:new"), typed)

    made = Consultation.objects.get()
    assert answer["Location"] == reverse("programme:settings", args=["skills-2019"])
    assert (made.state, made.created_by) == ("draft", author)
    assert list(Assignment.objects.values_list("user", "role")) == [(author.pk, "engagement")]
    assert signed_in(UserFactory(officer=True)).get(reverse("programme:new")).status_code == 403


def test_dates_are_typed_in_local_time(signed_in, draft, runner):
    typed = {"opens_on": "2018-07-06", "opens_time": "09:00", "closes_on": "2018-09-08", "closes_time": ""}

    signed_in(runner).post(at("edit", "dates"), typed)

    draft.refresh_from_db()
    assert draft.opens_at == datetime(2018, 7, 6, 8, tzinfo=UTC)
    assert draft.closes_at == datetime(2018, 9, 8, 22, 59, 59, tzinfo=UTC)
    assert "Saturday 8 September 2018, 11:59pm (BST)" in signed_in(runner).get(at("settings")).content.decode()


def test_a_changed_privacy_notice_gets_the_next_number_and_is_recorded(signed_in, draft, runner):
    client = signed_in(runner)
    for text in ("A new notice.", "A new notice."):
        client.post(at("edit", "privacy"), {"privacy_notice": text, "retention_months": 24})

    draft.refresh_from_db()
    assert draft.privacy_version == 2
    assert list(Entry.objects.values_list("verb", "actor")) == [("consultation.changed", runner.pk)]


def test_what_was_approved_is_changed_by_administrators_and_its_close_by_extending(signed_in, draft, runner):
    Consultation.objects.filter(pk=draft.pk).update(state="open")

    assert signed_in(runner).get(at("edit", "dates")).status_code == 403
    answer = signed_in(UserFactory(administrator=True)).post(at("edit", "dates"), {"closes_on": "2040-01-01"})

    assert answer.status_code == 422
    assert "Extend the consultation, with a reason" in answer.content.decode()


def test_themes_are_added_ordered_and_removed_by_buttons(signed_in, draft, runner):
    client = signed_in(runner)
    for name in ("Ideas", "People", "Places"):
        client.post(at("new_theme"), {"name": name})
    client.post(at("move_theme", "places", "up"))
    client.post(at("move_theme", "ideas", "up"))
    client.post(at("remove_theme", "people"))
    client.post(at("theme", "ideas"), {"name": "Ideas and innovation"})

    assert list(draft.themes.values_list("code", "name")) == [("ideas", "Ideas and innovation"), ("places", "Places")]


def test_a_theme_in_use_stays_and_the_page_says_why(signed_in, draft, runner):
    theme = ThemeFactory(consultation=draft, code="people", name="People")
    SurveyFactory(consultation=draft, theme=theme)

    page = signed_in(runner).post(at("remove_theme", "people"), follow=True)

    assert "belongs to “People”, so it cannot be removed" in page.content.decode()
    assert Theme.objects.filter(pk=theme.pk).exists()


def test_themes_are_fixed_by_the_opening(signed_in, draft, runner):
    ThemeFactory(consultation=draft, code="people")
    Consultation.objects.filter(pk=draft.pk).update(state="open")
    client = signed_in(UserFactory(administrator=True))

    answer = client.post(at("new_theme"), {"name": "Late"})
    client.post(at("remove_theme", "people"))

    assert "Themes are declared before a consultation opens" in answer.content.decode()
    assert [theme.code for theme in draft.themes.all()] == ["people"]


def test_a_document_is_kept_with_its_hash_once(signed_in, draft, runner):
    client = signed_in(runner)
    answers = [
        client.post(at("documents"), {"title": "Prospectus", "file": SimpleUploadedFile(name, b"What we know.")})
        for name in ("a.txt", "b.txt", "c.exe")
    ]

    assert [answer.status_code for answer in answers] == [302, 422, 422]
    assert "This file is here already" in answers[1].content.decode()
    assert "of a kind that we do not take" in answers[2].content.decode()
    document = Document.objects.get()
    assert (document.file_name, document.content_type, document.size) == ("a.txt", "text/plain", 13)
    with document.file.open() as kept:
        assert kept.read() == b"What we know."


def test_an_officer_reads_documents_but_adds_none(signed_in, draft, officer):
    file = SimpleUploadedFile("a.txt", b"What we know.")

    assert signed_in(officer).post(at("documents"), {"title": "Prospectus", "file": file}).status_code == 403
    assert not Document.objects.exists()


def test_a_removed_document_takes_its_file_along(signed_in, draft, runner, django_capture_on_commit_callbacks):
    document = DocumentFactory(consultation=draft)
    storage, name = document.file.storage, document.file.name
    foreign = DocumentFactory()

    with django_capture_on_commit_callbacks(execute=True):
        signed_in(runner).post(at("remove_document", document.public_id))

    assert not storage.exists(name)
    assert signed_in(runner).post(at("remove_document", foreign.public_id)).status_code == 404
    assert list(Document.objects.all()) == [foreign]


def test_people_are_put_on_once_and_the_last_who_runs_it_stays(signed_in, draft, runner):
    client, colleague = signed_in(runner), UserFactory(officer=True)
    for _ in range(2):
        client.post(at("team"), {"user": colleague.pk, "role": "officer"})
    refused = client.post(at("team"), {"user": UserFactory().pk, "role": "officer"})
    only = draft.assignments.get(user=runner)
    page = client.post(at("end_assignment", only.pk), follow=True)

    assert refused.context["form"].errors["user"] == ["Choose a person from the list."]
    assert "the last member of the engagement staff" in page.content.decode()
    assert list(draft.assignments.order_by("pk").values_list("user", "role")) == [
        (runner.pk, "engagement"),
        (colleague.pk, "officer"),
    ]


def test_pressing_twice_makes_one_and_says_so(draft, runner):
    """What the form could not see yet, since the first press was on its way, is refused by the act in a sentence."""
    facts = {"title": "Growing together", "reference": "pressed-twice"}
    actions.create_consultation(actor=runner, **facts)
    with pytest.raises(Refused, match="pressed the button twice"):
        actions.create_consultation(actor=runner, **facts)
    actions.add_theme(draft, actor=runner, name="Skills", code="skills-once")
    with pytest.raises(Refused, match="already"):
        actions.add_theme(draft, actor=runner, name="Skills", code="skills-once")


def test_engagement_staff_do_not_make_themselves_officers(signed_in, draft, runner):
    page = signed_in(runner).post(at("team"), {"user": runner.pk, "role": "officer"})
    AssignmentFactory(consultation=draft, user=runner, role="officer")

    assert "so that is what they can be here" in page.content.decode()
    # Nor does an assignment from another time, in a role that the person no longer has, open anything.
    assert not rules.analyses(runner, Consultation.objects.get(pk=draft.pk))


def test_from_draft_to_open_through_the_buttons(signed_in, draft, runner):
    Consultation.objects.filter(pk=draft.pk).update(statement_is_enough=True)
    administrator = UserFactory(administrator=True)

    signed_in(runner).post(at("move", "review"))
    signed_in(administrator).post(at("move", "schedule"))
    signed_in(administrator).post(at("move", "open"))

    draft.refresh_from_db()
    assert draft.state == "open"
    text = signed_in(runner).get(at("lifecycle")).content.decode()
    assert "Others can: Extend, Pause and Close now." in text


def test_what_is_missing_stands_on_the_lifecycle_page_and_refuses_the_move(signed_in, draft, runner):
    Consultation.objects.filter(pk=draft.pk).update(decision_owner="")
    signed_in(runner).post(at("move", "review"))
    client = signed_in(UserFactory(administrator=True))

    assert "Say who decides" in client.get(at("lifecycle")).content.decode()
    answer = client.post(at("move", "schedule"))
    assert answer.status_code == 422
    assert "Say who decides" in answer.content.decode()


def test_an_extension_is_typed_in_local_time_with_a_reason(signed_in, draft):
    Consultation.objects.filter(pk=draft.pk).update(state="open")
    client = signed_in(UserFactory(administrator=True))

    refused = client.post(at("move", "extend"), {"closes_on": "2040-07-01", "reason": ""})
    client.post(at("move", "extend"), {"closes_on": "2040-07-01", "closes_time": "17:00", "reason": "Asked for."})

    assert "Give the reason: it is public." in refused.content.decode()
    draft.refresh_from_db()
    assert draft.closes_at == datetime(2040, 7, 1, 16, tzinfo=UTC)


def test_staff_propose_and_the_public_does_not_see_it(signed_in, draft, runner):
    signed_in(runner).post(at("propose"), {"reason": "Extend by a week."})

    assert list(draft.changes.values_list("what", "reason", "is_public")) == [("proposed", "Extend by a week.", False)]


def test_an_event_made_here_belongs_to_it_and_talks_about_its_themes(signed_in, draft, runner):
    themes = [ThemeFactory(consultation=draft, name=name) for name in ("Ideas", "People")]
    foreign = ThemeFactory()
    typed = {
        "title": "Round table",
        "type": "round_table",
        "mode": "in_person",
        "day": "2040-02-01",
        "starts": "10:00",
        "ends": "12:00",
        "venue_name": "Exchange Hall",
        "capacity": "30",
    }
    client = signed_in(runner)

    assert client.post(at("new_event"), {**typed, "themes": [foreign.pk]}).status_code == 422
    client.post(at("new_event"), {**typed, "themes": [theme.pk for theme in themes]})

    event = Event.objects.get()
    assert (event.state, event.context_title, event.context_reference) == ("draft", draft.title, draft.reference)
    assert list(ThemeTopic.objects.order_by("pk").values_list("theme__name", "topic__title")) == [
        ("Ideas", "Ideas"),
        ("People", "People"),
    ]
    client.post(at("event_themes", event.public_id), {"themes": [themes[1].pk]})
    assert list(ThemeTopic.objects.values_list("theme__name", flat=True)) == ["People"]
    assert "Round table" in client.get(at("events")).content.decode()
