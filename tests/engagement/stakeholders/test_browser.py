"""The register's pages in a browser: accessible, and no wider than a telephone."""

import pytest
from django.urls import reverse

from engagement.core import tasks as core_tasks
from engagement.stakeholders import actions
from engagement.stakeholders.models import Organisation, Segment
from tests.factories.accounts import UserFactory
from tests.factories.stakeholders import AreaFactory, ContactFactory, MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
FILE = b"""organisation,kind,contact name,contact e-mail
Tyne Castings Ltd,University,Ada Fell,ada@tyne.example
Wear,Zeppelin,,
"""


@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_is_accessible_and_fits(open_page, axe, fits, width) -> None:
    actions.ensure_classification()
    keeper = UserFactory(engagement=True)
    held = MembershipFactory(organisation__name="The Company of Proprietors of the Wansbeck Navigation and Wharves")
    actions.change_role(held.pk, "viewer", actor=keeper)
    organisation, contact = held.organisation.public_id, held.contact.public_id
    twin = ContactFactory(name=held.contact.name)
    page = open_page("/healthz", user=keeper, width=width)
    for name, parts in (
        ("list", []),
        ("people", []),
        ("new", []),
        ("import", []),
        ("organisation", [organisation]),
        ("edit", [organisation]),
        ("add_member", [organisation]),
        ("role", [organisation, contact]),
        ("end", [organisation, contact]),
        ("contact", [contact]),
        ("edit_contact", [contact]),
        ("dealings", [organisation]),
        ("same_people", []),
        ("same_person", [contact]),
        ("merge_people", [contact, twin.public_id]),
    ):
        page.goto(reverse(f"stakeholders:{name}", args=parts))
        axe(page)
        fits(page)
    page.goto(reverse("stakeholders:new"))
    page.get_by_role("button", name="Add the organisation").click()
    assert page.get_by_role("link", name="Give the organisation a name.").count() == 1
    axe(page)


@pytest.mark.parametrize("js", [True, False])
def test_a_file_is_checked_and_imported(open_page, axe, fits, js) -> None:
    check = axe if js else fits
    actions.ensure_classification()
    page = open_page(reverse("stakeholders:import"), user=UserFactory(engagement=True), js=js, width=320)

    page.get_by_label("File").set_input_files({"name": "x.csv", "mimeType": "text/csv", "buffer": FILE})
    page.get_by_role("button", name="Check the file").click()
    assert "“Zeppelin” is not a kind in the register." in page.content()
    check(page)
    page.get_by_role("button", name="Import 1 row").click()
    assert page.get_by_role("link", name="Tick the box to import without the bad rows").count() == 1
    check(page)
    page.get_by_label("Leave out the 1 bad row and import the other 1").check()
    page.get_by_role("button", name="Import 1 row").click()

    assert page.get_by_text("0 of 1 row imported").count() == 1
    assert not Organisation.objects.exists()
    check(page)
    core_tasks.sweep_work()
    if not js:
        page.get_by_role("link", name="Look again").click()
    page.get_by_text("This is what the file did.").wait_for()
    assert page.get_by_text("1 bad row was left out.").count() == 1
    assert Organisation.objects.get().name == "Tyne Castings Ltd"
    check(page)


def tick(page, label, js):
    page.get_by_label(label).check()
    if not js:
        page.get_by_role("button", name="Show").click()


@pytest.mark.parametrize("js", [True, False])
def test_a_segment_is_chosen_with_live_numbers_and_saved(open_page, axe, fits, js) -> None:
    check = axe if js else fits
    area, other = AreaFactory(name="Hill"), AreaFactory(name="Shore")
    MembershipFactory(organisation__name="Hill Works", organisation__areas=[area])
    OrganisationFactory(name="Shore Works", areas=[other])
    page = open_page(reverse("stakeholders:new_segment"), user=UserFactory(engagement=True), js=js, width=320)
    check(page)

    tick(page, "Hill organisations: 1 (1 person)", js)
    page.get_by_text("Organisations in Hill.").wait_for()
    tick(page, "Shore organisations: 1 (0 people)", js)
    page.get_by_text("Organisations in Hill or Shore.").wait_for()

    assert "areas=hill&areas=shore" in page.url
    assert page.locator(".stat__value").all_inner_texts() == ["2", "1"]
    if js:
        assert page.evaluate("document.activeElement.id") == "areas-shore"
    check(page)
    fits(page)
    page.get_by_label("Name of the segment").fill("On land and sea")
    page.get_by_role("button", name="Save the segment").click()
    page.get_by_role("heading", name="On land and sea").wait_for()

    assert Segment.objects.get().definition == {"areas": ["hill", "shore"]}
    check(page)
    page.goto(reverse("stakeholders:segments"))
    check(page)
    fits(page)
