"""Whatever people save, blank, remove, put back, send and reopen, and whatever is published meanwhile: no answer that
is on the path is ever lost, and what was sent is exactly the path."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consultations.submissions import actions, lifecycle, queries
from consultations.submissions.models import Response, ResponseRevision, Submission
from consultations.surveys.definition import Choice, Page, Question, entry_key, load
from consultations.surveys.models import SurveyVersion
from consultations.surveys.path import walk
from tests.factories.kinds import sites_page
from tests.factories.stakeholders import OrganisationFactory
from tests.factories.submissions import partner
from tests.factories.surveys import YES_NO, make_definition, publish_version, published_survey

pytestmark = pytest.mark.django_db

WANTS = Question("wants", "multiple", "What do you want?", choices=(*YES_NO, Choice("more", "More")), has_other=True)
GROWS = Question("grows", "single", "Do you grow?", choices=YES_NO)
WHY = Question("why", "long_text", "Why?")
SITES = sites_page(Question("town", "short_text", "Town"), Question("jobs", "integer", "Jobs"))
FIRST = (
    Page("one", questions=(GROWS, WANTS)),
    Page("two", relevance="${grows} = 'yes'", questions=(WHY,)),
    SITES,
    Page("last", relevance="${sites} > 0", questions=(Question("end", "short_text", "End"),)),
)
# Fewer choices, another route, one question gone, one new.
SECOND = (
    Page("one", questions=(GROWS, replace(WANTS, choices=YES_NO))),
    Page("two", relevance="${grows} = 'no'", questions=(WHY, Question("new", "date", "When?"))),
    replace(SITES, questions=SITES.questions[:1]),
)
VERSIONS = ((FIRST, "wording"), (SECOND, "narrowing"), (FIRST, "additive"))

answers = st.one_of(
    st.tuples(st.just("grows"), st.sampled_from(["yes", "no", None])),
    st.tuples(st.just("wants"), st.lists(st.sampled_from(["yes", "more", "other"]), max_size=2, unique=True)),
    st.tuples(st.just("why"), st.text("ab ", min_size=1, max_size=4).map(str.strip)),
    st.tuples(st.just("end"), st.sampled_from(["z", None])),
    st.tuples(st.just("sites~1~town"), st.sampled_from(["Blyth", "Amble", None])),
    st.tuples(st.just("sites~2~jobs"), st.integers(0, 9)),
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("save"), answers),
        st.tuples(st.just("add"), st.just(0)),
        st.tuples(st.sampled_from(["remove", "put back"]), st.integers(1, 2)),
        st.tuples(st.just("publish"), st.tuples(st.sampled_from(VERSIONS), st.sampled_from(["move", "stay"]))),
        st.tuples(st.just("send"), st.just(0)),
        st.tuples(st.just("reopen"), st.just(0)),
    ),
    min_size=3,
    max_size=14,
)


class Play:
    """The product beside the simplest thing that remembers: a dictionary of what was last written."""

    def __init__(self):
        organisation = OrganisationFactory()
        self.survey = published_survey(pages=FIRST)
        self.user = partner(organisation)
        self.submission = actions.start(self.survey.consultation, self.user, organisation)
        self.response = actions.begin_response(self.submission, self.survey)
        actions.choose_confidentiality(self.submission.pk, "named", actor=self.user, may_contact=True)
        self.written = {}
        self.entries = 0

    @property
    def is_draft(self):
        return Submission.objects.get(pk=self.submission.pk).is_draft

    def save(self, what):
        code, value = what
        if self.is_draft:
            value = None if value in ("", []) else value
            actions.save_section(self.response.pk, page_code="p", answers={code: value}, is_done=True, actor=self.user)
            self.written[code] = value

    def add(self, _):
        if self.is_draft:
            self.entries = actions.add_entry(self.response.pk, "sites", actor=self.user)
            self.written[entry_key("sites", self.entries)] = True

    def show(self, number, is_there):
        if self.is_draft and number <= self.entries:
            actions.show_entry(self.response.pk, "sites", number, is_there=is_there, actor=self.user)
            self.written[entry_key("sites", number)] = True if is_there else None

    def publish(self, what):
        (pages, change), drafts = what
        version = publish_version(self.survey, make_definition(pages=pages), change=change)
        SurveyVersion.objects.filter(pk=version.pk).update(drafts=drafts)

    def send(self, _):
        part = self.part()
        if self.is_draft and not lifecycle.lacking(self.submission, [part]):
            lifecycle.submit(self.submission.pk, actor=self.user)
            sent = Response.objects.select_related("version").get(pk=self.response.pk)
            assert sent.data == walk(load(sent.version), self.written).answers

    def reopen(self, _):
        if not self.is_draft:
            lifecycle.reopen(self.submission.pk, actor=self.user)

    def part(self):
        return queries.part_of(Submission.objects.get(pk=self.submission.pk), self.survey.code)

    def check(self):
        part = self.part()
        assert part.path.answers == walk(part.definition, self.written).answers
        log = {}
        rows = ResponseRevision.objects.filter(response=self.response, kind__in=ResponseRevision.APPLIED)
        for patch in rows.order_by("number").values_list("patch", flat=True):
            log.update(patch)
        assert {key: value for key, value in log.items() if value is not None} == {
            key: value for key, value in self.written.items() if value is not None
        }


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(taken=steps)
def test_no_answer_on_the_path_is_ever_lost(taken):
    play = Play()
    for name, given_ in taken:
        if name in {"remove", "put back"}:
            play.show(given_, name == "put back")
        else:
            getattr(play, name)(given_)
        play.check()


@settings(max_examples=60, deadline=None)
@given(pairs=st.lists(answers, max_size=8), order=st.randoms(use_true_random=False))
def test_the_path_depends_on_the_answers_only_and_not_on_how_they_came(pairs, order):
    definition = make_definition(pages=FIRST)
    data = {"sites~1": True, "sites~2": True, **dict(pairs)}
    shuffled = list(data.items())
    order.shuffle(shuffled)
    one, two = walk(definition, data), walk(definition, dict(shuffled))
    assert [step.code for step in one.each()] == [step.code for step in two.each()]
    assert (one.answers, one.missing) == (two.answers, two.missing)
    again = walk(definition, one.answers)
    assert (again.answers, again.missing) == (one.answers, one.missing)
