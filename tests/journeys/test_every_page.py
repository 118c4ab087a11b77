"""Every page that links lead to, for each kind of reader: it can be used, it says where one is, its errors too."""

import re
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from consultations.invitations import actions as inviting
from consultations.programme import actions as programme
from consultations.submissions import actions as writing
from consultations.summaries import actions as summaries
from consultations.summaries import tasks
from consultations.surveys import compiling, lifecycle
from tests.factories.accounts import UserFactory
from tests.factories.analysis import CodeFactory, CodeFrameFactory, agreed_note, coded
from tests.factories.events import EventFactory, NoteFactory, RegistrationFactory, TopicFactory
from tests.factories.notices import StepFactory
from tests.factories.programme import AssignmentFactory, ConsultationFactory, DocumentFactory, ThemeFactory
from tests.factories.stakeholders import AreaFactory, OrganisationFactory
from tests.factories.submissions import partner, submitted
from tests.factories.surveys import SurveyFactory, make_definition, sample_pages
from tests.plugins.walk import kind_of, walk

pytestmark = pytest.mark.django_db(transaction=True)

LINK = re.compile(r'<a\b[^>]*?href="([^"]+)"')
PUBLIC = ("programme:", "events:", "summaries:published", "dashboards:front", "dashboards:a", "dashboards:p", "mfa_")
# Their own tests run the accessibility check on them, and it is most of the time that this file takes.
AXED_ALREADY = ("surveys:", "programme:", "stakeholders:", "accounts:")
# One page under two addresses.
SAME = {"summaries:add_after": "summaries:add_finding"}
FACTS = """() => {
  const all = (what) => [...document.querySelectorAll(what)];
  const ids = all('[id]').map((it) => it.id);
  const headings = all('h1, h2, h3, h4').map((it) => Number(it.tagName[1]));
  return {
    h1: all('h1').length,
    title: document.title,
    lang: document.documentElement.lang,
    skip: document.querySelector('a')?.getAttribute('href'),
    target: Boolean(document.getElementById('main')),
    twice: ids.filter((id, place) => ids.indexOf(id) !== place),
    nameless: all('main input:not([type=hidden]), main select, main textarea')
      .filter((it) => !it.labels?.length && !it.getAttribute('aria-label') && !it.getAttribute('aria-labelledby'))
      .map((it) => it.name || it.outerHTML.slice(0, 80)),
    jumps: headings.filter((level, place) => place && level > headings[place - 1] + 1),
    empty: all('a[href=""], a[href="#"]').length,
    words: document.querySelector('main')?.innerText.match(/\\b(please|invalid|undefined)\\b/gi) || [],
    needs: all('main form[method=post]').some((form) => form.querySelector('[required]:not([type=file])')),
  };
}"""
SEND_EMPTY = """() => {
  const forms = [...document.querySelectorAll('main form[method=post]')];
  const form = forms.find((one) => one.querySelector('[required]:not([type=file])'));
  form.querySelectorAll('input:not([type=hidden]), textarea').forEach((it) => {
    if (it.type === 'radio' || it.type === 'checkbox') { it.checked = false; } else { it.value = ''; }
  });
  form.noValidate = true;
  form.requestSubmit();
}"""


@pytest.fixture
def it():
    """A consultation with a little of everything, and one that is over and reported."""
    areas = [AreaFactory(name=f"Place {number}") for number in range(2)]
    consultation = ConsultationFactory(reference="growing", title="Growing together", minutes_needed=10)
    consultation.areas.set(areas)
    theme = ThemeFactory(consultation=consultation, code="skills", name="Skills")
    DocumentFactory(consultation=consultation)
    survey = SurveyFactory(consultation=consultation, code="views", title="Your views")
    compiling.rebuild(survey, make_definition(code="views", title="Your views", pages=sample_pages()))
    lifecycle.publish(survey.pk, actor=None)
    lifecycle.go_live(survey.pk, actor=None)
    survey.refresh_from_db()

    event = EventFactory()
    TopicFactory(event=event)
    RegistrationFactory(event=event)
    programme.link_event(consultation, event, themes=[theme], actor=None)
    NoteFactory(event=event)
    note = agreed_note(consultation, "Every table spoke of buses.")
    StepFactory(consultation=consultation)

    waiting = OrganisationFactory(name="Tyne Works", areas=areas)
    person = partner(waiting, email="ada@tyne-works.example")
    inviting.invite(consultation, [waiting], actor=None)
    sent = submitted(consultation, survey, organisation=OrganisationFactory(name="Wear Works", areas=areas[:1]))
    frame = CodeFrameFactory(consultation=consultation)
    code = CodeFactory(frame=frame, code="skills", label="Skills")
    coded(note, code)
    for text in sent.responses.get().text_answers.all():
        coded(text, code)
    summary = summaries.request_draft(consultation, title="What we heard", actor=None)
    tasks.draft(summary.pk)
    writing.start(consultation, person, waiting)
    ConsultationFactory(reference="over", title="What is over", closed=True)
    return consultation


