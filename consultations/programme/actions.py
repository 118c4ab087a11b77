"""Changes of a consultation that are no moves: its facts, themes, documents, people and events."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Max, ProtectedError
from django.urls import reverse

from consultations.programme.models import Assignment, Consultation, ConsultationEvent, Document, Theme, ThemeTopic
from engagement.accounts.rules import is_administrator
from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.core.stored import delete_when_certain
from engagement.core.uploads import Checked
from engagement.events import actions as event_actions
from engagement.events.models import Event, Topic

State = Consultation.State


def _locked(consultation: Consultation) -> Consultation:
    return Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)


@transaction.atomic
def create_consultation(*, actor: Any, **facts: Any) -> Consultation:
    """A new draft; its author works on it as engagement staff. Raises Refused when the reference was taken just now."""
    try:
        with transaction.atomic():
            consultation = Consultation.objects.create(created_by=actor, **facts)
    except IntegrityError as error:
        raise Refused(
            f"“{facts.get('reference')}” is taken already. If you pressed the button twice, the consultation is made.",
            field="reference",
        ) from error
    Assignment.objects.create(consultation=consultation, user=actor, role=Assignment.Role.ENGAGEMENT)
    trail.record("consultation.created", subject=consultation, actor=actor, scope=consultation.reference)
    return consultation


@transaction.atomic
def change_facts(consultation: Consultation, *, actor: Any, **facts: Any) -> Consultation:
    """Set the named fields and record old and new values. A changed privacy notice gets the next number.

    The closing time of an announced consultation moves only by `lifecycle.extend`.
    """
    row = _locked(consultation)
    areas = facts.pop("areas", None)
    changed = {
        name: [str(getattr(row, name)), str(value)] for name, value in facts.items() if getattr(row, name) != value
    }
    if "closes_at" in changed and row.state not in {State.DRAFT, State.IN_REVIEW}:
        raise Refused("The closing time has been announced. Extend the consultation, with a reason.", field="closes_on")
    if "opens_at" in changed and row.state not in {State.DRAFT, State.IN_REVIEW, State.SCHEDULED}:
        raise Refused("It has opened, so its opening time stays as it is.", field="opens_on")
    for name in changed:
        setattr(row, name, facts[name])
    if "privacy_notice" in changed and changed["privacy_notice"][0]:
        row.privacy_version += 1
    if changed:
        row.save(update_fields=[*changed, "privacy_version", "updated_at"])
    if areas is not None and set(areas) != set(row.areas.all()):
        changed["areas"] = [", ".join(str(a) for a in row.areas.all()), ", ".join(str(a) for a in areas)]
        row.areas.set(areas)
    if changed:
        trail.record("consultation.changed", subject=row, actor=actor, scope=row.reference, changes=changed)
    return row


def _demand_not_opened(consultation: Consultation) -> None:
    if consultation.state not in {State.DRAFT, State.IN_REVIEW, State.SCHEDULED}:
        raise Refused(
            "Themes are declared before a consultation opens. This one has opened, so its list of themes stays."
        )


@transaction.atomic
def add_theme(consultation: Consultation, *, actor: Any, **facts: Any) -> Theme:
    row = _locked(consultation)
    _demand_not_opened(row)
    if row.themes.filter(code=facts["code"]).exists():
        raise Refused(f"This consultation has a theme “{facts['code']}” already. Choose another code.", field="code")
    last = row.themes.aggregate(last=Max("order"))["last"]
    theme = Theme.objects.create(consultation=row, order=0 if last is None else last + 1, **facts)
    trail.record("theme.added", subject=theme, actor=actor, scope=row.reference)
    return theme


@transaction.atomic
def change_theme(theme: Theme, *, actor: Any, **facts: Any) -> Theme:
    """Change the wording; the code is its identity and stays."""
    before = theme.name
    for name, value in facts.items():
        setattr(theme, name, value)
    theme.save(update_fields=list(facts))
    trail.record(
        "theme.changed", subject=theme, actor=actor, scope=theme.consultation.reference, name=[before, theme.name]
    )
    return theme


@transaction.atomic
def move_theme(theme: Theme, *, actor: Any, up: bool) -> None:
    """One place up or down; at the end of the list nothing happens."""
    row = _locked(theme.consultation)
    themes = list(row.themes.order_by("order", "pk"))
    place = next(place for place, other in enumerate(themes) if other.pk == theme.pk)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(themes):
        return
    themes[place], themes[other] = themes[other], themes[place]
    for number, each in enumerate(themes):
        each.order = number
    Theme.objects.bulk_update(themes, ["order"])
    trail.record("theme.moved", subject=theme, actor=actor, scope=row.reference, to=other + 1)


@transaction.atomic
def remove_theme(theme: Theme, *, actor: Any) -> None:
    """Take out a theme that nothing refers to; raises Refused otherwise."""
    row = _locked(theme.consultation)
    _demand_not_opened(row)
    if theme.topic_links.exists():
        raise Refused(f"An event talks about “{theme.name}”, so it cannot be removed. Take it off the event first.")
    trail.record("theme.removed", subject=theme, actor=actor, scope=row.reference)
    try:
        with transaction.atomic():
            theme.delete()
    except ProtectedError:
        raise Refused(f"A survey or a question belongs to “{theme.name}”, so it cannot be removed.") from None


@transaction.atomic
def add_document(consultation: Consultation, *, actor: Any, title: str, upload: Checked) -> Document:
    """Keep a checked file; the same content twice in one consultation is refused."""
    row = _locked(consultation)
    same = row.documents.filter(sha256=upload.sha256).first()
    if same is not None:
        raise Refused(f"This file is here already, as “{same.title}”.", field="file")
    last = row.documents.aggregate(last=Max("order"))["last"]
    document = Document.objects.create(
        consultation=row,
        title=title,
        file=ContentFile(upload.content, name=f"{upload.sha256[:16]}{upload.suffix}"),
        file_name=upload.file_name,
        content_type=upload.content_type,
        size=len(upload.content),
        sha256=upload.sha256,
        order=0 if last is None else last + 1,
    )
    trail.record("document.added", subject=document, actor=actor, scope=row.reference, sha256=upload.sha256)
    return document


@transaction.atomic
def remove_document(document: Document, *, actor: Any) -> None:
    """Take a paper off the page. The file goes with it once that is certain."""
    trail.record(
        "document.removed", subject=document, actor=actor, scope=document.consultation.reference, sha256=document.sha256
    )
    delete_when_certain(document.file)
    document.delete()


@transaction.atomic
def assign(consultation: Consultation, *, user: Any, role: str, actor: Any) -> Assignment:
    """Put a member of staff on it; doing so twice changes nothing.

    In the role that an administrator gave them: otherwise engagement staff could make themselves officers. Those who
    are administrators work on every consultation and may stand in either list.
    """
    if not user.is_staff_member or not user.is_active:
        raise Refused(f"{user} is not a member of staff. An administrator gives people their role first.", field="user")
    if not is_administrator(user) and user.staff_role != role:
        raise Refused(
            f"{user} is on the staff as {user.get_staff_role_display().lower()}, so that is what they can be here. "
            "An administrator can give them another role.",
            field="role",
        )
    assignment, is_new = Assignment.objects.get_or_create(consultation=consultation, user=user, role=role)
    if is_new:
        trail.record(
            "assignment.made", subject=consultation, actor=actor, scope=consultation.reference, user=user.pk, role=role
        )
    return assignment


@transaction.atomic
def unassign(assignment: Assignment, *, actor: Any) -> None:
    """Take a person off; the last one of the engagement staff stays, or nobody could put anyone back."""
    row = _locked(assignment.consultation)
    others = row.assignments.filter(role=assignment.role).exclude(pk=assignment.pk)
    if assignment.role == Assignment.Role.ENGAGEMENT and not others.exists():
        raise Refused("This is the last member of the engagement staff. Add somebody else first.")
    trail.record(
        "assignment.ended",
        subject=row,
        actor=actor,
        scope=row.reference,
        user=assignment.user_id,
        role=assignment.role,
    )
    assignment.delete()


def context_of(consultation: Consultation) -> dict[str, str]:
    """What the events app, which knows no consultation, shows and leads to."""
    address = reverse("programme:consultation", args=[consultation.reference])
    return {"title": consultation.title, "url": address, "reference": consultation.reference}


@transaction.atomic
def create_event(consultation: Consultation, values: dict[str, Any], *, themes: list[Theme], actor: Any) -> Event:
    """A draft event of this consultation with a topic for each theme. `values` come from `EventForm.values()`."""
    context = {f"context_{name}": value for name, value in context_of(consultation).items()}
    event = event_actions.create_event(values, topics=[theme.name for theme in themes], actor=actor, **context)
    link_event(consultation, event, themes=themes, actor=actor)
    return event


@transaction.atomic
def link_event(consultation: Consultation, event: Event, *, themes: list[Theme], actor: Any) -> None:
    """Tie an event to the consultation, with one topic for each chosen theme. Raises Refused for another's event."""
    if ConsultationEvent.objects.filter(event=event).exclude(consultation=consultation).exists():
        raise Refused("This event belongs to another consultation.")
    ConsultationEvent.objects.get_or_create(consultation=consultation, event=event)
    if event.context_reference != consultation.reference:
        event_actions.tie(event.pk, actor=actor, **context_of(consultation))
    last = event.topics.aggregate(last=Max("order"))["last"]
    for number, theme in enumerate(themes, start=0 if last is None else last + 1):
        if ThemeTopic.objects.filter(theme=theme, topic__event=event).exists():
            continue
        topic, _ = Topic.objects.get_or_create(event=event, title=theme.name, defaults={"order": number})
        ThemeTopic.objects.get_or_create(topic=topic, defaults={"theme": theme})
    trail.record(
        "event.linked",
        subject=consultation,
        actor=actor,
        scope=consultation.reference,
        event=event.pk,
        themes=[theme.code for theme in themes],
    )


@transaction.atomic
def set_event_themes(consultation: Consultation, event: Event, *, themes: list[Theme], actor: Any) -> None:
    """Make the event talk about exactly these themes. A topic with notes stays: it is evidence on its theme."""
    dropped = ThemeTopic.objects.filter(theme__consultation=consultation, topic__event=event).exclude(theme__in=themes)
    for link in dropped.select_related("topic", "theme"):
        if link.topic.notes.exists():
            raise Refused(
                f"There are notes on “{link.topic.title}” already, so it stays a theme of this event.", field="themes"
            )
        link.topic.delete()
    link_event(consultation, event, themes=themes, actor=actor)
