"""Exports hold what their profile may carry, survive being opened by others, and are recorded."""

import csv
import io
import json
import zipfile
from datetime import timedelta

import pytest
import python_calamine
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from consultations.exports import actions, build, tasks
from consultations.exports.models import Download, ExportJob
from consultations.submissions.models import Response, Submission, TextAnswer
from consultations.surveys.definition import Choice, Question
from engagement.audit.models import Entry
from engagement.core.errors import Refused
from tests.factories.accounts import UserFactory
from tests.factories.analysis import (
    QUESTIONS,
    CodeFactory,
    CodeFrameFactory,
    agreed_note,
    coded,
    heard,
    survey_asking,
)
from tests.factories.programme import AssignmentFactory, ConsultationFactory
from tests.factories.stakeholders import KindFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
HOSTILE = ["=1+1", "+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\tx", "＝1", 'line\nbreak, "quote"', "007", "Ŵŷ – ünï"]


@pytest.fixture
def survey():
    return survey_asking(ConsultationFactory(reference="lis"))


@pytest.fixture
def officer(survey):
    return AssignmentFactory(consultation=survey.consultation, role="officer").user


@pytest.fixture
def administrator():
    return UserFactory(administrator=True)


def _built(survey, actor, profile="pseudonymous", file_format="csv", **more):
    job = actions.request_export(survey.consultation, profile=profile, file_format=file_format, actor=actor, **more)
    tasks.build_export(job.pk)
    job.refresh_from_db()
    return job


def _content(job):
    with job.file.open("rb") as file:
        return io.BytesIO(file.read())


def _tables(job):
    with zipfile.ZipFile(_content(job)) as archive:
        return {
            name.removesuffix(".csv"): list(csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"), newline="")))
            for name in archive.namelist()
        }


def _sheets(job):
    workbook = python_calamine.CalamineWorkbook.from_filelike(_content(job))
    return {name: workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names}


def test_several_choices_have_a_column_each_and_blank_is_not_nought(survey, officer):
    heard(survey, {"barriers": ["skills"], "people": 12, "rate": {"roads": "yes"}})
    heard(survey, {"grow": "no"})

    header, ticked, unasked = _tables(_built(survey, officer))["main"]

    first, second = dict(zip(header, ticked, strict=True)), dict(zip(header, unasked, strict=True))
    assert (first["barriers"], first["barriers__skills"], first["barriers__cash"]) == ("skills", "1", "0")
    assert (first["people"], first["rate__roads"], first["rate__rail"]) == ("12", "yes", "")
    assert (second["barriers__skills"], second["grow"]) == ("", "no")


def test_columns_come_from_every_version_and_not_from_the_data(survey, officer):
    heard(survey, {"grow": "no", "barriers": ["cash"]})
    later = (
        Question("grow", "single", "Will you grow?", choices=(Choice("yes", "Yes"),)),
        Question("new", "short_text", "Anything new?"),
    )
    survey_asking(survey.consultation, later)
    heard(survey, {"new": "Yes"})

    tables = _tables(_built(survey, officer))

    names = tables["main"][0]
    assert [name for name in ("grow", "barriers__skills", "barriers__cash", "new", "why") if name in names] == [
        "grow", "barriers__skills", "barriers__cash", "new", "why",
    ]  # fmt: skip
    assert dict(zip(names, tables["main"][1], strict=True))["grow"] == "no"
    book = {row[1]: row for row in tables["codebook"][1:]}
    assert book["grow"][-3:] == ["1", "2", "1"]
    assert "no = No" in book["grow"][5]


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_hostile_texts_come_back_as_texts(survey, officer, file_format):
    for text in HOSTILE:
        heard(survey, {"why": text})

    job = _built(survey, officer, file_format=file_format)

    rows = _tables(job)["main"] if file_format == "csv" else _sheets(job)["main"]
    place = rows[0].index("why")
    cells = [row[place] for row in rows[1:]]
    if file_format == "csv":
        assert [
            cell.removeprefix("'") if cell[:2] in {"'=", "'+", "'-", "'@", "'\t", "'＝"} else cell for cell in cells
        ] == HOSTILE
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "＝"))]
    else:
        assert cells == HOSTILE
        assert b"<f>" not in b"".join(_parts(job))


