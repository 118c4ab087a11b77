"""Files of the demonstration: what partners read before they answer, and what they send along."""

from __future__ import annotations

import random

import typst

from consultations.dashboards.demonstration.names import LAST_NAMES

LAYOUT = """#set page(paper: "a4", margin: 2.5cm)
#set text(size: 11pt, lang: "en", region: "GB")
#set par(justify: false, leading: 0.75em)
#set document(title: "{title}")
#show heading: set block(above: 1.4em, below: 0.7em)
"""
PROSPECTUS = """= Towards a Local Industrial Strategy for the North East

A prospectus for our partners. It says what we know, what we do not know, and what we ask you.

== Where we stand
The area of the partnership has seven local authorities and nearly two million people. Jobs have grown since 2014, and
pay and output for each hour worked still lie below the average of England.

== What a Local Industrial Strategy is
A plan to 2030, based on evidence and agreed with government, on how the area raises productivity and living standards.
It does not replace the Strategic Economic Plan; it says which few things matter most.

== Five foundations
+ *Ideas*: research, innovation and its use.
+ *People*: skills, work and progression.
+ *Infrastructure*: transport, broadband and energy.
+ *Business environment*: finance, support, trade and public buying.
+ *Places*: towns, countryside, homes and culture.

== What we ask
What should the strategy build on? What holds productivity back? What should the partnership, government and you
yourselves do first? Answer as many of the six questionnaires as you like, or send us a written statement.

== What happens with your answer
Every answer is read and coded by two officers. We publish what we heard, with the numbers behind it, before the board
decides.
"""
EVIDENCE_BASE = """= The evidence base in two pages

Figures for the discussion at the tables. They are invented for a demonstration.

#table(columns: 3, [*Measure*], [*Our area*], [*England*],
  [Output for each hour worked (index)], [89], [100],
  [People of working age in work], [72.4 %], [75.6 %],
  [Firms that brought in something new, 2014 to 2016], [46 %], [49 %],
  [Premises with full fibre], [4 %], [6 %],
  [People of working age with a higher qualification], [32 %], [39 %],
)

== What we cannot see
Small areas, earnings of the self-employed, and what became of people after training.
"""
SUBJECTS = (
    "Vacancies that were hard to fill",
    "Travel to work by shift",
    "Members' survey",
    "Waiting times",
    "Premises and broadband speed",
    "Apprentices started and finished",
    "Orders by country",
    "Use of the advice service",
)


def pdf(title: str, text: str) -> bytes:
    """A4 pages set like print."""
    return bytes(typst.compile((LAYOUT.replace("{title}", title) + text).encode()))


def prospectus() -> bytes:
    return pdf("Towards a Local Industrial Strategy for the North East", PROSPECTUS)


def evidence_base() -> bytes:
    return pdf("The evidence base in two pages", EVIDENCE_BASE)


def evidence(rng: random.Random, number: int, who: str, statement: str) -> tuple[str, str, bytes]:
    """A document that a partner sends along: its title, the name of the file, and what is in it."""
    subject = rng.choice(SUBJECTS)
    slug = f"{subject.lower().replace(' ', '-').replace(chr(39), '')}-{number}"
    title = f"{subject}, {who}"
    if number % 4 == 0:
        text = f"= {subject}\n\n{who.replace('@', '')}, January 2019\n\n{statement}\n"
        return title, f"{slug}.pdf", pdf(subject, text)
    if number % 4 == 1:
        text = f"{subject}\n{who}\n\n{statement}\n\nContact: {rng.choice(LAST_NAMES)}\n"
        return title, f"{slug}.txt", text.encode()
    rows = ["year,measure,value"]
    rows += [f"{year},{subject.lower()},{rng.randint(3, 240)}" for year in range(2014, 2019)]
    return title, f"{slug}.csv", ("\r\n".join(rows) + "\r\n").encode()
