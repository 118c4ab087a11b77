"""A summary is drafted by a task, edited by its author, approved by somebody else, and says only what may be said."""

import io
import zipfile

import pytest
from django.urls import reverse
from docx import Document

from consultations.analysis import figures
from consultations.submissions.models import Submission, TextAnswer
from consultations.summaries import actions, drafting, lifecycle, queries, tasks
from consultations.summaries.models import Finding, Summary
from engagement.audit.models import Entry
from engagement.core import jobs
from engagement.core.errors import Refused
from tests.factories.accounts import UserFactory
from tests.factories.analysis import CodeFactory, CodeFrameFactory, agreed_note, coded, heard, survey_asking
from tests.factories.programme import AssignmentFactory, ConsultationFactory, ThemeFactory
from tests.factories.stakeholders import KindFactory, OrganisationFactory

pytestmark = pytest.mark.django_db

WORDS = "The last bus leaves an hour before the late shift ends."


@pytest.fixture
def survey():
    return survey_asking(ConsultationFactory(reference="lis", title="Local strategy"))


@pytest.fixture
def officer(survey):
    return AssignmentFactory(consultation=survey.consultation, role="officer").user


@pytest.fixture
def administrator():
    return UserFactory(administrator=True)


@pytest.fixture
def buses(survey):
    theme = ThemeFactory(consultation=survey.consultation, code="transport", name="Transport")
    frame = CodeFrameFactory(consultation=survey.consultation)
    above = CodeFactory(frame=frame, code=theme.code, label=theme.name)
    return CodeFactory(frame=frame, parent=above, label="Buses", code="buses")


def _said(survey, code, words=WORDS, count=1, **fields):
    kind = fields.pop("kind", None) or KindFactory()
    for number in range(count):
        organisation = OrganisationFactory(
            kind=kind, name=f"{words[:9]} {number} {fields.get('confidentiality', '')} Ltd"
        )
        heard(survey, {"grow": "yes", "why": words}, kind=kind, organisation=organisation, **fields)
        coded(TextAnswer.objects.latest("pk"), code)


def _draft(survey, officer, title=""):
    summary = actions.request_draft(survey.consultation, title=title, actor=officer)
    tasks.draft(summary.pk)
    summary.refresh_from_db()
    return summary


def test_the_draft_holds_figures_findings_and_quotations_with_their_sources(survey, officer, buses):
    _said(survey, buses, count=6)
    coded(agreed_note(survey.consultation, "Two operators and two tickets, says every table in the room."), buses)

    summary = _draft(survey, officer)

    kinds = list(summary.findings.values_list("kind", flat=True))
    finding = summary.findings.get(kind="finding")
    assert summary.state == "draft"
    assert {"heading", "context", "figure", "finding", "quotation"} <= set(kinds)
    assert finding.text.startswith("“Buses” was raised by 7 of 7 sources")
    assert finding.citations.count() == 6
    assert queries.problems(summary) == []


@pytest.mark.parametrize("rings", [1, 2])
def test_the_task_may_come_twice_and_drafts_once(survey, officer, buses, rings):
    _said(survey, buses)
    summary = actions.request_draft(survey.consultation, title="", actor=officer)

    for _ in range(rings):
        tasks.draft(summary.pk)
        tasks.sweep()

    assert summary.findings.filter(kind="finding").count() == 1
    assert Summary.objects.get().state == "draft"


def test_a_draft_whose_process_was_killed_is_taken_up_again(survey, officer, buses, time_machine):
    _said(survey, buses)
    summary = actions.request_draft(survey.consultation, title="", actor=officer)
    Summary.objects.filter(pk=summary.pk).update(state="building", lease_until=figures_now() + jobs.LEASE)

    tasks.sweep()
    assert Summary.objects.get().state == "building"
    time_machine.move_to(figures_now() + 2 * jobs.LEASE)
    tasks.sweep()
    assert Summary.objects.get().state == "draft"


