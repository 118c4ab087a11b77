"""Invitations, answers over several visits, receipts, a reminder, the close."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone

from consultations.dashboards.demonstration.staff import ADMINISTRATOR, ENGAGEMENT
from consultations.dashboards.rehearsal.play import Play, Step, demand
from consultations.dashboards.rehearsal.visitor import CHOSEN, Form, Page, Unexpected, Visitor, accepted, wait_for
from consultations.invitations.models import Invitation
from consultations.notices.models import PlannedStep
from engagement.messaging.models import OutgoingMessage

FOLLOW = re.compile(r"https?://\S+/i/[^/\s]+/?(?=\s|$)")
WORDS = (
    "We have advertised for four electricians since the summer and met two. "
    "Short courses at times that shift workers can attend would fill half our gaps."
)
MOST_PAGES = 12


def invite(play: Play) -> str:
    priya = play.staff(ENGAGEMENT)
    page = priya.get(f"{play.manage}/people/invite/?q={play.tag}")
    form = page.form("organisations")
    chosen = form.choices("organisations")
    demand(len(chosen) == 4, f"{page.path} offers {len(chosen)} organisations and not 4.")
    check = accepted(priya.send(form, {"organisations": chosen}))
    done = accepted(priya.send(check.form("confirmed")))
    demand("4" in done.said or "4" in done.text, f"{done.path} does not say whom it invited: {done.said}")
    return "4 organisations, after a look at who gets what"


def invitations_arrive(play: Play) -> str:
    for name in ("ada", "cy", "dee", "eve"):
        message = play.wait_for_mail(play.address(name), play.title)
        links = FOLLOW.findall(" ".join(message.tree.xpath("//a/@href")) + " " + message.text)
        if not links:
            raise Unexpected(f"The invitation of {name} has no link to follow: {message.text[:300]}")
        play.notes[f"link of {name}"] = urlsplit(links[0]).path
    return "4 messages, by the worker"


def follow_links(play: Play) -> str:
    """From the message to the task list: the link identifies, the code signs in."""
    for name in ("ada", "cy", "dee"):
        visitor = Visitor(play.base_url)
        page = visitor.get(play.notes[f"link of {name}"])
        page = play.enter_code(visitor, page.form("email"), play.address(name), {})
        play.people[name] = visitor
    return "three partners, each with the code from their own mail"


def start(play: Play) -> str:
    for name in ("ada", "cy", "dee"):
        play.notes[name] = _begin(play, play.people[name])
    ben = play.people["ben"] = play.make_account(play.address("ben"), "Ben Rede")
    page = ben.get(f"/consultations/{play.reference}/respond/")
    page = _choose_hat(ben, page) if "/submissions/" not in page.path else page
    demand(_of(page) == play.notes["ada"], "The colleague did not come to the response that Ada had begun.")
    return "three responses; a colleague joins the first"


def _begin(play: Play, visitor: Visitor) -> str:
    page = visitor.get(f"/consultations/{play.reference}/respond/")
    return _of(page if "/submissions/" in page.path else _choose_hat(visitor, page))


def _choose_hat(visitor: Visitor, page: Page) -> Page:
    form = page.form("hat")
    return accepted(visitor.send(form, {"hat": form.label("hat", "Rehearsal")}))


def _of(page: Page) -> str:
    """The address under which the response lives: /submissions/<id>/."""
    found = re.search(r"/submissions/[0-9a-f-]{36}/", page.path)
    if found is None:
        raise Unexpected(f"{page.path} is no page of a response: {page.said}")
    return found[0]


def first_visit(play: Play) -> str:
    """Ada answers one section and stops; her colleague answers the next one."""
    ada, ben = play.people["ada"], play.people["ben"]
    sections = _sections(ada, play.notes["ada"])
    page = ada.get(sections[0])
    accepted(ada.send(page.form("revision"), fill_in(page.form("revision")), button="later=1"))
    page = ben.get(sections[1])
    accepted(ben.send(page.form("revision"), fill_in(page.form("revision")), button="later=1"))
    return "two people, two sections of one response"


def wrong_answer(play: Play) -> str:
    """Four barriers where three are asked for: a sentence, and what was ticked is still there."""
    ada = play.people["ada"]
    page = next(
        page
        for address in _sections(ada, play.notes["ada"])
        if "barriers" in (page := ada.get(address)).form("revision").names
    )
    form = page.form("revision")
    answer = ada.send(form, {"barriers": form.choices("barriers")[:4]}, expect=422)
    demand("at most three" in answer.said, f"{answer.path} does not say that three are enough: {answer.said}")
    kept = answer.form("revision").filled_in()["barriers"]
    demand(len(kept) == 4, "The four ticks were not kept.")
    return f"“{' '.join(answer.said.split())[:60]}”"


def second_visit(play: Play) -> str:
    """A day later, on another device: the answers are there, and the rest is filled in."""
    again = play.people["ada"] = play.by_code(play.address("ada"))
    _answer_everything(again, play.notes["ada"])
    _choose_publishing(again, play.notes["ada"])
    _answer_everything(play.people["cy"], play.notes["cy"])
    _choose_publishing(play.people["cy"], play.notes["cy"], "unnamed")
    return "all sections, what may be published"


def _sections(visitor: Visitor, of: str) -> list[str]:
    page = visitor.get(of)
    return list(dict.fromkeys(link for link in page.links("/surveys/call-for-evidence/") if of in link))


def _answer_everything(visitor: Visitor, of: str) -> None:
    """Open the first section and go on from page to page, as the button leads."""
    page = visitor.get(_sections(visitor, of)[0])
    for _ in range(MOST_PAGES):
        if "/surveys/" not in page.path:
            return
        form = page.form("revision")
        page = accepted(visitor.send(form, fill_in(form)))
    raise Unexpected(f"The survey does not end; the last page was {page.path}.")


def fill_in(form: Form) -> dict[str, Any]:
    """A plausible answer to every question of a section that has none yet."""
    there = form.filled_in()
    values: dict[str, Any] = {}
    for control in form.controls:
        name, kind = control.get("name"), (control.get("type") or "text").lower()
        if name in values or any(there.get(name, [])) or name.startswith("csrf") or kind in {"hidden", "submit"}:
            continue
        if kind == "radio":
            values[name] = form.choices(name)[0]
        elif kind in CHOSEN:
            values[name] = form.choices(name)[:2]
        elif control.tag == "textarea":
            values[name] = WORDS
    return values


def _choose_publishing(visitor: Visitor, of: str, choice: str = "named") -> None:
    page = visitor.get(f"{of}confidentiality/")
    accepted(visitor.send(page.form("confidentiality"), {"confidentiality": choice, "may_contact": "on"}))


def double_click(play: Play) -> str:
    """The button is pressed twice at the same moment: one response, one receipt."""
    ada = play.people["ada"]
    page = ada.get(f"{play.notes['ada']}check/")
    form = page.form_to("/send/")
    with ThreadPoolExecutor(2) as both:
        answers = [answer.result() for answer in [both.submit(ada.send, form) for _ in range(2)]]
    demand(
        all("/receipt/" in page.path for page in answers), f"A double click led to {[page.path for page in answers]}."
    )
    found = re.search(r"\b[A-Z0-9]+-[0-9A-Z]{5}\b", answers[0].text)
    demand(found, f"{answers[0].path} shows no reference.")
    cy = play.people["cy"]
    receipt = cy.send(cy.get(f"{play.notes['cy']}check/").form_to("/send/"))
    demand("/receipt/" in receipt.path, f"Sending led to {receipt.path}: {receipt.said}")
    return f"one response, {found[0] if found else ''}"


def receipts(play: Play) -> str:
    for name in ("ada", "cy"):
        message = play.wait_for_mail(play.address(name), "response")
        wait_for(lambda name=name: _receipts_of(play, name), f"The receipt of {name}")  # type: ignore[misc]
    names = _receipts_of(play, "ada")
    demand(len(names) == 1, f"Ada got {len(names)} receipts and not one.")
    message = play.mail(names[0])
    demand(WORDS[:40] in message.text, "The receipt does not hold the answers.")
    play.keep("receipt.eml", play.raw_mail(message))
    return "one each, with every answer"


def _receipts_of(play: Play, name: str) -> list[str]:
    return [one for one in play.mail_with(play.address(name), WORDS[:40]) if play.title in play.mail(one).text]


def reminder(play: Play) -> str:
    """Two days pass, and a step of the plan falls due: it reaches those who have not answered, and nobody else."""
    now = timezone.now()
    rows = Invitation.objects.filter(consultation__reference=play.reference)
    demand(rows.exists(), "The rehearsal needs the database of the platform for this step.")
    closes_at = rows[0].consultation.closes_at
    assert closes_at is not None
    due = timezone.localtime(now - timedelta(minutes=2))
    days = (timezone.localdate(closes_at) - due.date()).days
    priya = play.staff(ENGAGEMENT)
    late = {"kind": "closing", "days": str(days - 1), "side": "before", "anchor": "closes", "local_time": "18:00"}
    priya.fill(f"{play.manage}/messages/new/", late)
    # Nobody can wait for days here: what was asked two days ago and what falls due now is the same to the platform.
    two_days = timedelta(days=2)
    rows.update(created_at=now - two_days, updated_at=now)
    OutgoingMessage.objects.filter(scope=play.reference, state="sent").update(sent_at=now - two_days)
    steps = PlannedStep.objects.filter(consultation__reference=play.reference, kind="closing")
    steps.filter(days=1 - days).update(days=-days, local_time=due.time().replace(second=0, microsecond=0))
    for name in ("eve", "dee"):
        play.wait_for_mail(play.address(name), f"{days} days left", seconds=120)
    for name in ("ada", "cy"):
        reminded = play.mail_with(play.address(name), f"{days} days left")
        demand(not reminded, f"{name} had answered and was reminded all the same.")
    return "to the two who have not answered; not to the two who have"


def close(play: Play) -> str:
    ruth = play.staff(ADMINISTRATOR)
    page = ruth.get(f"{play.manage}/settings/lifecycle/close/")
    accepted(ruth.send(page.form("reason"), {"reason": "Everybody we could reach has answered."}))
    page = Visitor(play.base_url).get(f"/consultations/{play.reference}/")
    demand("Closed" in page.text, f"{page.path} does not say that it is closed.")
    return "with a reason, on the public page"


def late(play: Play) -> str:
    """Dee had begun before the close: the answer is kept, and marked late."""
    dee = play.people["dee"]
    _answer_everything(dee, play.notes["dee"])
    _choose_publishing(dee, play.notes["dee"])
    receipt = dee.send(dee.get(f"{play.notes['dee']}check/").form_to("/send/"))
    demand("/receipt/" in receipt.path, f"The late response was not taken: {receipt.said}")
    page = play.staff(ENGAGEMENT).get(f"{play.manage}/submissions/")
    demand("Late" in page.text, f"{page.path} shows no late submission.")
    return "kept, and marked late"


STEPS: list[Step] = [
    ("Engagement staff invite four organisations", invite),
    ("The invitations arrive", invitations_arrive),
    ("Three partners follow the link and sign in", follow_links),
    ("They begin to answer", start),
    ("First visit", first_visit),
    ("An answer that cannot be accepted", wrong_answer),
    ("Second visit", second_visit),
    ("One double-clicks on sending", double_click),
    ("Receipts arrive", receipts),
    ("A reminder goes out", reminder),
]
CLOSING: list[Step] = [("The consultation closes", close), ("A late response arrives", late)]
