"""The word lists of the plain-English checks, in one place: `surveys.wording` says what is done with them.

Entries are matched as whole words, whatever their case. Change a list here and every check follows.
"""

from __future__ import annotations

# Words of offices and strategies, and what a person would say.
JARGON: dict[str, str] = {
    "utilise": "use",
    "utilize": "use",
    "utilisation": "use",
    "facilitate": "help, make possible",
    "leverage": "use, get more from",
    "synergies": "working together",
    "synergy": "working together",
    "holistic": "whole",
    "going forward": "from now on",
    "stakeholder": "people and organisations",
    "stakeholders": "people and organisations",
    "key deliverables": "what will be done",
    "deliverables": "what will be done",
    "incentivise": "encourage",
    "prioritise": "put first",
    "operationalise": "put into practice",
    "mainstreaming": "making usual",
    "capacity building": "learning, more people",
    "capacity-building": "learning, more people",
    "cross-cutting": "shared by several",
    "place-based": "local",
    "ecosystem": "say who or what belongs to it",
    "direction of travel": "where this goes",
    "evidence base": "evidence",
    "best practice": "what works well",
    "low-hanging fruit": "what is easy to do first",
    "take-up": "how many use it",
    "upskill": "train",
    "upskilling": "training",
    "reskilling": "training for other work",
    "agglomeration": "many firms close together",
    "endeavour": "try",
    "commence": "begin",
    "terminate": "end",
    "prior to": "before",
    "in order to": "to",
    "with regard to": "about",
    "in respect of": "about",
    "in terms of": "say which part is meant",
    "pursuant to": "under",
    "hereinafter": "leave it out",
    "notwithstanding": "although",
    "whilst": "while",
    "amongst": "among",
    "per annum": "a year",
    "inter alia": "among others",
    "vis-à-vis": "about, compared with",
    "ascertain": "find out",
    "approximately": "about",
    "subsequently": "later",
    "additionality": "what would not have happened otherwise",
    "productivity gap": "say what lags behind what",
    "fit for purpose": "good enough, working",
    "signposting": "telling people where to go",
    "co-design": "design together",
    "co-produce": "make together",
    "granular": "detailed",
    "paradigm": "way of thinking",
    "robust": "strong, well tested",
}

# Words that tell people what to answer.
LEADING: tuple[str, ...] = (
    "obviously", "clearly", "surely", "of course", "naturally", "undoubtedly", "no doubt", "needless to say",
    "as you know", "as everybody knows", "everyone knows", "everybody knows", "it is well known", "most people think",
    "most people agree", "experts agree", "do you agree that", "would you agree that", "wouldn't you", "don't you",
    "isn't it", "aren't you", "shouldn't we", "much-needed", "much needed", "world-class", "long overdue", "excellent",
    "fantastic", "wonderful", "terrible", "disastrous", "shameful", "outrageous", "wasteful", "reckless",
    "common sense", "only sensible", "how much do you like", "how much do you enjoy", "how concerned are you",
    "how worried are you", "our successful", "our exciting", "ambitious and exciting",
)  # fmt: skip

# Negatives. “Do not know” and the like are answers, and stand apart.
NEGATIVES: tuple[str, ...] = (
    "not", "never", "no longer", "neither", "nor", "cannot", "can't", "don't", "doesn't", "didn't", "won't",
    "wouldn't", "shouldn't", "isn't", "aren't", "wasn't", "weren't", "haven't", "hasn't", "unable", "without",
)  # fmt: skip
NO_NEGATIVES: tuple[str, ...] = ("or not", "whether or not", "if not", "why not", "not-for-profit", "not for profit")

# Two things that are one to those who are asked: “research and development” asks no two questions.
PAIRS: frozenset[frozenset[str]] = frozenset(
    frozenset(pair.split())
    for pair in (
        "research development", "research innovation", "terms conditions", "health safety", "health care",
        "children families", "boys girls", "men women", "women men", "mental physical", "pros cons", "up down",
        "north south", "east west", "day night", "ups downs", "small medium", "profit loss", "supply demand",
        "towns villages", "town country", "towns cities", "walking cycling", "skills work", "live work", "arts culture",
        "start grow", "employers employees", "teaching learning", "bed breakfast", "black white", "trial error",
        "now then", "more less", "better worse", "first last", "food drink", "gas electricity", "parents carers",
        "friends family", "family friends", "buses trains", "roads rail", "education training", "voluntary community",
        "community voluntary", "questions answers", "sports leisure", "arts heritage", "terms words",
    )
)  # fmt: skip

# Short forms that need no explanation.
KNOWN_SHORT_FORMS: frozenset[str] = frozenset(
    "UK EU US USA GB NHS BBC VAT GCSE GCSEs NVQ BTEC PhD MBA CV TV PC ID IT AI PDF FAQ FAQs URL SMS GPS USB ISO ONS HR "
    "MP MPs GP GPs GDP MOT PAYE DIY LED CO2 HGV HGVs CCTV WC A-level AM PM BST GMT NE SE NW SW II III IV OK PO SIM "
    "CEO DNA IQ ATM RSVP STEM".split()
)
