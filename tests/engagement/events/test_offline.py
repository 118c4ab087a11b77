"""The door without a network: nothing is lost and nothing counted twice, whatever happens to the page or an answer."""

import dataclasses
import re
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from engagement.events import codes, lifecycle
from engagement.events.models import Attendance, Note, Registration, Scan
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory, RegistrationFactory

pytestmark = pytest.mark.django_db(transaction=True)
READY = "[data-door][data-ready=yes]"


def running_event(**facts):
    now = timezone.now()
    return EventFactory(starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=3), capacity=60, **facts)


def let_in(page, by_name, by_code, walk_ins):
    """People through the page: by name, by code, and walk-ins."""
    for person in by_name:
        page.locator("[data-door-search] input").fill(person.name)
        page.get_by_role("button", name=re.compile(f"^In ?: {person.name}")).click()
        page.locator("[data-door-said]", has_text=person.name).wait_for()
    for person in by_code:
        # What the camera app of a telephone does.
        page.goto(reverse("entrance:code", args=[codes.current(person)]))
        page.get_by_role("button", name=re.compile(f"^In ?: {person.name}")).click()
        page.locator("[data-door-said]", has_text=person.name).wait_for()
    for number in range(walk_ins):
        page.get_by_label("Name", exact=True).fill(f"Walk-in {number}")
        page.get_by_role("button", name="Let them in").click()
        page.locator("[data-door-said]", has_text=f"Walk-in {number}").wait_for()


@pytest.mark.parametrize(("booked", "walk_ins", "is_guarded"), [(45, 5, True), (4, 2, False)], ids=["fifty", "control"])
def test_scans_without_a_network_a_closed_tab_and_a_lost_answer(open_page, monkeypatch, booked, walk_ins, is_guarded):
    """Acceptance item 13. The control does without the number that makes a report the same report."""
    event, everybody = running_event(), booked + walk_ins
    people = [RegistrationFactory(event=event, name=f"Visitor number {n:02}.") for n in range(booked)]
    for person in people:
        codes.issue(person)
    if not is_guarded:
        report = lifecycle.report
        monkeypatch.setattr(
            lifecycle,
            "report",
            lambda event_id, what, **more: report(event_id, dataclasses.replace(what, scan_id=uuid.uuid4()), **more),
        )
    address = reverse("events:door", args=[event.public_id])
    page = open_page(address, user=UserFactory(engagement=True), width=375)
    page.wait_for_selector(READY)

    page.context.set_offline(True)
    # A page that is loaded while the browser is offline still reaches a server on its own machine.
    page.context.route("**/day/s*/", lambda route: route.abort())
    let_in(page, people[5:], people[:5], walk_ins)
    assert page.locator("[data-door-queue]").get_attribute("data-waiting") == str(everybody)
    page.close()
    assert Scan.objects.count() == 0
    # Another tab, still without a network: the page, the people and the queue are there.
    again = page.context.new_page()
    again.goto(address)
    again.locator(f"[data-door-queue][data-waiting='{everybody}']").wait_for()

    lost = []

    def lose_first(route):
        answer = route.fetch()
        if lost:
            route.fulfill(response=answer)
        else:
            lost.append(answer.status)
            route.abort()

    again.context.unroute("**/day/s*/")
    again.context.route("**/day/sync/", lose_first)
    again.context.set_offline(False)
    for _ in range(5):
        if again.locator("[data-door-queue]").get_attribute("data-waiting") == "0":
            break
        again.evaluate("document.querySelector('[data-door-send]').click()")
        again.wait_for_timeout(400)
    again.locator("[data-door-queue][data-waiting='0']").wait_for(state="attached")

    assert lost == [200]
    came = Attendance.objects.filter(status="attended").count()
    if is_guarded:
        assert (Scan.objects.count(), came, Registration.objects.count()) == (50, 50, 50)
        assert set(Scan.objects.values_list("answer", flat=True)) == {"done"}
    else:
        assert Scan.objects.count() > everybody


def test_points_written_without_a_network_reach_the_notes_once(open_page, axe, fits):
    event = running_event()
    address = reverse("events:write_note", args=[event.public_id])
    page = open_page(address, user=UserFactory(engagement=True), width=375)
    page.wait_for_selector("[data-notes][data-ready=yes]")
    page.context.set_offline(True)
    page.context.route("**/day/sync/", lambda route: route.abort())
    for number in range(3):
        page.locator("[name=table_name]").fill("Table 4")
        page.get_by_label("Barrier").check()
        page.get_by_label("What was said").fill(f"Point number {number}.")
        page.get_by_role("button", name="Save the point").click()
        page.locator(f"[data-notes][data-waiting='{number + 1}']").wait_for()
    assert page.locator("[name=table_name]").input_value() == "Table 4"
    page.close()
    again = page.context.new_page()
    again.goto(address)
    again.locator("[data-notes][data-waiting='3']").wait_for()
    fits(again)
    again.context.unroute("**/day/sync/")
    again.context.set_offline(False)
    again.evaluate("document.querySelector('[data-notes-send]').click()")
    again.locator("[data-notes][data-waiting='0']").wait_for()
    axe(again)
    notes = Note.objects.order_by("pk")
    assert [(note.text, note.table_name, note.point) for note in notes] == [
        (f"Point number {number}.", "Table 4", "barrier") for number in range(3)
    ]


def test_the_page_at_the_door_is_accessible_and_fits_a_telephone(open_page, axe, fits):
    event = running_event()
    person = RegistrationFactory(event=event, name="Ada Ashby")
    page = open_page(reverse("events:door", args=[event.public_id]), user=UserFactory(engagement=True), width=320)
    page.wait_for_selector(READY)
    page.locator("[data-door-search] input").fill("ash")
    page.get_by_role("button", name=re.compile("^In ?: Ada")).click()
    page.locator("[data-door-said][data-kind=done]", has_text="Ada Ashby is in.").wait_for()
    page.get_by_role("button", name=re.compile("^Left early ?: Ada")).wait_for()
    fits(page)
    axe(page)
    page.locator("[data-door-queue][data-waiting='0']").wait_for(state="attached")
    person.refresh_from_db()
    assert person.attendance.status == "attended"


def test_a_code_and_one_big_button_without_scripts(open_page, axe, fits):
    event = running_event()
    person = RegistrationFactory(event=event, name="Ada Ashby")
    code = codes.issue(person)
    path = reverse("entrance:code", args=[code])
    stranger = open_page(path, width=320, js=False)
    stranger.get_by_role("heading", name="Show this at the desk").wait_for()
    assert "Ada" not in stranger.content()
    page = open_page(path.lower().replace("/c/", "/C/"), user=UserFactory(engagement=True), width=320, js=False)
    fits(page)
    page.get_by_role("button", name="Ada Ashby is here").click()
    page.get_by_text(re.compile("In at .*, the desk")).wait_for()
    person.refresh_from_db()
    assert person.attendance.known_by == "code"
