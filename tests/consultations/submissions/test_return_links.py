"""Answering without an account: the private return link, what it opens and what it does not, floods, claiming."""

import logging
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from consultations.invitations.models import Invitation
from consultations.programme.models import Consultation
from consultations.submissions import actions, flood, forgetting, lifecycle, links, tasks
from consultations.submissions.models import Submission
from engagement.audit.models import Entry
from engagement.core import limits
from engagement.core.errors import Refused
from engagement.core.logs import WithoutTokens
from engagement.messaging.models import OutgoingMessage
from tests.factories.accounts import UserFactory
from tests.factories.invitations import InvitationFactory
from tests.factories.programme import AssignmentFactory, ConsultationFactory
from tests.factories.stakeholders import AreaFactory, ContactFactory, KindFactory, SectorFactory
from tests.factories.submissions import partner
from tests.factories.surveys import SAMPLE_ANSWERS, published_survey
from tests.plugins.client import StrictClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def consultation():
    found = ConsultationFactory(reference="growing", title="Growing together", access=Consultation.Access.OPEN)
    published_survey(found, code="views", title="Your views")
    return found


@pytest.fixture
def about():
    """What the form before a response asks for."""
    kind = KindFactory(sector=SectorFactory(code="individual", name="Individuals"), name="Resident")
    return {"kind": kind.code, "areas": [AreaFactory(name="Tyneside").code]}


def url(name, *args):
    return reverse(f"submissions:{name}", args=args)


def begin(client, consultation, about, *, way="start_open", seconds=10, **more):
    facts = {**about, "stamp": flood.stamp(consultation, at=timezone.now().timestamp() - seconds), **more}
    return client.post(url(way, consultation.reference), facts)


@pytest.fixture
def held(client, consultation, about):
    """A draft begun in this client; its token is in the client's cookies."""
    assert begin(client, consultation, about).status_code == 302
    return Submission.objects.get()


def token_of(client):
    return client.cookies[links.cookie_name()].value


def answer(submission, **facts):
    actions.fill(submission, submission.consultation.surveys.get(), SAMPLE_ANSWERS)
    actions.choose_confidentiality(submission.pk, "unnamed", **facts)


def test_without_an_account_one_chooses_a_way_where_that_is_taken(client, consultation):
    page = client.get(url("respond", "growing")).content.decode()
    assert "Respond without an account" in page
    assert "Respond anonymously" not in page

    consultation.takes_anonymous = True
    consultation.save()
    assert "Respond anonymously" in client.get(url("respond", "growing")).content.decode()

    consultation.access = Consultation.Access.PUBLIC
    consultation.save()
    sent_on = client.get(url("respond", "growing"))
    assert sent_on.status_code == 302
    assert sent_on.url.startswith(reverse("account_login"))


def test_a_response_begins_with_a_link_of_which_only_the_fingerprint_is_stored(client, held):
    token = token_of(client)
    page = client.get(url("link", held.public_id)).content.decode()

    assert re.fullmatch(r"([34679ACDEFGHJKMNPQRTWXY]{4}-){6}[34679ACDEFGHJKMNPQRTWXY]{4}", token)
    assert links.url_of(token) in page
    assert held.link_key == links.key_of(token)
    assert (held.respondent, held.organisation, held.respondent_email) == (None, None, "")
    assert held.kind.name == "Resident"
    assert token.replace("-", "") not in str(list(Submission.objects.values())) + str(list(Entry.objects.values()))
    cookie = client.cookies[links.cookie_name()]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_the_link_opens_the_response_on_another_device(client, held):
    token = token_of(client)
    other = StrictClient()
    address = links.url_of(token).removeprefix("http://127.0.0.1:8000")

    page = other.get(address)
    assert page.headers["Referrer-Policy"] == "strict-origin"
    assert "no-store" in page.headers["Cache-Control"]
    opened = other.post(url("return"), {"code": token.lower().replace("-", " ")})

    assert opened.url == url("tasks", held.public_id)
    page = other.get(opened.url)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store, private"


def test_from_the_first_answer_to_the_receipt_and_back_before_the_close(client, held, time_machine):
    answer(held)
    page = client.post(
        url("section", held.public_id, "views", "growth"),
        {"invests": "yes", "barriers_text": "Too few buses.", "later": "1", "revision": held.responses.get().revision},
    )
    assert page.status_code == 302
    held.refresh_from_db()
    assert held.responses.get().data["barriers_text"] == "Too few buses."
    assert held.responses.get().last_edited_by is None

    for _ in range(2):
        assert client.post(url("submit", held.public_id)).url == url("receipt", held.public_id)
    held.refresh_from_db()
    assert (held.state, held.timing, held.channel, held.submitted_by) == ("submitted", "on_time", "online", None)
    receipt = client.get(url("receipt", held.public_id)).content.decode()
    assert held.reference in receipt
    assert "return link until the consultation closes" in receipt
    assert not OutgoingMessage.objects.exists()

    client.post(url("reopen", held.public_id))
    held.refresh_from_db()
    assert held.is_draft
    lifecycle.submit(held.pk)

    time_machine.move_to(held.consultation.closes_at + timedelta(minutes=1))
    ended = client.get(url("receipt", held.public_id))
    assert ended.status_code == 403
    assert "This return link has ended" in ended.content.decode()