def _parts(job):
    with zipfile.ZipFile(_content(job)) as archive:
        return [archive.read(name) for name in archive.namelist() if "sheet" in name]


def test_a_text_too_long_for_a_cell_stands_whole_in_its_own_sheet(survey, officer):
    text = "Evidence. " * 7000
    heard(survey, {"why": text})

    sheets = _sheets(_built(survey, officer, file_format="xlsx"))

    assert "".join(row[4] for row in sheets["long_text"][1:]) == text
    assert sheets["main"][1][sheets["main"][0].index("why")].endswith("long_text]")


def test_a_workbook_hides_nothing(survey, officer):
    heard(survey, {"why": "x"})
    with zipfile.ZipFile(_content(_built(survey, officer, file_format="xlsx"))) as archive:
        names, book = archive.namelist(), archive.read("xl/workbook.xml").decode()
        core = archive.read("docProps/core.xml").decode()

    assert "hidden" not in book.lower()
    assert not [name for name in names if "comment" in name or "pivot" in name or "external" in name]
    assert "<dc:creator></dc:creator>" in core or "<dc:creator/>" in core


def _three_partners(survey):
    people = {}
    for choice in Submission.Confidentiality.values:
        organisation = OrganisationFactory(name=f"{choice.title()} Works")
        people[choice] = heard(
            survey,
            {"why": f"Words of the {choice} one."},
            organisation=organisation,
            kind=KindFactory(),
            confidentiality=choice,
            respondent_name=f"Person {choice}",
            respondent_email=f"{choice}@works.example",
            statement=f"Statement of the {choice} one.",
        )
    return people


def test_the_public_profile_carries_what_may_be_published_and_names_as_agreed(survey, officer):
    _three_partners(survey)

    content = json.dumps(_tables(_built(survey, officer, profile="public")))

    assert "Words of the named one." in content
    assert "Words of the unnamed one." in content
    assert "Named Works" in content
    for secret in ("withheld", "Withheld", "Unnamed Works", "works.example", "Person named"):
        assert f"{secret} one" not in content or secret == "unnamed"
        assert secret not in content.replace("withheld = do not publish", "")


def test_the_pseudonymous_profile_has_no_names_and_the_same_pseudonym_every_time(survey, officer):
    _three_partners(survey)

    first, second = (_tables(_built(survey, officer)) for _ in range(2))

    content = json.dumps(first)
    assert len(first["main"]) == 4
    assert [row[0] for row in first["main"]] == [row[0] for row in second["main"]]
    assert "Works" not in content
    assert "works.example" not in content
    assert not [
        reference for reference in Submission.objects.values_list("reference", flat=True) if reference in content
    ]


def test_questions_with_personal_data_are_in_the_full_profile_only(survey, officer, administrator):
    asked = (*QUESTIONS, Question("home", "short_text", "Your address", personal=True))
    survey_asking(survey.consultation, asked)
    heard(survey, {"home": "1 Quay Lane"})

    assert "1 Quay Lane" not in json.dumps(_tables(_built(survey, officer)))
    assert "1 Quay Lane" not in json.dumps(_tables(_built(survey, officer, profile="public")))
    full = _built(survey, administrator, profile="full", reason="To invite them again.")
    assert "1 Quay Lane" in json.dumps(_tables(full))


def test_an_answer_stricter_than_its_submission_stays_out_of_the_public_file(survey, officer):
    heard(survey, {"why": "Keep this.", "grow": "yes"}, stricter={"main": {"why": "withheld"}})

    header, row = _tables(_built(survey, officer, profile="public"))["main"]

    shown = dict(zip(header, row, strict=True))
    assert (shown["why"], shown["grow"]) == ("", "yes")


