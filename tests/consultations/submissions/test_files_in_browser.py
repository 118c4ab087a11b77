"""Questions for files and long lists in a real browser: on a small screen, by keyboard, with and without scripts."""

import pytest
from django.urls import reverse

from consultations.submissions import actions, lifecycle
from consultations.submissions.models import AnswerFile
from consultations.surveys.definition import Choice, Page, Question
from tests.factories.files import PDF, png
from tests.factories.stakeholders import OrganisationFactory
from tests.factories.submissions import partner
from tests.factories.surveys import published_survey

TOWNS = (
    "Alnwick Amble Ashington Bedlington Berwick Blaydon Blyth Cramlington Durham Gateshead Hexham Llanbâch Morpeth "
    "Newcastle Peterlee Prudhoe Seaham Shildon Spennymoor Stanley Sunderland Tynemouth Wallsend Washington Whitburn"
).split()
CHOICES = tuple(Choice(f"town_{n}", name) for n, name in enumerate([*TOWNS, *(f"Village {n}" for n in range(20))]))
PLAN = Question(
    "plan", "file", "Your plan", hint="As you sent it to your board.", required=True,
    settings={"most_files": 2, "file_types": ["document", "picture"]},
)  # fmt: skip
PAGES = [
    Page("files", "Your plan", questions=(PLAN, Question("many", "integer", "How many people?"))),
    Page("place", "Where", questions=(Question("town", "single", "In which town?", required=True, choices=CHOICES),)),
]


@pytest.fixture
def begun(transactional_db):
    organisation, survey = OrganisationFactory(), published_survey(pages=PAGES)
    user = partner(organisation)
    return actions.start(survey.consultation, user, organisation), survey, user


def address(begun, page):
    submission, survey, _ = begun
    return reverse("submissions:section", args=[submission.public_id, survey.code, page])


