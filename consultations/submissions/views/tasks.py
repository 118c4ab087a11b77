"""The task list: where the response is, what is left, who saved what."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, ngettext

from consultations.submissions import queries, rules, signoff
from consultations.submissions.models import SectionAssignment, Submission
from consultations.submissions.moved import news_of
from consultations.submissions.views.base import OfDraft
from consultations.surveys import kinds
from consultations.surveys.minutes import minutes_for
from consultations.surveys.path import Status, Step
from engagement.core.templatetags.ui import day, short_moment
from engagement.core.views import PageView

LABELS = {
    Status.NOT_STARTED: gettext_lazy("Not started"),
    Status.IN_PROGRESS: gettext_lazy("In progress"),
    Status.COMPLETED: gettext_lazy("Completed"),
}


@dataclass
class Group:
    """Tasks under one heading; `name` makes their ids differ from those of the other groups."""

    name: str
    title: str
    intro: str = ""
    tasks: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Together:
    """What colleagues know of each other's sections; empty where one person writes alone."""

    assignments: dict[queries.Place, SectionAssignment] = field(default_factory=dict)
    comments: Counter[queries.Place] = field(default_factory=Counter)
    is_shared: bool = False

    def hints(self, place: queries.Place, saved: str, answered: str) -> str:
        """Who has it, who saved it last, how much of it is answered, and how much is said about it."""
        hints = [_in_hand(self.assignments.get(place)), saved, answered]
        number = self.comments[place]
        if number:
            hints.append(ngettext("%(n)s open comment", "%(n)s open comments", number) % {"n": number})
        return " · ".join(hint for hint in hints if hint)

    def is_mine(self, place: queries.Place, user: Any) -> bool:
        row = self.assignments.get(place)
        return row is not None and row.contact.user_id == user.pk


def together(submission: Submission, user: Any) -> Together:
    """Two queries for a response that colleagues write, none for any other."""
    if not rules.is_colleague(user, submission):
        return Together()
    return Together(queries.assignments(submission), queries.open_comments(submission), is_shared=True)


def _in_hand(row: SectionAssignment | None) -> str:
    if row is None:
        return ""
    told = {"name": row.contact.name, "day": day(row.due_on)}
    if row.is_locked:
        return (gettext("Kept for %(name)s, until %(day)s") if row.due_on else gettext("Kept for %(name)s")) % told
    return (gettext("%(name)s writes it, until %(day)s") if row.due_on else gettext("%(name)s writes it")) % told


def _answered(step: Step) -> str:
    """“3 of 5 questions answered”, while some are not."""
    steps = step.entries if step.is_list else (step,)
    asked = [(one, question) for one in steps for question in one.questions if question.is_answered]
    done = sum(one.answers.get(question.code) not in kinds.BLANK for one, question in asked)
    if not asked or done == len(asked):
        return ""
    return gettext("%(n)s of %(total)s questions answered") % {"n": done, "total": len(asked)}


def tasks_of(
    submission: Submission, parts: list[queries.Part], *, user: Any, shared: Together | None = None
) -> list[Group]:
    """A group for each survey, then what stands beside the answers. Those who only read get no links.

    What was put in the hands of this person stands in a group of its own before all others, and in its place too.
    """
    shared = shared or Together()
    saves = queries.last_saves(submission)
    may_write = rules.can_write(user, submission)
    groups = []
    mine = Group("mine", gettext("Your sections"))
    for number, part in enumerate(parts, 1):
        news = news_of(part)
        group = Group(f"survey-{number}", part.definition.title, news.text if news else "")
        before = last = ""
        for step in part.path.pages:
            status = part.path.status(step.code)
            state, label = str(status), LABELS[status]
            if step.code in part.unfinished or (news and step.code in news.look_again):
                state, label = "attention", gettext("Look again")
            elif news and step.code in news.asked_anew:
                state, label = "attention", gettext("New question")
            save = saves.get((part.survey.pk, step.code))
            # A page whose later questions depend on its first ones is asked in two steps.
            before, last = last, step.title
            url = reverse("submissions:section", args=[submission.public_id, part.survey.code, step.code])
            group.tasks.append(
                {
                    "title": gettext("%(title)s (continued)") % {"title": step.title}
                    if step.title == before
                    else step.title,
                    "url": url if may_write else "",
                    "hint": _saved(submission, save) if save else about(step),
                    "state": state,
                    "label": label,
                }
            )
            if shared.is_shared:
                place = (part.survey.pk, step.page.code)
                group.tasks[-1]["hint"] = shared.hints(place, group.tasks[-1]["hint"], _answered(step))
                if shared.is_mine(place, user):
                    mine.tasks.append(group.tasks[-1])
        groups.append(group)
    beside = _beside(submission, may_write)
    if shared.is_shared:
        statement = beside[0].tasks[0]
        statement["hint"] = shared.hints((None, ""), statement["hint"], "")
        if shared.is_mine((None, ""), user):
            mine.tasks.append(statement)
    return [*([mine] if mine.tasks else []), *groups, *beside]


