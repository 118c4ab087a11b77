"""A test submission changes no page, no number, no file and no message: everything is read before and after."""

import io
import re
import zipfile
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from consultations.analysis import figures
from consultations.analysis import queries as analysis
from consultations.dashboards import coverage, morning, progress, search
from consultations.dashboards import partner as partner_page
from consultations.exports import actions as exports
from consultations.exports import tasks as export_tasks
from consultations.exports.models import ExportJob
from consultations.invitations import actions as inviting
from consultations.invitations import queries as invitations
from consultations.invitations.models import Invitation
from consultations.notices import plan
from consultations.submissions import actions, lifecycle, queries, tallies
from consultations.submissions.counters import Tally, TallyChange
from consultations.submissions.models import Submission
from consultations.summaries import actions as summaries
from consultations.summaries import drafting
from consultations.summaries import tasks as summary_tasks
from consultations.summaries.models import Finding
from engagement.messaging import delivery
from engagement.messaging.models import OutgoingMessage
from tests.factories.accounts import UserFactory
from tests.factories.analysis import CodeFactory, CodeFrameFactory, agreed_note, coded
from tests.factories.notices import StepFactory
from tests.factories.programme import AssignmentFactory, ConsultationFactory, ThemeFactory
from tests.factories.stakeholders import AreaFactory, KindFactory, OrganisationFactory
from tests.factories.submissions import partner, submitted
from tests.factories.surveys import SAMPLE_ANSWERS, published_survey
from tests.plugins.walk import kind_of

pytestmark = pytest.mark.django_db

LINK = re.compile(r'<a\b[^>]*?href="([^"]+)"')
# What differs between two readings of an unchanged page.
PASSING = re.compile(r'<input type="hidden"[^>]*>|nonce-[\w+/=-]+')
# Where a test may be seen: the list of tests, the record of what was done, the messages that left.
TELLS = (
    "submissions:tests", "submissions:test", "submissions:start_test", "submissions:clear_tests",
    "dashboards:record", "dashboards:consultation_record", "messaging:list", "messaging:message",
)  # fmt: skip
NOW = "2019-02-01 10:00:00+00:00"


class Site:
    """A consultation with a little of everything that counts."""

    def __init__(self) -> None:
        areas = [AreaFactory(name=f"Place {number}") for number in range(2)]
        self.consultation = ConsultationFactory(reference="growing", title="Growing together")
        self.consultation.areas.set(areas)
        self.area, self.kind = areas[0], KindFactory()
        theme = ThemeFactory(consultation=self.consultation, code="skills", name="Skills")
        self.survey = published_survey(self.consultation, code="views", title="Your views", theme=theme)
        self.administrator = UserFactory(administrator=True, email="ada@staff.example", name="Ada Staff")
        self.engagement = AssignmentFactory(consultation=self.consultation).user
        self.officer = AssignmentFactory(consultation=self.consultation, role="officer").user
        waiting = OrganisationFactory(name="Tyne Works", kind=self.kind, areas=areas)
        self.partner, self.partner_organisation = partner(waiting), waiting
        inviting.invite(self.consultation, [waiting], actor=None)
        StepFactory(consultation=self.consultation)
        heard = OrganisationFactory(name="Wear Works", kind=self.kind, areas=areas[:1])
        self.real = submitted(self.consultation, self.survey, organisation=heard, statement="Buses end too early.")
        code = CodeFactory(frame=CodeFrameFactory(consultation=self.consultation), code="skills", label="Skills")
        for text in self.real.responses.get().text_answers.all():
            coded(text, code)
        coded(agreed_note(self.consultation, "Every table spoke of buses."), code)
        summary = summaries.request_draft(self.consultation, title="What we heard", actor=self.officer)
        summary_tasks.draft(summary.pk)

    def add_tests(self) -> list[Submission]:
        """One sent, one begun and one withdrawn, each with an answer to everything, by different people."""
        made = []
        for user, end in ((self.administrator, "sent"), (self.engagement, "begun"), (self.officer, "withdrawn")):
            test = actions.start_test(self.consultation, user, kind=self.kind, areas=[self.area])
            actions.fill(test, self.survey, {**SAMPLE_ANSWERS, "staff": 7777}, actor=user)
            actions.save_statement(test.pk, "A test of the statement about buses.", actor=user)
            actions.choose_confidentiality(test.pk, "named", actor=user)
            if end != "begun":
                lifecycle.submit(test.pk, actor=user)
            if end == "withdrawn":
                lifecycle.withdraw(test.pk, actor=user)
            made.append(test)
        return made