def plan():
    return {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": PDF}


def data_of(begun):
    row = begun[0].responses.first()
    return row.data if row else {}


@pytest.mark.parametrize("js", [True, False])
def test_files_are_added_refused_kept_and_taken_away_on_a_small_screen(begun, open_page, axe, fits, js):
    page = open_page(address(begun, "files"), user=begun[2], width=375, js=js)
    check = axe if js else (lambda page: None)
    check(page)
    fits(page)
    page.click("button:has-text('Save and continue')")
    assert page.locator(".error-summary a").inner_text() == "Add a file to “Your plan”."
    page.click(".error-summary a")
    assert page.evaluate("document.activeElement.name") == "plan--add" if js else True
    check(page)

    wrong = {"name": "run.exe", "mimeType": "application/pdf", "buffer": b"MZ"}
    page.set_input_files("input[type=file]", [plan(), wrong])
    page.fill("[name=many]", "a few")
    page.click("button:has-text('Save and continue')")
    assert "run.exe is of a kind that we do not take." in page.locator(".error-summary").inner_text()
    assert "is not a number" in page.locator(".error-summary").inner_text()
    assert page.locator("input[name=plan]").is_checked()
    check(page)
    fits(page)
    page.set_input_files("input[type=file]", [{"name": "map.png", "mimeType": "image/png", "buffer": png()}])
    page.fill("[name=many]", "12")
    page.click("button:has-text('Save and continue')")
    page.wait_for_url(f"**{address(begun, 'place')}**")
    assert [item["name"] for item in data_of(begun)["plan"]] == ["plan.pdf", "map.png"]

    page.goto(address(begun, "files"))
    page.get_by_label("plan.pdf").focus()
    page.keyboard.press("Space")
    page.click("button:has-text('Save and continue')")
    page.wait_for_url(f"**{address(begun, 'place')}**")
    assert [item["name"] for item in data_of(begun)["plan"]] == ["map.png"]


def test_the_check_page_and_the_receipt_lead_to_the_files(begun, open_page, axe, fits):
    submission, _, user = begun
    page = open_page(address(begun, "files"), user=user, width=375)
    page.set_input_files("input[type=file]", [plan()])
    page.click("button:has-text('Save and continue')")
    page.wait_for_url(f"**{address(begun, 'place')}**")
    page.goto(reverse("submissions:check", args=[submission.public_id]))
    axe(page)
    fits(page)
    with page.expect_download() as got:
        page.click("a:has-text('plan.pdf')")
    assert got.value.suggested_filename == "plan.pdf"

    response = submission.responses.get()
    actions.save_section(response.pk, page_code="place", answers={"town": "town_1"}, actor=user)
    actions.choose_confidentiality(submission.pk, "named", actor=user)
    lifecycle.submit(submission.pk, actor=user)
    page.goto(reverse("submissions:receipt", args=[submission.public_id]))
    axe(page)
    fits(page)
    assert page.locator("a:has-text('plan.pdf')").count() == 1


def test_writing_on_saves_the_words_and_leaves_the_files_in_the_browser(begun, open_page):
    page = open_page(address(begun, "files"), user=begun[2])
    page.set_input_files("input[type=file]", [plan()])
    with page.expect_response(lambda answer: answer.request.method == "POST") as saved:
        page.fill("[name=many]", "12")
    assert saved.value.status == 200
    assert AnswerFile.objects.count() == 0

    page.click("button:has-text('Save and continue')")
    page.wait_for_url(f"**{address(begun, 'place')}**")
    assert AnswerFile.objects.count() == 1


def test_a_long_list_is_searched_by_keyboard(begun, open_page, axe, fits):
    page = open_page(address(begun, "place"), user=begun[2], width=375)
    box = page.get_by_role("combobox", name="In which town?")
    assert page.locator("select").is_hidden()
    axe(page)
    box.focus()
    page.keyboard.type("bach")
    assert page.get_by_role("option").all_inner_texts() == ["Llanbâch"]
    assert page.locator(".search__said").inner_text() == "1 choice fits"
    axe(page)
    fits(page)
    page.keyboard.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == page.get_by_role("option").get_attribute("id")
    page.keyboard.press("Enter")
    assert (box.input_value(), box.get_attribute("aria-expanded")) == ("Llanbâch", "false")
    page.keyboard.press("ArrowUp")
    assert page.locator("[role=option][aria-selected=true]").inner_text() == "Village 19"
    page.keyboard.press("Escape")
    assert box.input_value() == "Llanbâch"
    page.click("button:has-text('Save and continue')")
    page.wait_for_url(f"**{reverse('submissions:tasks', args=[begun[0].public_id])}")
    assert data_of(begun)["town"] == f"town_{TOWNS.index('Llanbâch')}"

    page.goto(address(begun, "place"))
    assert box.input_value() == "Llanbâch"


def test_a_long_list_is_searched_by_mouse_and_says_what_it_does_not_have(begun, open_page, axe):
    page = open_page(address(begun, "place"), user=begun[2])
    box = page.get_by_role("combobox", name="In which town?")
    box.click()
    assert page.get_by_role("option").count() == len(CHOICES)
    box.fill("sea")
    page.get_by_role("option", name="Seaham").click()
    assert box.input_value() == "Seaham"
    box.fill("Atlantis")
    box.blur()
    assert page.locator(".search__said").inner_text() == "Nothing in the list fits. Choose one that is there."
    assert (box.input_value(), page.locator("select").input_value()) == ("Atlantis", "")
    page.click("button:has-text('Save and continue')")
    assert page.locator(".error-summary a").inner_text() == "Choose an answer to “In which town?”."
    page.click(".error-summary a")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "combobox"
    axe(page)


def test_without_scripts_a_long_list_is_a_list(begun, open_page):
    page = open_page(address(begun, "place"), user=begun[2], js=False)
    page.select_option("select", label="Seaham")
    page.click("button:has-text('Save and continue')")
    page.wait_for_url(f"**{reverse('submissions:tasks', args=[begun[0].public_id])}")
    assert data_of(begun)["town"] == f"town_{TOWNS.index('Seaham')}"