def test_drafting_is_called_off_after_asking_and_stops(survey, officer, buses, signed_in, monkeypatch):
    _said(survey, buses)
    summary = actions.request_draft(survey.consultation, title="", actor=officer)
    client = signed_in(officer)
    stop = reverse("summaries:call_off", args=["lis", summary.version])
    assert "Nothing of the draft is kept." in client.get(stop).text
    real = drafting.draft

    def draft_and_call_off(*args):
        if Summary.objects.get().state == "building":
            client.post(stop)
        return real(*args)

    monkeypatch.setattr(drafting, "draft", draft_and_call_off)
    tasks.draft(summary.pk)
    tasks.sweep()

    assert (Summary.objects.get().state, summary.findings.count()) == ("cancelled", 0)
    assert actions.request_draft(survey.consultation, title="", actor=officer) != summary


def figures_now():
    from django.utils import timezone  # noqa: PLC0415 - read at the moment of the call, the clock moves

    return timezone.now()


def test_asking_twice_while_it_is_drafted_gives_the_same_one(survey, officer):
    first = actions.request_draft(survey.consultation, title="", actor=officer)

    assert actions.request_draft(survey.consultation, title="", actor=officer) == first


def test_what_is_not_to_be_published_is_counted_and_never_quoted(survey, officer, administrator, buses, client):
    secret = "Our only customer in the valley is about to close its gates."
    _said(survey, buses, count=6)
    _said(survey, buses, words=secret, confidentiality=Submission.Confidentiality.WITHHELD)
    summary = _draft(survey, officer)
    lifecycle.send_to_review(summary.pk, actor=officer)
    lifecycle.approve(summary.pk, actor=administrator)
    lifecycle.publish(summary.pk, actor=administrator)

    page = client.get(reverse("summaries:published", args=["lis"])).content.decode()

    assert "7 of 7 sources" in page
    assert secret not in page
    assert "Our only " not in page


def test_names_stand_beside_quotations_only_where_partners_said_so(survey, officer, buses):
    _said(survey, buses, confidentiality=Submission.Confidentiality.UNNAMED)
    summary = _draft(survey, officer)
    quotation = summary.findings.get(kind="quotation")

    words = queries.source_words(quotation.citations.get().excerpt)

    assert words.startswith("A partner (")
    assert "Ltd" not in words


def test_small_numbers_are_neither_in_the_tables_nor_in_the_sentences(survey, officer, administrator, buses, client):
    _said(survey, buses, count=3)
    _said(survey, buses, count=9, words="Trains are full from the first stop to the last of the line.")
    summary = _draft(survey, officer)
    for move, who in (
        (lifecycle.send_to_review, officer),
        (lifecycle.approve, administrator),
        (lifecycle.publish, administrator),
    ):
        move(summary.pk, actor=who)

    statements = queries.as_published(Summary.objects.get())

    numbers = [n for one in statements if one.table for row in one.table.rows for n in (row.total, *row.cells)]
    assert not [n for n in numbers if n is not None and 0 < n < 5]
    assert "(3)" not in client.get(reverse("summaries:published", args=["lis"])).content.decode()


def test_the_author_cannot_approve_and_neither_can_whoever_edited_last(survey, officer, administrator, buses):
    _said(survey, buses)
    summary = _draft(survey, officer)
    actions.change_finding(summary.findings.get(kind="finding").pk, text="Buses stop early.", actor=administrator)
    lifecycle.send_to_review(summary.pk, actor=officer)

    with pytest.raises(Refused, match="You wrote this summary"):
        lifecycle.approve(summary.pk, actor=administrator)
    with pytest.raises(Refused, match="Only an administrator"):
        lifecycle.approve(summary.pk, actor=officer)
    assert Summary.objects.get().state == "in_review"