@pytest.fixture
def site(time_machine):
    time_machine.move_to(NOW, tick=False)
    return Site()


def crawled(client, starts):
    """Path with query -> what it shows, for every page that links lead to."""
    waiting, found = list(starts), {}
    while waiting and len(found) < 400:
        path = waiting.pop(0)
        kind = kind_of(urlsplit(path).path)
        if path in found or kind is None or kind.startswith(("account_", "mfa_", "core:")) or kind in TELLS:
            continue
        response = client.get(path, follow=True)
        body = b"" if response.streaming else response.content
        if response.streaming:
            # Closing the response would close the database of a quick run with it.
            response.file_to_stream.close()
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            found[path] = (response.status_code, "a file")
            continue
        text = PASSING.sub("", body.decode())
        found[path] = (response.status_code, text)
        waiting += [link.split("#")[0] for link in map(unescape, LINK.findall(text)) if link.startswith("/")]
    return found


@pytest.mark.parametrize("who", ["administrator", "engagement", "officer", "partner", "everybody"])
def test_no_page_changes(site, signed_in, client, who):
    person = getattr(site, who, None)
    reader = signed_in(person) if person else client
    starts = ["/", reverse("programme:list")]
    if person:
        starts += ["/home/", reverse("dashboards:my_page"), reverse("dashboards:search") + "?q=Ada",
                   reverse("dashboards:search") + "?q=GROWING", reverse("dashboards:search") + "?q=buses"]  # fmt: skip
    if who in {"administrator", "engagement", "officer"}:
        starts.append(reverse("dashboards:overview", args=["growing"]))
    before = crawled(reader, starts)

    site.add_tests()
    after = crawled(reader, starts)

    assert len(before) > {"everybody": 4, "partner": 8}.get(who, 50), sorted(before)
    assert [path for path in before if before[path] != after.get(path)] == []
    assert sorted(after) == sorted(before)


def a_summary(site):
    """What a new draft of the summary would say, statement by statement with its figures."""
    it = site.consultation
    return [repr(drafted) for part in drafting.parts(it) for drafted in drafting.draft(it, part)]


def a_file(site, profile, file_format):
    """The parts of a new export, byte by byte."""
    job = exports.request_export(
        site.consultation, profile=profile, file_format=file_format, actor=site.administrator, reason="To compare"
    )
    export_tasks.build_export(job.pk)
    job.refresh_from_db()
    with job.file.open("rb") as file, zipfile.ZipFile(io.BytesIO(file.read())) as archive:
        return {name: archive.read(name) for name in sorted(archive.namelist())}


def staff(site):
    return [site.administrator, site.engagement, site.officer]


