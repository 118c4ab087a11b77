"""The consultation is made, filled, reviewed and opened."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from consultations.dashboards.demonstration import papers
from consultations.dashboards.demonstration.staff import (
    ADMINISTRATOR,
    ENGAGEMENT,
    SECOND_ADMINISTRATOR,
)
from consultations.dashboards.rehearsal.play import Play, Step, demand
from consultations.dashboards.rehearsal.visitor import File, Page, Visitor, accepted, wait_for

QUESTIONNAIRES = Path(__file__).parent.parent / "demonstration" / "questionnaires"
PRIVACY = "We use your answers to decide on courses, as a task in the public interest, and delete them after two years."
# Not one of the days on which the usual plan reminds.
DAYS_OPEN = 13


def sign_in(play: Play) -> str:
    play.staff(ADMINISTRATOR)
    return "signed in with a password"


def create(play: Play) -> str:
    ruth = play.staff(ADMINISTRATOR)
    page = ruth.fill(
        "/manage/new/consultation/",
        {
            "title": play.title,
            "reference": play.reference,
            "kind": "targeted",
            "purpose": "We ask which skills green jobs need. Your answer decides which courses are paid for.",
        },
    )
    demand(play.title in page.text, f"{page.path} does not show the new consultation.")
    settings = f"{play.manage}/settings"
    closes = timezone.localdate() + timedelta(days=DAYS_OPEN)
    ruth.fill(f"{settings}/facts/about/", {"decision_owner": "The skills board", "minutes_needed": "5"})
    ruth.fill(f"{settings}/facts/dates/", {"closes_on": f"{closes:%Y-%m-%d}"})
    ruth.fill(f"{settings}/facts/privacy/", {"privacy_notice": PRIVACY})
    ruth.fill(f"{settings}/facts/contact/", {"contact_email": "skills@soundings.example"})
    for code, name in (("people", "People"), ("places", "Places")):
        ruth.fill(f"{settings}/themes/new/", {"name": name, "code": code})
    return f"{play.reference} with two themes"


def add_document(play: Play) -> str:
    ruth = play.staff(ADMINISTRATOR)
    paper = File("prospectus.pdf", papers.prospectus(), "application/pdf")
    page = ruth.fill(f"{play.manage}/settings/documents/", {"title": "Prospectus", "file": paper})
    demand("Prospectus" in page.text, f"{page.path} does not show the document.")
    return "a PDF of two pages"


def assign(play: Play) -> str:
    ruth = play.staff(ADMINISTRATOR)
    address = f"{play.manage}/settings/team/"
    for name, role in (("Priya", "engagement"), ("Owen", "engagement"), ("Margaret", "officer"), ("Samir", "officer")):
        form = ruth.get(address).form("user", "role")
        accepted(ruth.send(form, {"user": form.label("user", name), "role": role}))
    return "two of the engagement staff, two officers"


def import_register(play: Play) -> str:
    priya = play.staff(ENGAGEMENT)
    head = "organisation,kind,areas,size,contact name,contact e-mail,job title,role"
    castings, college, farms, homes = play.organisations
    rows = [
        f"{castings},Advanced manufacturing and automotive,Gateshead,large,Ada Fell,{play.address('ada')},Head,lead",
        f"{castings},,,,Ben Rede,{play.address('ben')},Buyer,contributor",
        f"{college},Further education college,Sunderland,large,Cy Tweddle,{play.address('cy')},Principal,lead",
        f'{farms},"Rural, food and farming",Northumberland,small,Dee Wansbeck,{play.address("dee")},Owner,lead',
        f"{homes},Housing provider,Newcastle,large,Eve Ouse,{play.address('eve')},Head of places,lead",
    ]
    bad = rows[2].replace("Further education college", "A kind of bakery").replace("@", " at ")
    page = _upload(priya, [head, *rows[:2], bad, *rows[3:]])
    demand("bakery" in page.text, f"{page.path} does not say what is wrong with row 4. It says: {page.said}")
    sentence = next((text for text in page.tree.xpath("//td//text()|//li//text()") if "bakery" in text), "row 4")
    page = _upload(priya, [head, *rows])
    asked = accepted(priya.send(page.form()))

    def look() -> bool:
        said = priya.get(asked.path).text
        demand("could be imported" not in said, f"{asked.path} says that the import failed: {said}")
        return "This is what the file did." in said

    wait_for(look, "The import of the register")
    return f"first refused: “{' '.join(sentence.split())[:70]}”; then 5 rows"


def _upload(visitor: Visitor, lines: list[str]) -> Page:
    page = visitor.get("/register/import/")
    content = "\r\n".join(lines).encode()
    return visitor.send(page.form("file"), {"file": File("register.csv", content, "text/csv")})


def import_questionnaire(play: Play) -> str:
    priya = play.staff(ENGAGEMENT)
    path = QUESTIONNAIRES / "call-for-evidence.xlsx"
    page = priya.get(f"{play.manage}/surveys/import/")
    dry_run = priya.send(page.form("file"), {"file": File(path.name, path.read_bytes())})
    done = accepted(priya.send(dry_run.form("plan")))
    demand("What to build on" in done.text, f"{done.path} does not show the imported pages: {done.said}")
    published = accepted(
        priya.send(priya.get(f"{play.manage}/surveys/call-for-evidence/publish/").form("live"), button="live=yes")
    )
    demand("live" in published.text.casefold(), f"{published.path} does not say that the survey is live.")
    return "15 questions from a workbook, published and put live"


def review(play: Play) -> str:
    moves = f"{play.manage}/settings/lifecycle"
    play.staff(ENGAGEMENT).press(f"{moves}/review/")
    second = play.staff(SECOND_ADMINISTRATOR)
    second.press(f"{moves}/schedule/")
    return "sent by one, approved by somebody else"


def opened(play: Play) -> str:
    """The clock of the platform opens it: a consultation without an opening time opens with the next sweep."""
    visitor = Visitor(play.base_url)

    def look() -> bool:
        page = visitor.get(f"/consultations/{play.reference}/")
        return "Respond" in page.text

    wait_for(look, "The opening", seconds=90)
    return "by the clock"


STEPS: list[Step] = [
    ("The administrator signs in", sign_in),
    ("creates a consultation with two themes", create),
    ("uploads a document", add_document),
    ("puts people on it", assign),
    ("Engagement staff import the register", import_register),
    ("import the questionnaire and publish it", import_questionnaire),
    ("A second person reviews it", review),
    ("It opens", opened),
]