def test_answers_that_no_longer_apply_are_left_out_by_the_link_too(client, held):
    answer(held)
    client.post(
        url("section", held.public_id, "views", "growth"),
        {"invests": "no", "later": "1", "revision": held.responses.get().revision},
    )

    client.post(url("submit", held.public_id))

    held.refresh_from_db()
    response = held.responses.get()
    assert held.state == "submitted"
    assert "provider" not in response.data
    assert response.revisions.get(kind="sent").actor is None


def test_a_draft_can_still_be_sent_late_by_its_link(client, held, time_machine):
    answer(held)
    held.consultation.state = Consultation.State.CLOSED
    held.consultation.save()
    time_machine.move_to(held.consultation.closes_at + timedelta(days=1))

    client.post(url("submit", held.public_id))

    held.refresh_from_db()
    assert (held.state, held.timing) == ("submitted", "late")


def test_the_link_signs_nobody_in(client, held):
    for name in ("accounts:profile", "dashboards:my_page", "dashboards:home", "submissions:list"):
        args = [held.consultation.reference] if name == "submissions:list" else []
        sent_on = client.get(reverse(name, args=args))
        assert sent_on.status_code == 302, name
        assert sent_on.url.startswith(reverse("account_login"))
    assert "sessionid" not in client.cookies
    assert "_auth_user_id" not in client.session


def test_the_link_opens_no_other_response(client, held, consultation, about):
    others, own = StrictClient(), partner()
    begin(others, consultation, about)
    other = Submission.objects.exclude(pk=held.pk).get()
    account = actions.start(consultation, own)

    assert client.get(url("tasks", other.public_id)).status_code == 403
    assert client.post(url("submit", other.public_id)).status_code == 403
    assert client.get(url("tasks", account.public_id)).url.startswith(reverse("account_login"))


def test_staff_and_strangers_see_no_draft_that_hangs_on_a_link(held, signed_in):
    officer = AssignmentFactory(consultation=held.consultation, role="officer").user
    for user in (officer, UserFactory(administrator=True), partner()):
        page = signed_in(user).get(url("tasks", held.public_id))
        assert page.status_code == 403
        assert "needs its return link" in page.content.decode()
    assert held.reference not in signed_in(officer).get(url("list", "growing")).content.decode()


def test_what_was_typed_is_given_back_when_the_browser_has_forgotten_the_link(client, held):
    del client.cookies[links.cookie_name()]

    page = client.post(url("section", held.public_id, "views", "growth"), {"barriers_text": "Too few buses."})

    assert page.status_code == 403
    assert "Too few buses." in page.content.decode()
    assert "typed" not in client.session


def test_leaving_forgets_the_link_in_this_browser_only(client, held):
    token = token_of(client)

    left = client.post(url("leave", held.public_id))

    assert left.url == reverse("programme:consultation", args=["growing"])
    assert client.cookies[links.cookie_name()].value == ""
    assert links.find(token) == held


@pytest.mark.parametrize("code", ["nonsense", "A" * 28, "\x00" * 28, "é" * 28, "http://elsewhere.example/return/x/"])
def test_a_code_that_opens_nothing_gets_a_plain_sentence(client, held, code):
    page = client.post(url("return"), {"code": code})

    assert page.status_code == 422
    assert ("opens nothing" in page.content.decode()) or ("Null characters" in page.content.decode())


def test_guessing_is_limited_for_each_network_and_no_address_is_kept(client, held):
    token = token_of(client)
    guesser = StrictClient()
    for _ in range(flood.WRONG_LINKS.most):
        assert "opens nothing" in guesser.post(url("return"), {"code": links.new()}).content.decode()

    assert "Too many links" in guesser.post(url("return"), {"code": token}).content.decode()
    elsewhere = StrictClient(REMOTE_ADDR="192.0.2.7")
    assert elsewhere.post(url("return"), {"code": token}).status_code == 302
    assert "127.0.0.1" not in str(cache._cache)