NUMBERS = {
    "counted submissions": lambda site: list(queries.counted(site.consultation).values_list("pk", flat=True)),
    "what staff received": lambda site: [set(queries.received(user)) for user in staff(site)],
    "what is being typed in": lambda site: [set(queries.typed_in(user)) for user in staff(site)],
    "what exists for staff": lambda site: [set(queries.visible_to(user)) for user in staff(site)],
    "one's own": lambda site: [set(queries.own(user)) for user in [*staff(site), site.partner]],
    "coverage": lambda site: coverage.known(site.consultation),
    "coverage by area": lambda site: repr(coverage.by_area(coverage.known(site.consultation))),
    "coverage by theme": lambda site: repr(coverage.by_theme(coverage.known(site.consultation))),
    "numbers of the overview": lambda site: progress.numbers(coverage.known(site.consultation), timezone.now()),
    "course": lambda site: repr(progress.course(coverage.known(site.consultation), timezone.now())),
    "messages ahead": lambda site: progress.messages_ahead(site.consultation, timezone.now()),
    "home of staff": lambda site: [repr(morning.board(user, timezone.now())) for user in staff(site)],
    "page of each person": lambda site: [
        repr(partner_page.page_of(user, timezone.now())) for user in [*staff(site), site.partner]
    ],
    "search": lambda site: [repr(search.find(words, user)) for words in ("Ada", "GROWING") for user in staff(site)],
    "texts to code": lambda site: set(analysis.answers(site.consultation)),
    "passages": lambda site: set(analysis.excerpts(site.consultation)),
    "progress of coding": lambda site: repr(analysis.progress(site.consultation)),
    "counters": lambda site: (
        sorted(Tally.objects.values_list("question_code", "row_code", "choice_code", "split", "column", "n")),
        sorted(TallyChange.objects.values_list("pk", "by")),
    ),
    "counts": lambda site: [repr(tallies.counts(site.survey, split=one)) for one in ("", "sector", "area", "channel")],
    "counters that are wrong": lambda site: tallies.differences(site.survey),
    "voices": lambda site: figures.voices(site.consultation),
    "who answered": lambda site: [repr(figures.who_answered(site.consultation, by)) for by in ("sector", "area")],
    "figures of the survey": lambda site: repr(figures.survey_figures(site.consultation, site.survey)),
    "codes by sector": lambda site: repr(figures.codes_by_sector(site.consultation)),
    "a new summary": a_summary,
    "stale findings": lambda site: [
        figures.is_stale(site.consultation, finding.query, finding.result)
        for finding in Finding.objects.exclude(query=None).order_by("pk")
        if finding.query
    ],
    "invitations": lambda site: sorted(Invitation.objects.values_list("pk", "state")),
    "ledger": lambda site: invitations.group_counts(site.consultation),
    "who is reminded": lambda site: [
        {person.key for person in plan.PLAN.kind(step).people(step, plan.PLAN.due_at(step) or timezone.now())}
        for step in plan.steps_of(site.consultation)
    ],
    "planned messages": lambda site: (
        plan.write_due(),
        sorted(OutgoingMessage.objects.exclude(scope="").values_list("pk", "state", "due_at")),
    )[1],
}  # fmt: skip


@pytest.mark.parametrize("name", NUMBERS)
def test_no_number_changes(site, name):
    before = NUMBERS[name](site)

    site.add_tests()

    assert NUMBERS[name](site) == before
    assert Submission.objects.filter(is_test=True).count() == 3


@pytest.mark.parametrize("file_format", ExportJob.Format.values)
@pytest.mark.parametrize("profile", ExportJob.Profile.values)
def test_no_export_changes(site, profile, file_format):
    before = a_file(site, profile, file_format)

    site.add_tests()

    after = a_file(site, profile, file_format)
    assert [name for name in before if before[name] != after[name]] == []
    assert sorted(after) == sorted(before)


def test_nobody_but_the_tester_is_told(site, outbox, django_capture_on_commit_callbacks):
    delivery.drain()
    earlier = len(outbox)

    site.add_tests()
    delivery.drain()

    told = [message.to for message in outbox.messages[earlier:]]
    assert told == [[f"{user.name} <{user.email}>"] for user in (site.administrator, site.officer)]
    assert all(message.subject.startswith("TEST: ") for message in outbox.messages[earlier:])


def test_the_guard_of_this_file_notices_a_submission_that_counts(site):
    """The control: a response of a partner does change what these tests look at."""
    blind = {"what is being typed in", "stale findings", "messages ahead"}
    before = {name: read(site) for name, read in NUMBERS.items()}
    file = a_file(site, "pseudonymous", "csv")

    submitted(site.consultation, site.survey, organisation=site.partner_organisation, user=site.partner)

    changed = {name for name, read in NUMBERS.items() if read(site) != before[name]}
    assert changed >= {
        "counted submissions",
        "coverage",
        "voices",
        "counters",
        "counts",
        "figures of the survey",
        "invitations",
    }
    assert set(NUMBERS) - changed <= blind | {"passages", "codes by sector", "counters that are wrong"}, (
        set(NUMBERS) - changed
    )
    assert a_file(site, "pseudonymous", "csv") != file