@pytest.fixture
def check(axe, fits):
    """`check(page, kind)`: what holds on every page; gives what may be sent empty."""
    titles: dict[str, str] = {}

    def look(page, kind):
        facts = page.evaluate(FACTS)
        where = f"{kind} {page.url}"
        assert facts["h1"] == 1, f"{facts['h1']} main headings: {where}"
        own = facts["title"].removesuffix("– Soundings").strip()
        assert own, where
        assert facts["title"].count("Error:") <= 1, where
        same = kind.removesuffix(" in error")
        same = SAME.get(same, same)
        assert titles.setdefault(facts["title"], same) == same, f"{where} has the title of {titles[facts['title']]}"
        assert (facts["lang"], facts["skip"], facts["target"]) == ("en-gb", "#main", True), where
        assert (facts["twice"], facts["nameless"], facts["jumps"], facts["empty"]) == ([], [], [], 0), (where, facts)
        assert facts["words"] == [], (where, facts["words"])
        if not kind.startswith(AXED_ALREADY):
            axe(page)
        page.set_viewport_size({"width": 320, "height": 700})
        fits(page)
        page.set_viewport_size({"width": 1280, "height": 900})
        return facts

    return look


def is_public(kind, path):
    """Seen by everybody or by a partner already."""
    return not path.startswith(("/manage", "/events/manage")) and kind.startswith(PUBLIC)


def is_seen_elsewhere(kind, path):
    """Public, or the form of one more kind of question: some of these are seen, one from each family."""
    new = kind.removeprefix("surveys:new_question-")
    return is_public(kind, path) or (new != kind and new not in {"single", "matrix_numbers", "file", "calculated"})


def go_round(page, starts, check, *, least, passes=lambda kind, path: False):
    """Look at every kind of page; then send the forms that need something without it. All faults are told at once."""
    seen, to_send, faults = {}, [], []
    for kind, response in walk(page, starts, passes=passes):
        seen[kind] = page.url
        if response.status != 200:
            faults.append(f"{kind} {page.url} answers {response.status}")
            continue
        try:
            facts = check(page, kind)
        except AssertionError as fault:
            faults.append(str(fault))
            continue
        if facts["needs"]:
            to_send.append(kind)
    assert len(seen) >= least, sorted(seen)
    for kind in to_send:
        try:
            send_empty(page, kind, seen[kind], check)
        except AssertionError as fault:
            faults.append(str(fault))
    assert not faults, "\n\n".join(faults)
    return set(seen)


def send_empty(page, kind, address, check):
    if page.goto(address).status == 200 and page.evaluate(FACTS)["needs"]:
        with page.expect_navigation():
            page.evaluate(SEND_EMPTY)
        if page.locator(".error-summary").count():
            assert page.title().startswith("Error: "), f"{kind} {page.url}"
            links = page.locator(".error-summary a")
            for number in range(links.count()):
                target = links.nth(number).get_attribute("href")
                assert page.locator(f"[id='{target.removeprefix('#')}']").count() == 1, f"{kind}: {target}"
            check(page, f"{kind} in error")


def test_everybody(it, open_page, check):
    page = open_page("/")
    seen = go_round(page, ["/", reverse("account_login")], check, least=9)
    assert {"programme:consultation", "events:event", "events:book"} <= seen
    assert page.goto("/nothing-here/").status == 404
    check(page, "404")


def test_a_partner(it, open_page, check):
    person = it.submissions.get(organisation__name="Tyne Works").respondent
    page = open_page(reverse("dashboards:my_page"), user=person)
    seen = go_round(page, [reverse("dashboards:my_page")], check, least=15)
    assert {"submissions:tasks", "submissions:section", "submissions:confidentiality", "submissions:check"} <= seen
    assert page.goto(reverse("programme:staff_list")).status == 403
    check(page, "403")


def test_an_administrator(it, open_page, check):
    page = open_page("/home/", user=UserFactory(administrator=True))
    starts = ["/home/", reverse("dashboards:overview", args=["growing"])]
    seen = go_round(page, starts, check, least=60, passes=is_seen_elsewhere)
    assert {
        "surveys:question",
        "analysis:text-answer",
        "summaries:edit",
        "submissions:detail",
        "stakeholders:import",
    } <= seen


@pytest.mark.parametrize("role", ["engagement", "officer"])
def test_no_link_leads_other_staff_to_a_closed_door(it, signed_in, role):
    """Without a browser: what these pages look like, the administrator's round has seen."""
    client = signed_in(AssignmentFactory(consultation=it, role=role).user)
    waiting = ["/home/", reverse("dashboards:overview", args=["growing"])]
    kinds, closed = set(), []
    while waiting:
        path = waiting.pop()
        kind = kind_of(urlsplit(path).path)
        if kind is None or kind in kinds:
            continue
        kinds.add(kind)
        response = client.get(path, follow=True)
        if response.status_code != 200:
            closed.append(f"{kind} {path} answers {response.status_code}")
        elif response.headers["Content-Type"].startswith("text/html"):
            links = map(unescape, LINK.findall(response.content.decode()))
            waiting += [link for link in links if link.startswith("/")]
        response.close()
    assert not closed, "\n".join(closed)
    assert len(kinds) > 35, sorted(kinds)