def test_the_count_of_one_period_cannot_be_led_back_in_the_next(rf, time_machine):
    request = rf.post("/return/")
    time_machine.move_to(timezone.now(), tick=False)
    flood.count(flood.WRONG_LINKS, request)
    before = limits._place(flood.WRONG_LINKS, limits.network_of(request))
    time_machine.shift(flood.WRONG_LINKS.seconds)

    after = limits._place(flood.WRONG_LINKS, limits.network_of(request))
    assert before != after
    time_machine.shift(-flood.WRONG_LINKS.seconds)
    assert limits._place(flood.WRONG_LINKS, limits.network_of(request)) != before


def test_programs_are_told_apart_without_asking_anybody_else(client, consultation, about):
    too_quick = begin(client, consultation, about, seconds=0)
    trapped = begin(client, consultation, about, website="https://buy.example")
    forged = client.post(url("start_open", "growing"), {**about, "stamp": "forged"})
    of_another = begin(client, consultation, about, stamp=flood.stamp(ConsultationFactory(), at=0))
    too_old = begin(client, consultation, about, seconds=2 * 24 * 3600)

    for page, sentence in (
        (too_quick, "quicker than people read"),
        (trapped, "is to stay empty"),
        (forged, "open for a long time"),
        (of_another, "open for a long time"),
        (too_old, "open for a long time"),
    ):
        assert page.status_code == 422
        assert sentence in page.content.decode()
    assert not Submission.objects.exists()