def about(step: Step) -> str:
    """“About 4 minutes”, for a page that nobody has begun."""
    minutes = minutes_for([step])
    return ngettext("About %(n)s minute", "About %(n)s minutes", minutes) % {"n": minutes} if minutes else ""


def _saved(submission: Submission, save: Any) -> str:
    """When and by whom; by a return link there is one writer, who has no name here."""
    if submission.link_key:
        return gettext("Saved %(clock)s") % {"clock": short_moment(save.at)}
    return gettext("Saved %(clock)s by %(name)s") % {
        "clock": short_moment(save.at),
        "name": save.actor or gettext("us"),
    }


def _beside(submission: Submission, may_write: bool) -> list[Group]:
    def task(name: str, title: str, *, done: bool, hint: str = "", optional: bool = False) -> dict[str, str]:
        undone = ("optional", gettext("Optional")) if optional else ("not_started", gettext("Not started"))
        state, label = ("completed", gettext("Completed")) if done else undone
        url = reverse(f"submissions:{name}", args=[submission.public_id])
        is_open = may_write or name == "check"
        return {"title": title, "url": url if is_open else "", "hint": hint, "state": state, "label": label}

    documents = submission.evidence.count()
    hint = ngettext("%(n)s document", "%(n)s documents", documents) % {"n": documents} if documents else ""
    # Files say who made them and when, so an anonymous response takes none.
    own_documents = (
        []
        if submission.is_anonymous
        else [task("documents", gettext("Documents"), done=bool(documents), hint=hint, optional=True)]
    )
    check = task("check", gettext("Check the answers and send"), done=False)
    check["label"] = gettext("Not sent yet")
    if submission.is_intake:
        check["title"], check["label"] = gettext("Check the answers and hand over"), gettext("Not handed over yet")
        if submission.state == Submission.State.AWAITING_APPROVAL:
            check["state"], check["label"] = "awaiting_approval", gettext("Waits to be checked")
    return [
        Group(
            "beside",
            gettext("In your own words") if not submission.is_intake else gettext("The original"),
            tasks=[
                task("statement", gettext("Written statement"), done=bool(submission.statement.strip()), optional=True),
                *own_documents,
            ],
        ),
        Group(
            "sending",
            gettext("Before you send it") if not submission.is_intake else gettext("Before you hand it over"),
            tasks=[
                task("confidentiality", gettext("What we may publish"), done=bool(submission.confidentiality)),
                check,
            ],
        ),
    ]


class Tasks(OfDraft, PageView):
    """Where the response is, whose turn it is, what was saved when by whom."""

    access = rules.can_read
    template_name = "submissions/tasks.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        parts = queries.parts_of(self.subject)
        shared = together(self.subject, user)
        groups = tasks_of(self.subject, parts, user=user, shared=shared)
        tasks = [task for group in groups if group.name != "mine" for task in group.tasks]
        standing = signoff.of(self.subject, parts)
        return super().get_context_data(
            groups=groups,
            done=sum(task["state"] == "completed" for task in tasks),
            total=len(tasks),
            conflicts=queries.conflicts_to_settle(self.subject, user),
            is_late=rules.is_late(self.subject),
            closes_at=rules.closes_at(self.subject),
            may_write=rules.can_write(user, self.subject),
            may_send=rules.is_sender(user, self.subject),
            is_shared=shared.is_shared,
            may_lead=shared.is_shared and rules.can_lead(user, self.subject),
            open_comments=sum(shared.comments.values()),
            first_survey=next((part.survey.code for part in parts if part.response is not None), ""),
            standing=standing,
            asked_me=standing.waiting if asks(standing, user) else None,
            crumbs=self.crumbs()[:1],
            **kwargs,
        )


def asks(standing: signoff.Standing, user: Any) -> bool:
    """Whether it waits for the approval of this very person."""
    waiting = standing.waiting
    return waiting is not None and waiting.approver is not None and waiting.approver.user_id == user.pk