def test_a_stale_figure_and_an_uncited_finding_keep_it_from_approval(survey, officer, buses):
    _said(survey, buses)
    summary = _draft(survey, officer)
    _said(survey, buses, words="One more voice that came in late but before the close of day.")

    with pytest.raises(Refused, match="figure that has changed"):
        lifecycle.send_to_review(summary.pk, actor=officer)
    assert actions.refresh_figures(summary.pk, actor=officer) > 0
    assert "2 of 2" not in summary.findings.get(kind="finding").text  # small numbers are in no sentence
    actions.add_finding(summary.pk, kind="finding", text="Everybody is happy.", actor=officer)
    with pytest.raises(Refused, match="cites nothing"):
        lifecycle.send_to_review(summary.pk, actor=officer)


def test_a_withdrawn_source_is_noticed(survey, officer, buses):
    _said(survey, buses)
    summary = _draft(survey, officer)
    Submission.objects.update(state="withdrawn")

    sentences = " ".join(problem.sentence for problem in queries.problems(summary))

    assert "no longer counts" in sentences
    assert "may not be quoted" in sentences


def test_a_quotation_stands_word_for_word(survey, officer, buses):
    _said(survey, buses)
    summary = _draft(survey, officer)

    with pytest.raises(Refused, match="word for word"):
        actions.change_finding(summary.findings.get(kind="quotation").pk, text="Something else", actor=officer)


def test_the_word_document_holds_what_the_page_holds(survey, officer, administrator, buses, client):
    _said(survey, buses, words="=HYPERLINK(1) is how our stock system greets us every morning, \x0b alas.", count=6)
    summary = _draft(survey, officer, title="What we heard")
    for move, who in (
        (lifecycle.send_to_review, officer),
        (lifecycle.approve, administrator),
        (lifecycle.publish, administrator),
    ):
        move(summary.pk, actor=who)

    answer = client.get(reverse("summaries:published_docx", args=["lis"]))

    document = Document(io.BytesIO(answer.content))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="lis-summary-v1.docx"'
    assert "“Buses” was raised by 6 of 6 sources" in text
    assert "stock system greets us" in text
    assert document.tables[0].rows[0].cells[1].text == "Submissions"
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert not [name for name in names if "comments" in name or "vba" in name.lower()]


def test_the_word_document_is_kept_while_it_says_the_same(survey, officer, administrator, buses, client):
    """Everybody may ask for it as often as they like; what is no longer published is not handed out from the shelf."""
    summary = _draft(survey, officer)
    finding = actions.add_finding(summary.pk, kind="context", text="Enough.", actor=officer)
    lifecycle.send_to_review(summary.pk, actor=officer)
    lifecycle.approve(summary.pk, actor=administrator)
    lifecycle.publish(summary.pk, actor=administrator)
    address = reverse("summaries:published_docx", args=["lis"])

    first, second = client.get(address).content, client.get(address).content
    Finding.objects.filter(pk=finding.pk).update(text="Not enough.")
    third = client.get(address).content

    assert first == second
    assert [p.text for p in Document(io.BytesIO(third)).paragraphs][-1] == "Not enough."


def test_only_one_summary_is_published(survey, officer, administrator, buses):
    for _ in range(2):
        summary = _draft(survey, officer)
        actions.add_finding(summary.pk, kind="context", text="Enough.", actor=officer)
        for move, who in (
            (lifecycle.send_to_review, officer),
            (lifecycle.approve, administrator),
            (lifecycle.publish, administrator),
        ):
            move(summary.pk, actor=who)

    assert list(Summary.objects.order_by("version").values_list("state", flat=True)) == ["superseded", "published"]
    assert Entry.objects.filter(verb="summary.published", actor=administrator).count() == 2


def test_an_unpublished_summary_does_not_exist_for_the_public(survey, officer, buses, client):
    _said(survey, buses)
    _draft(survey, officer)

    assert client.get(reverse("summaries:published", args=["lis"])).status_code == 404
    assert client.get(reverse("summaries:published_docx", args=["lis"])).status_code == 404