def test_a_form_that_comes_back_was_opened_when_it_was_first_opened(client, consultation, about, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    earlier = flood.stamp(consultation, at=timezone.now().timestamp() - 1)
    page = client.post(url("start_open", "growing"), {**about, "stamp": earlier}).content.decode()

    assert f'name="stamp" value="{earlier}"' in page
    again = client.post(url("start_open", "growing"), {**about, "stamp": "forged"}).content.decode()
    assert 'value="forged"' not in again


def test_a_flood_of_starts_is_stopped_for_the_network_and_for_the_consultation(
    client, consultation, about, settings, monkeypatch
):
    monkeypatch.setattr(flood, "STARTS", replace(flood.STARTS, most=6))
    settings.OPEN_STARTS_A_DAY = 2
    for _ in range(2):
        assert begin(client, consultation, about).status_code == 302
    full = begin(StrictClient(REMOTE_ADDR="192.0.2.7"), consultation, about)
    assert "More responses than usual" in full.content.decode()

    settings.OPEN_STARTS_A_DAY = 2000
    other = ConsultationFactory(access=Consultation.Access.OPEN)
    for _ in range(flood.STARTS.most - 2):
        assert begin(client, other, about).status_code == 302
    assert "within the hour" in begin(client, other, about).content.decode()


def test_an_account_is_asked_for_where_the_consultation_says_so(client, consultation, about):
    consultation.access = Consultation.Access.PUBLIC
    consultation.save()

    page = begin(client, consultation, about)

    assert page.status_code == 422
    assert "asks for an account" in page.content.decode()
    assert not Submission.objects.exists()


def test_without_a_name_none_can_be_published_and_without_an_address_nobody_contacted(client, held):
    page = client.get(url("confidentiality", held.public_id)).content.decode()
    assert "without my name" not in page
    assert "may_contact" not in page

    Submission.objects.filter(pk=held.pk).update(respondent_name="Ada Fell", respondent_email="ada@fell.example")
    page = client.get(url("confidentiality", held.public_id)).content.decode()
    assert "Yes, with my name" in page
    assert "may_contact" in page


def test_the_link_is_mailed_once_and_taken_out_of_the_copy_when_it_has_left(client, held):
    token = token_of(client)
    for _ in range(2):
        sent_on = client.post(url("link", held.public_id), {"email": "Ada@fell.example"})
        assert sent_on.url == url("tasks", held.public_id)
    message = OutgoingMessage.objects.get()
    assert (message.to_email, message.is_secret) == ("Ada@fell.example", True)
    assert links.url_of(token) in message.text_body
    assert links.url_of(token) in message.html_body

    tasks.sweep()
    message.refresh_from_db()
    assert links.url_of(token) in message.text_body

    OutgoingMessage.objects.update(state="sent", sent_at=timezone.now())
    for _ in range(2):
        tasks.sweep()
    message.refresh_from_db()
    assert (message.text_body, message.html_body) == (forgetting.FORGOTTEN, "")
    assert token not in str(list(OutgoingMessage.objects.values()))

    answer(held, may_contact=True)
    client.post(url("submit", held.public_id))
    assert OutgoingMessage.objects.get(rule="submissions.receipt").to_email == "Ada@fell.example"


def test_one_link_goes_to_three_addresses_at_most(client, held):
    for number in range(actions.returning.MOST_ADDRESSES):
        assert client.post(url("link", held.public_id), {"email": f"a{number}@fell.example"}).status_code == 302

    page = client.post(url("link", held.public_id), {"email": "another@fell.example"})

    assert page.status_code == 422
    assert "3 addresses already" in page.content.decode()


def test_a_response_is_taken_into_an_account(client, held):
    user = UserFactory(email="ada@fell.example", name="Ada Fell")
    invitation = InvitationFactory(
        consultation=held.consultation, organisation=None, contact=ContactFactory(email="ada@fell.example")
    )
    assert client.get(url("claim", held.public_id)).url.startswith(reverse("account_login"))
    token = token_of(client)
    client.force_login(user)
    client.cookies[links.cookie_name()] = token
    assert "ada@fell.example" in client.get(url("claim", held.public_id)).content.decode()

    claimed = client.post(url("claim", held.public_id))

    assert claimed.url == url("tasks", held.public_id)
    held.refresh_from_db()
    assert (held.respondent, held.respondent_name, held.link_key) == (user, "Ada Fell", None)
    assert client.get(url("tasks", held.public_id)).status_code == 200
    assert StrictClient().post(url("return"), {"code": token}).status_code == 422
    assert Invitation.objects.get(pk=invitation.pk).state == "started"
    assert Entry.objects.get(verb="submission.claimed").actor == user


def test_whoever_has_a_response_of_their_own_takes_no_second_one(client, held):
    user = partner()
    actions.start(held.consultation, user)

    with pytest.raises(Refused, match="a response of your own"):
        actions.claim(held.pk, user)

    held.refresh_from_db()
    assert held.respondent is None


def test_what_is_written_by_the_link_is_written_by_nobody_else(client, held):
    """A browser that is signed in and has the link: the account is not beside what is saved."""
    token = token_of(client)
    client.force_login(UserFactory(name="Ada Fell"))
    client.cookies[links.cookie_name()] = token

    client.post(url("section", held.public_id, "views", "growth"), {"invests": "yes", "later": "1"})
    client.post(url("statement", held.public_id), {"statement": "Buses.", "revision": "0"})

    response = held.responses.get()
    assert (response.last_edited_by, response.revisions.get().actor) == (None, None)
    assert held.statements.get().actor is None
    page = client.get(url("tasks", held.public_id)).content.decode()
    assert "Ada Fell" not in page
    assert " by us" not in page


def test_two_windows_of_one_person_settle_what_they_wrote(client, held):
    address = url("section", held.public_id, "views", "growth")
    client.post(address, {"invests": "yes", "barriers_text": "Buses.", "later": "1", "revision": "0"})
    clash = client.post(address, {"invests": "yes", "barriers_text": "Trains.", "later": "1", "revision": "0"})

    assert "/conflicts/" in clash.url
    assert client.get(clash.url).status_code == 200
    assert "changed the same answer" in client.get(url("tasks", held.public_id)).content.decode()


def test_without_an_account_three_documents_are_enough(client, held):
    for number in range(4):
        page = client.post(
            url("documents", held.public_id), {"file": text_file(f"note-{number}.txt", f"What we found {number}\n")}
        )
    assert page.status_code == 422
    assert "room for 3 documents" in page.content.decode()


def text_file(name, text):
    return SimpleUploadedFile(name, text.encode(), content_type="text/plain")


def test_no_log_line_carries_a_token(client, held, caplog):
    token = token_of(client)
    caplog.set_level(logging.DEBUG)
    client.raise_request_exception = False
    client.get(links.url_of(token).removeprefix("http://127.0.0.1:8000") + "extra/")
    for code in (token[:-1], token):
        client.post(url("return"), {"code": code})

    hide = WithoutTokens()
    lines = []
    for record in caplog.records:
        hide.filter(record)
        lines.append(record.getMessage())
    assert any("/return/…" in line for line in lines)
    assert not [line for line in lines if token in line or token.replace("-", "") in line]


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("Not Found: /return/7K3Q-XM4R-9DPH/", "Not Found: /return/…/"),
        ("Not Found: /return/abc", "Not Found: /return/…"),
        ("Not Found: /events/b/ImFiYyI:1abCDe:kqh3Kw8mVv-abcdefghij/ics", "Not Found: /events/b/…/ics"),
        (
            "Gone: /submissions/3d5f4c1e-8a53-4c8b-9a4e-0f8a2f6f1a11/check/",
            "Gone: /submissions/3d5f4c1e-8a53-4c8b-9a4e-0f8a2f6f1a11/check/",
        ),
        ("/manage/local-industrial-strategy-2018-2019/", "/manage/local-industrial-strategy-2018-2019/"),
    ],
)
def test_what_lets_somebody_in_is_not_logged_and_the_rest_is(line, written):
    record = logging.LogRecord("django.request", logging.WARNING, __file__, 1, line, None, None)
    WithoutTokens().filter(record)
    assert record.getMessage() == written
