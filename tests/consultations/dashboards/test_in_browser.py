"""The pages that most people meet, in a real browser: no accessibility problem, no sideways scrolling."""

import pytest
from django.urls import reverse

from consultations.invitations.models import Invitation
from consultations.programme import actions
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory
from tests.factories.programme import AssignmentFactory, ConsultationFactory, DocumentFactory, ThemeFactory
from tests.factories.stakeholders import AreaFactory, ContactFactory, OrganisationFactory
from tests.factories.submissions import partner

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def it():
    consultation = ConsultationFactory(title="Local Industrial Strategy", minutes_needed=20)
    areas = [AreaFactory(name=f"Place number {number}") for number in range(7)]
    consultation.areas.set(areas)
    themes = ThemeFactory.create_batch(3, consultation=consultation)
    DocumentFactory(consultation=consultation)
    actions.link_event(consultation, EventFactory(), themes=themes, actor=None)
    for area in areas:
        body = OrganisationFactory(areas=[area])
        Invitation.objects.create(consultation=consultation, contact=ContactFactory(), organisation=body)
    ConsultationFactory(state="reported", closed=True)
    return consultation


@pytest.mark.parametrize("width", [320, 1280])
def test_pages_for_the_public_and_partners_hold(it, open_page, axe, fits, width):
    for name, args in (("dashboards:front", []), ("programme:list", []), ("programme:consultation", [it.reference])):
        page = open_page(reverse(name, args=args), width=width)
        axe(page)
        fits(page)
    page = open_page(reverse("dashboards:my_page"), user=partner(OrganisationFactory()), width=width)
    axe(page)
    fits(page)


@pytest.mark.parametrize("width", [320, 1280])
def test_pages_for_staff_hold(it, open_page, axe, fits, width):
    user = AssignmentFactory(consultation=it).user
    for name, args in (
        ("dashboards:home", []),
        ("dashboards:overview", [it.reference]),
        ("programme:staff_list", []),
        ("programme:settings", [it.reference]),
        ("programme:themes", [it.reference]),
        ("programme:events", [it.reference]),
        ("programme:lifecycle", [it.reference]),
    ):
        page = open_page(reverse(name, args=args), user=user, width=width)
        axe(page)
        fits(page)


@pytest.mark.parametrize("width", [320, 800])
def test_the_caption_of_a_wide_table_is_never_cut(it, open_page, width):
    page = open_page(
        reverse("dashboards:overview", args=[it.reference]), user=AssignmentFactory(consultation=it).user, width=width
    )

    edges = page.evaluate("""() => [...document.querySelectorAll('.table-scroll')].map((box) => {
      box.scrollLeft = 9999;
      const caption = box.querySelector('caption').getBoundingClientRect(), shown = box.getBoundingClientRect();
      return [box.scrollWidth > box.clientWidth, caption.left >= shown.left - 1, caption.right <= shown.right + 1];
    })""")

    assert edges
    assert all(inside for _, *both in edges for inside in both)
    assert any(is_wide for is_wide, *_ in edges)


def test_a_value_without_anything_beside_it_has_the_whole_line_of_a_narrow_screen(it, open_page):
    page = open_page(reverse("programme:consultation", args=[it.reference]), width=320)

    gaps = page.evaluate("""() => [...document.querySelectorAll('.summary-list__row')].map((row) =>
      row.getBoundingClientRect().right - row.lastElementChild.getBoundingClientRect().right)""")

    assert gaps
    assert max(gaps) < 1


def test_a_way_that_wraps_begins_its_lines_with_words(it, open_page):
    page = open_page(reverse("programme:consultation", args=[it.reference]), width=200)

    starts = page.evaluate("""() => [...document.querySelectorAll('.breadcrumbs li')].map((step) =>
      step.querySelector('a').getBoundingClientRect().left - step.getBoundingClientRect().left)""")

    assert len(starts) > 1
    assert max(starts) < 1


def test_an_administrator_extends_without_javascript(it, open_page):
    administrator = UserFactory(administrator=True)
    page = open_page(reverse("programme:lifecycle", args=[it.reference]), user=administrator, js=False)

    page.get_by_role("link", name="Extend").click()
    page.get_by_label("New closing date").fill("2040-07-01")
    page.get_by_role("button", name="Extend").click()
    assert "Give the reason: it is public." in page.get_by_role("alert").inner_text()
    page.get_by_label("Reason").fill("Snow closed the schools.")
    page.get_by_role("button", name="Extend").click()

    assert "Sunday 1 July 2040, 11:59pm (BST)" in page.get_by_role("main").inner_text()
    it.refresh_from_db()
    assert it.schedule_revision == 1