def test_drafts_and_withdrawn_submissions_are_in_no_file(survey, officer):
    heard(survey, {"why": "Sent."})
    for state in (*Submission.DRAFTS, *Submission.SET_ASIDE):
        heard(survey, {"why": f"Not {state}."}, state=state)

    job = _built(survey, officer)

    assert len(_tables(job)["main"]) == 2
    assert job.row_count == 2  # one response, one submission


def test_notes_and_passages_are_in_the_file_and_what_is_not_attributable_names_nobody(survey, officer):
    code = CodeFactory(frame=CodeFrameFactory(consultation=survey.consultation), label="Buses")
    heard(survey, {"why": "Buses are few."})
    coded(TextAnswer.objects.get(), code)
    note = agreed_note(survey.consultation, "No bus after six.", is_attributable=False)
    note.organisations.add(OrganisationFactory(name="Quiet Ltd"))

    tables = _tables(_built(survey, officer, profile="public"))

    assert tables["passages"][1][5:8] == ["Buses", "", "Buses are few."]
    assert tables["event-notes"][1][5] == "No bus after six."
    assert "Quiet Ltd" not in json.dumps(tables)


def test_the_task_may_come_twice_and_builds_once(survey, officer):
    heard(survey, {})
    job = _built(survey, officer)
    before = (job.sha256, job.ready_at)

    tasks.build_export(job.pk)
    tasks.sweep()

    job.refresh_from_db()
    assert (job.sha256, job.ready_at) == before


def test_a_job_whose_process_was_killed_is_taken_up_and_given_up_after_three(survey, officer):
    heard(survey, {})
    job = actions.request_export(survey.consultation, profile="public", file_format="csv", actor=officer)
    past = timezone.now() - timedelta(seconds=1)
    ExportJob.objects.filter(pk=job.pk).update(state="building", attempts=1, lease_until=past)
    tasks.sweep()
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("ready", 2)

    ExportJob.objects.filter(pk=job.pk).update(state="building", attempts=3, lease_until=past)
    tasks.sweep()
    job.refresh_from_db()
    assert (job.state, "ended three times" in job.failure) == ("failed", True)


def test_a_job_that_is_called_off_stops(survey, officer, monkeypatch):
    heard(survey, {})
    job = actions.request_export(survey.consultation, profile="public", file_format="csv", actor=officer)
    monkeypatch.setattr(build, "PROGRESS_EVERY", 1)
    write = build.WRITERS["csv"]

    def cancelled_meanwhile(path, tables, on_row):
        actions.cancel(job.pk, actor=officer)
        return write(path, tables, on_row)

    monkeypatch.setitem(build.WRITERS, "csv", cancelled_meanwhile)
    tasks.build_export(job.pk)

    job.refresh_from_db()
    assert (job.state, bool(job.file)) == ("cancelled", False)


def test_a_submission_that_arrives_meanwhile_is_in_the_file(survey, officer, monkeypatch):
    heard(survey, {"why": "First."})
    write = build.WRITERS["csv"]
    late = iter(["Second."])

    def with_a_late_one(path, tables, on_row):
        for text in late:
            heard(survey, {"why": text})
        return write(path, tables, on_row)

    monkeypatch.setitem(build.WRITERS, "csv", with_a_late_one)

    assert len(_tables(_built(survey, officer))["main"]) == 3


def test_a_full_export_needs_a_reason_and_another_persons_word(survey, officer, administrator):
    with pytest.raises(Refused, match="Say what you need"):
        actions.request_export(survey.consultation, profile="full", file_format="csv", actor=officer)
    job = actions.request_export(
        survey.consultation, profile="full", file_format="csv", actor=officer, reason="A letter."
    )
    tasks.build_export(job.pk)
    job.refresh_from_db()
    assert job.state == "awaiting"

    with pytest.raises(Refused, match="other than the one who asked"):
        actions.approve(job.pk, actor=officer)
    actions.approve(job.pk, actor=administrator)
    tasks.build_export(job.pk)
    job.refresh_from_db()
    assert job.state == "ready"