def test_the_whole_way_through_the_pages(survey, officer, administrator, buses, signed_in, client):
    _said(survey, buses, count=6)
    author, approver = signed_in(officer), signed_in(administrator)
    author.post(reverse("summaries:request", args=["lis"]), {"title": "What we heard"})
    tasks.draft(Summary.objects.get().pk)
    one = ["lis", 1]
    finding = Finding.objects.get(kind="finding")

    edited = author.get(reverse("summaries:edit", args=one)).content.decode()
    author.post(
        reverse("summaries:change_finding", args=[*one, finding.public_id]), {"text": "Buses came up most of all."}
    )
    author.post(reverse("summaries:send_to_review", args=one))
    refused = author.post(reverse("summaries:approve", args=one)).status_code
    approver.post(reverse("summaries:approve", args=one))
    approver.post(reverse("summaries:publish", args=one))

    assert "drafted by rule" in edited
    assert refused == 403
    assert "Buses came up most of all." in client.get(reverse("summaries:published", args=["lis"])).content.decode()


def test_citing_and_quoting_take_passages_that_may_be_published(survey, officer, buses, signed_in):
    _said(survey, buses, count=2)
    _said(survey, buses, words="Hidden words of a partner who said no.", confidentiality="withheld")
    summary = _draft(survey, officer)
    finding = actions.add_finding(summary.pk, kind="finding", text="Shifts and buses do not meet.", actor=officer)
    client, passages = signed_in(officer), reverse("summaries:passages", args=["lis", 1, finding.public_id])

    page = client.get(passages, {"search": "bus"}).content.decode()
    excerpt = queries.quotable(survey.consultation)[0]
    client.post(passages, {"excerpt": excerpt.public_id, "cite": "yes"})
    client.post(passages, {"excerpt": excerpt.public_id, "quote": "yes"})
    nothing = client.post(passages, {"excerpt": "nonsense", "cite": "yes"})

    assert "Hidden words" not in page
    assert list(finding.citations.values_list("excerpt", flat=True)) == [excerpt.pk]
    assert summary.findings.filter(kind="quotation", text=excerpt.text, order=finding.order + 1).exists()
    assert nothing.status_code == 404


@pytest.mark.parametrize("name", ["list", "request"])
@pytest.mark.parametrize(
    ("role", "status"), [("officer", 200), ("engagement", 200), ("foreign", 404), ("partner", 404)]
)
def test_who_may_open_what(survey, signed_in, name, role, status):
    people = {
        "officer": lambda: AssignmentFactory(consultation=survey.consultation, role="officer").user,
        "engagement": lambda: AssignmentFactory(consultation=survey.consultation, role="engagement").user,
        "foreign": lambda: UserFactory(officer=True),
        "partner": UserFactory,
    }
    expected = 403 if (role, name) == ("engagement", "request") else status

    assert signed_in(people[role]()).get(reverse(f"summaries:{name}", args=["lis"])).status_code == expected


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_many_versions_there_are(
    survey, officer, signed_in, django_assert_num_queries, count
):
    for version in range(1, count + 1):
        Summary.objects.create(
            consultation=survey.consultation, version=version, title=f"Version {version}", state="draft", author=officer
        )
    client = signed_in(officer)

    with django_assert_num_queries(5):
        page = client.get(reverse("summaries:list", args=["lis"]))

    assert page.content.count(b'data-label="Title"') == count


def test_the_pages_are_accessible_and_fit_a_narrow_screen(survey, officer, administrator, buses, open_page, axe, fits):
    _said(survey, buses, count=6)
    summary = _draft(survey, officer)
    for move, who in (
        (lifecycle.send_to_review, officer),
        (lifecycle.approve, administrator),
        (lifecycle.publish, administrator),
    ):
        for address in (reverse("summaries:list", args=["lis"]), reverse("summaries:edit", args=["lis", 1])):
            page = open_page(address, user=who, width=320)
            axe(page)
            fits(page)
        move(summary.pk, actor=who)
    page = open_page(reverse("summaries:published", args=["lis"]), width=320)
    axe(page)
    fits(page)


def test_the_figures_of_a_summary_are_those_of_the_figures_page(survey, officer, buses):
    _said(survey, buses, count=2)
    summary = _draft(survey, officer)

    for finding in summary.findings.exclude(query={}):
        assert queries.table_of(finding) == figures.compute(survey.consultation, finding.query)
