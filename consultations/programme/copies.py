"""Copies of a consultation's events belong to it too, with the same themes."""

from __future__ import annotations

from consultations.programme.models import ConsultationEvent, ThemeTopic
from engagement.events.models import Event


def follow(other: Event, made: Event) -> None:
    """Tie the copy to what the event is tied to; topics are found by their titles. Named in `EVENT_COPIED`."""
    for link in ConsultationEvent.objects.filter(event=other):
        ConsultationEvent.objects.get_or_create(consultation_id=link.consultation_id, event=made)
    topics = {topic.title: topic for topic in made.topics.all()}
    for tie in ThemeTopic.objects.filter(topic__event=other).select_related("topic"):
        if topic := topics.get(tie.topic.title):
            ThemeTopic.objects.get_or_create(topic=topic, defaults={"theme_id": tie.theme_id})