def test_fetching_is_recorded_and_ends_with_the_days(survey, officer, signed_in, time_machine):
    heard(survey, {})
    job = _built(survey, officer)
    address = reverse("exports:download", args=["lis", job.public_id])

    answer = signed_in(officer).post(address)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{job.file_name}"'
    assert b"".join(answer.streaming_content)[:2] == b"PK"
    assert Download.objects.filter(job=job, user=officer).count() == 1
    assert Entry.objects.filter(verb="export.downloaded", actor=officer).count() == 1

    time_machine.move_to(timezone.now() + timedelta(days=8))
    tasks.sweep()
    late = signed_in(officer).post(address, follow=True)
    assert "no longer kept" in late.content.decode()
    assert not job.file.storage.exists(job.file.name)


def test_a_copied_link_is_worth_nothing(survey, officer, client, signed_in):
    heard(survey, {})
    job = _built(survey, officer)
    address = reverse("exports:download", args=["lis", job.public_id])

    assert client.post(address).status_code == 302
    assert signed_in(UserFactory()).post(address).status_code == 404
    assert signed_in(UserFactory(officer=True)).post(address).status_code == 404
    assert signed_in(officer).get(address).status_code == 405
    assert not Download.objects.exists()


def test_engagement_staff_cannot_have_the_full_file(survey, administrator, signed_in):
    colleague = AssignmentFactory(consultation=survey.consultation, role="engagement").user
    job = _built(survey, administrator, profile="full", reason="An audit.")

    assert signed_in(colleague).post(reverse("exports:download", args=["lis", job.public_id])).status_code == 403
    page = signed_in(colleague).post(
        reverse("exports:request", args=["lis"]), {"profile": "full", "format": "csv", "reason": "x"}
    )
    assert page.status_code == 422


def test_asking_through_the_page_leads_to_the_job(survey, officer, signed_in):
    heard(survey, {})
    client = signed_in(officer)
    wrong = client.post(reverse("exports:request", args=["lis"]), {"profile": "full", "format": "csv"})
    page = client.post(
        reverse("exports:request", args=["lis"]), {"profile": "public", "format": "csv", "labels": "yes"}, follow=True
    )

    assert "Say what you need the names and addresses for." in wrong.content.decode()
    assert "Waiting" in page.content.decode()
    assert ExportJob.objects.get().labels is True


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_many_files_there_are(
    survey, officer, signed_in, django_assert_num_queries, count
):
    for _ in range(count):
        _built(survey, officer)
    client = signed_in(officer)

    with django_assert_num_queries(6):
        page = client.get(reverse("exports:list", args=["lis"]))

    assert page.content.count(b'data-label="File"') == count


def test_the_pages_are_accessible_and_fit_a_narrow_screen(survey, officer, open_page, axe, fits):
    heard(survey, {})
    job = _built(survey, officer)
    for address in (
        reverse("exports:list", args=["lis"]),
        reverse("exports:request", args=["lis"]),
        reverse("exports:job", args=["lis", job.public_id]),
    ):
        page = open_page(address, user=officer, width=320)
        axe(page)
        fits(page)


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_the_command_writes_the_file_and_says_its_figures(survey, tmp_path, file_format, capsys):
    heard(survey, {"grow": "yes"})

    call_command("run_export", "lis", "--profile", "public", "--format", file_format, "--out", str(tmp_path / "out"))

    figures = json.loads(capsys.readouterr().out)
    assert figures["rows"] == 2
    assert figures["bytes"] == (tmp_path / "out").stat().st_size
    assert set(figures) == {"rows", "columns", "bytes", "cpu_s", "wall_s", "peak_mb"}


def test_the_command_refuses_what_does_not_exist(tmp_path):
    with pytest.raises(SystemExit) as stopped:
        call_command("run_export", "nothing", "--out", str(tmp_path / "out"))
    assert stopped.value.code == 1


def test_every_counted_response_is_in_the_file_once(survey, officer):
    for number in range(7):
        heard(survey, {"people": number})

    rows = _tables(_built(survey, officer))["main"]

    assert sorted(int(row[rows[0].index("people")]) for row in rows[1:]) == sorted(
        response.data["people"] for response in Response.objects.all()
    )
