"""Colleagues of one organisation: roles, sections in hands, comments among themselves, and every text kept."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultations.submissions import actions, history, lifecycle, queries, wanted
from consultations.submissions.models import Comment, ResponseRevision, SectionAssignment
from engagement.accounts.models import User
from engagement.core.errors import Refused
from engagement.messaging.models import OutgoingMessage
from engagement.stakeholders.models import Contact, Membership
from tests.consultations.submissions.together import Team
from tests.factories.accounts import UserFactory
from tests.factories.stakeholders import ContactFactory
from tests.factories.submissions import partner

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return Team()


def at(team, name, *args):
    return reverse(f"submissions:{name}", args=[team.submission.public_id, *args])


def text_of(answer):
    return answer.content.decode()


# --- colleagues -----------------------------------------------------------------------------------------


def test_the_lead_asks_a_colleague_who_joins_with_an_account_of_their_own(team, signed_in):
    client = signed_in(team.lead)
    wrong = client.post(at(team, "colleagues"), {"name": "", "email": "no address", "role": "king"})
    assert wrong.status_code == 422
    assert "Write the name of your colleague." in text_of(wrong)

    typed = {"name": "Nora New", "email": "nora@tyne-works.example", "role": "contributor"}
    client.post(at(team, "colleagues"), typed)
    asked = OutgoingMessage.objects.get(rule="submissions.colleague")
    assert (asked.to_email, wanted.why_not(asked)) == ("nora@tyne-works.example", "")
    assert at(team, "join") in asked.text_body
    held = Membership.objects.get(contact__email="nora@tyne-works.example")
    assert (held.role, held.organisation) == ("contributor", team.organisation)

    # Signed in with that address and proven; the guard of the pages waits for the button.
    nora = User.objects.get(email="nora@tyne-works.example")
    assert signed_in(nora).get(at(team, "join")).status_code == 404
    EmailAddress.objects.filter(user=nora).update(verified=True)
    newcomer = signed_in(nora)
    assert newcomer.get(at(team, "tasks")).status_code == 404
    assert "Write the response of Tyne Works together" in text_of(newcomer.get(at(team, "join")))
    assert newcomer.post(at(team, "join")).url == at(team, "tasks")
    assert newcomer.get(at(team, "tasks")).status_code == 200
    assert newcomer.get(at(team, "join")).url == at(team, "tasks")
    stranger = signed_in(partner())
    assert (stranger.get(at(team, "join")).status_code, stranger.post(at(team, "join")).status_code) == (404, 404)


def test_only_the_lead_changes_people_and_one_lead_always_stays(team, signed_in):
    writer = Membership.objects.get(contact__user=team.writer)
    lead = Membership.objects.get(contact__user=team.lead)
    for user in (team.writer, team.reader, team.approver):
        assert signed_in(user).get(at(team, "colleagues")).status_code == 200
        for name in ("colleagues", "share_out"):
            assert signed_in(user).post(at(team, name), {}).status_code == 403
        assert signed_in(user).post(at(team, "remove_colleague", lead.contact.public_id)).status_code == 403
    for change in (
        lambda: actions.change_colleague(team.submission.pk, lead.pk, "viewer", actor=team.lead),
        lambda: actions.remove_colleague(team.submission.pk, lead.pk, actor=team.lead),
    ):
        with pytest.raises(Refused, match="Nobody would lead"):
            change()
    signed_in(team.lead).post(at(team, "change_colleague", writer.contact.public_id), {"role": "lead"})
    writer.refresh_from_db()
    assert writer.role == "lead"
    actions.remove_colleague(team.submission.pk, lead.pk, actor=team.writer)
    assert signed_in(team.lead).get(at(team, "tasks")).status_code == 404


def test_whoever_is_taken_off_loses_access_and_sections_at_once(team, signed_in):
    give(team, team.writer, "growth")
    client = signed_in(team.writer)
    assert client.get(at(team, "tasks")).status_code == 200
    told = OutgoingMessage.objects.get(rule="submissions.assigned")
    assert wanted.why_not(told) == ""
    signed_in(team.lead).post(at(team, "remove_colleague", team.contact(team.writer).public_id))
    for name in ("tasks", "comments", "statement_history", "colleagues"):
        assert client.get(at(team, name)).status_code == 404
    assert not SectionAssignment.objects.exists()
    assert wanted.why_not(told)


def test_our_own_staff_are_no_colleagues(team):
    UserFactory(engagement=True, email="eve@soundings.example")
    with pytest.raises(Refused, match="works for us"):
        actions.invite_colleague(
            team.submission.pk, name="Eve", email="Eve@soundings.example", role="viewer", actor=team.lead
        )


def test_a_viewer_reads_everything_and_changes_nothing(team, signed_in):
    client = signed_in(team.reader)
    for name in ("tasks", "check", "comments", "sign_off", "colleagues", "statement_history"):
        assert client.get(at(team, name)).status_code == 200
    assert client.get(at(team, "history", "views")).status_code == 200
    assert "Say something" not in text_of(client.get(at(team, "comments")))
    for name in ("comments", "sign_off", "statement", "confidentiality", "withdraw", "send_provisionally"):
        assert client.post(at(team, name), {"text": "x"}).status_code == 403
    assert client.post(at(team, "section", "views", "growth"), {"invests": "no"}).status_code == 403
    assert client.post(at(team, "restore_answer", "views", 1), {"key": "barriers_text"}).status_code == 403
    client.post(at(team, "submit"))
    assert team.again().is_draft


# --- sections -------------------------------------------------------------------------------------------


def give(team, user, page, *, due_on=None, is_locked=False, survey=True):
    place = (team.survey.pk if survey else None, page)
    hand = actions.Hand(team.contact(user).pk, due_on, is_locked)
    return actions.assign(team.submission.pk, {place: hand}, titles={place: "Growth"}, actor=team.lead)


def test_sections_are_shared_out_and_stand_first_for_whoever_has_them(team, signed_in):
    who = str(team.contact(team.writer).pk)
    page = signed_in(team.lead).get(at(team, "share_out"))
    assert page.status_code == 200
    day = timezone.localdate() + timedelta(days=4)
    typed = {"who-0": who, "due-0": day.isoformat(), "who-1": who}
    signed_in(team.lead).post(at(team, "share_out"), typed)

    told = OutgoingMessage.objects.get(rule="submissions.assigned")
    assert (told.to_email, told.text_body.count("- ")) == (team.writer.email, 2)
    mine = text_of(signed_in(team.writer).get(at(team, "tasks")))
    assert mine.index("Your sections") < mine.index("Growth and productivity") < mine.index("In your own words")
    assert "Will Writer writes it, until" in mine
    assert "Your sections" not in text_of(signed_in(team.lead).get(at(team, "tasks")))
    # The same once more changes nothing and tells nobody.
    signed_in(team.lead).post(at(team, "share_out"), typed)
    assert OutgoingMessage.objects.filter(rule="submissions.assigned").count() == 1
    wrong = signed_in(team.lead).post(at(team, "share_out"), {"who-0": "999999", "due-0": "soon"})
    assert wrong.status_code == 422


def test_the_task_list_says_what_is_unanswered_and_who_saved_last(team, signed_in):
    team.save("barriers_text", None)
    shown = text_of(signed_in(team.lead).get(at(team, "tasks")))
    assert "2 of 3 questions answered" in shown
    assert "by Will Writer" in shown


def test_a_section_guides_and_only_a_lock_keeps_others_out(team, signed_in):
    give(team, team.approver, "growth")
    team.save("barriers_text", "Anybody may.")
    give(team, team.approver, "growth", is_locked=True)
    with pytest.raises(Refused, match="kept for Anna Approver"):
        team.save("barriers_text", "Not any more.")
    typed = {"invests": "yes", "barriers_text": "Not any more.", "revision": "99"}
    refused = signed_in(team.writer).post(at(team, "section", "views", "growth"), typed)
    assert refused.status_code == 422
    assert "Not any more." in text_of(refused)
    for user in (team.approver, team.lead):
        team.save("barriers_text", f"By {user}", user=user)
    assert team.response.data["barriers_text"] == "By Lena Lead"

    give(team, team.approver, "", is_locked=True, survey=False)
    with pytest.raises(Refused, match="kept for Anna Approver"):
        actions.save_statement(team.submission.pk, "Mine", actor=team.writer)
    actions.save_statement(team.submission.pk, "Ours", actor=team.approver)


def test_a_section_is_in_one_hand(team):
    give(team, team.approver, "growth")
    give(team, team.writer, "growth")
    assert SectionAssignment.objects.get().contact.user == team.writer
    for facts in ({"survey": team.survey, "page": "growth"}, {"survey": team.survey, "page": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SectionAssignment.objects.create(submission=team.submission, contact=team.contact(team.lead), **facts)
    outsider = ContactFactory()
    with pytest.raises(Refused, match="not a colleague"):
        actions.assign(
            team.submission.pk, {(None, ""): actions.Hand(outsider.pk)}, titles={(None, ""): "x"}, actor=team.lead
        )


def test_pages_of_colleagues_cost_the_same_however_many_there_are(team, signed_in):
    client = signed_in(team.lead)
    paths = [at(team, name) for name in ("tasks", "colleagues", "comments", "share_out", "sign_off", "check")]
    paths += [at(team, "history", "views"), at(team, "section", "views", "growth")]

    def add(number, page):
        user = partner(team.organisation, role="contributor", name=f"Colleague {number}")
        actions.comment(team.submission.pk, text=f"Comment {number}", place=(team.survey.pk, "growth"), actor=user)
        give(team, user, page)
        team.save("barriers_text", f"Text {number}", user=user)

    def costs():
        found = {}
        for path in paths:
            with CaptureQueriesContext(connection) as queries_:
                assert client.get(path).status_code == 200
            found[path] = len(queries_)
        return found

    add(1, "growth")
    costs()  # documents of surveys are read once for each process
    before = costs()
    add(2, "numbers")
    add(3, "training")
    assert costs() == before
    assert max(before.values()) < 35


# --- comments -------------------------------------------------------------------------------------------


def test_comments_are_made_dealt_with_and_opened_again(team, signed_in):
    client = signed_in(team.writer)
    page = text_of(client.get(at(team, "comments") + "?about=views:growth"))
    assert 'value="views:growth" selected' in page
    assert client.post(at(team, "comments"), {"about": "views:growth", "text": " "}).status_code == 422
    assert client.post(at(team, "comments"), {"about": "views:elsewhere", "text": "x"}).status_code == 422
    client.post(at(team, "comments"), {"about": "views:growth:barriers_text", "text": "Is this <b>true</b>?"})
    comment = Comment.objects.get()
    assert (comment.page, comment.question_code, comment.author) == ("growth", "barriers_text", team.writer)

    shown = text_of(signed_in(team.reader).get(at(team, "comments")))
    assert "Is this &lt;b&gt;true&lt;/b&gt;?" in shown
    assert "1 open comment" in text_of(signed_in(team.reader).get(at(team, "tasks")))
    assert "Is this" in text_of(client.get(at(team, "section", "views", "growth")))
    assert "Is this" not in text_of(client.get(at(team, "section", "views", "numbers")))
    resolve = at(team, "resolve_comment", comment.public_id)
    for _ in range(2):
        signed_in(team.lead).post(resolve)
    comment.refresh_from_db()
    assert comment.resolved_by == team.lead
    client.post(resolve, {"reopen": "1"})
    comment.refresh_from_db()
    assert (comment.resolved_at, comment.resolved_by) == (None, None)
    assert signed_in(partner()).post(resolve).status_code == 404


# --- history --------------------------------------------------------------------------------------------


def test_every_save_is_shown_with_its_difference_and_an_earlier_text_is_put_back(team, signed_in):
    team.save("barriers_text", "The buses end too early.")
    first = team.response.revision
    team.save("barriers_text", "The last buses end too early.", user=team.lead)
    client = signed_in(team.writer)
    page = text_of(client.get(at(team, "history", "views")))
    assert '<ins><span class="visually-hidden">[added: </span> last' in page
    assert page.index("Lena Lead") < page.index("Will Writer")

    client.post(at(team, "restore_answer", "views", first), {"key": "barriers_text"})
    assert team.response.data["barriers_text"] == "The buses end too early."
    last = ResponseRevision.objects.order_by("number").last()
    assert (last.kind, last.actor, last.number) == ("saved", team.writer, first + 2)
    # Nothing of this survey, of another one, or of another organisation is put back by a guess.
    for address, key in (
        (at(team, "restore_answer", "views", 999), "barriers_text"),
        (at(team, "restore_answer", "views", first), "turnover"),
    ):
        assert "no such text" in text_of(client.post(address, {"key": key}, follow=True))
    assert client.post(at(team, "restore_answer", "nothing", 1), {"key": "x"}).status_code == 404
    only = text_of(client.get(at(team, "history", "views") + "?question=invests"))
    assert "Only what touched" in only
    assert "buses" not in only


def test_the_statement_has_a_history_too(team, signed_in):
    actions.save_statement(team.submission.pk, "We want buses.", actor=team.lead)
    actions.save_statement(team.submission.pk, "We want trains.", actor=team.writer)
    client = signed_in(team.lead)
    page = text_of(client.get(at(team, "statement_history")))
    assert "<del><span" in page
    client.post(at(team, "restore_statement", 1))
    assert team.again().statement == "We want buses."
    lifecycle.submit(team.submission.pk, actor=team.lead)
    sent = text_of(client.get(at(team, "statement_history")))
    assert "We want" in sent
    assert "Put this text back" not in sent
    client.post(at(team, "restore_statement", 2))
    assert team.again().statement == "We want buses."


def test_what_lost_against_a_colleague_is_in_the_history_and_can_be_put_back(team):
    before = team.response.revision
    team.save("barriers_text", "Hers.", user=team.lead)
    with pytest.raises(actions.Conflict) as conflict:
        actions.save_section(
            team.response.pk,
            page_code="growth",
            answers={"barriers_text": "His."},
            revision=before,
            actor=team.writer,
        )
    part = queries.part_of(team.again(), "views")
    kept = next(save for save in history.of_answers(part) if save.number == conflict.value.number)
    assert [(change.after, change.is_aside) for change in kept.changes] == [("His.", True)]
    actions.restore_answer(team.response.pk, kept.number, "barriers_text", actor=team.writer)
    assert team.response.data["barriers_text"] == "His."


def test_a_contact_that_is_forgotten_takes_its_sections_along_and_leaves_the_rest(team):
    give(team, team.writer, "growth")
    Contact.objects.filter(user=team.writer).delete()
    assert not SectionAssignment.objects.exists()
    assert team.response.data["invests"] == "yes"
