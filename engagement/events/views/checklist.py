"""Are we ready? The steps of an event with the state of each."""

from __future__ import annotations

from django.urls import reverse

from engagement.events.models import Event


def _many(number: int, one: str, more: str = "") -> str:
    return f"{number} {one if number == 1 else more or one + 's'}"


def of(event: Event, *, counts: dict[str, int], notes: dict[str, int], topics: int) -> list[dict[str, str]]:
    """Steps for the task list, those before the event first; asks the database nothing."""

    def step(title: str, page: str, is_done: bool, hint: str = "", label: str = "To do") -> dict[str, str]:
        state, word = ("done", "Done") if is_done else ("to_do", label)
        address = reverse(f"events:{page}", args=[event.public_id])
        return {"title": title, "url": address, "hint": hint, "state": state, "label": word}

    has_place = event.mode == Event.Mode.ONLINE or bool(event.venue_name)
    has_link = event.mode == Event.Mode.IN_PERSON or bool(event.joining_link)
    has_access = event.mode == Event.Mode.ONLINE or bool(event.access_information)
    steps = [
        step("Say where it is", "edit", has_place and has_link, "" if has_link else "The link to join is missing."),
        step("Say how people get in and around", "edit", has_access),
        step("Set the topics", "topics", topics > 0, _many(topics, "topic") if topics else "Notes are kept by topic."),
    ]
    if not event.is_over and not event.has_begun:
        left = f"{event.places_left} of {event.capacity} places left"
        is_open = event.state in {Event.State.BOOKING, Event.State.BOOKING_CLOSED}
        steps.append(step("Open booking", "staff_event", is_open, left))
        return steps
    marked = counts["expected"] - counts["unmarked"]
    steps.append(
        step(
            "Mark who came",
            "roster",
            counts["expected"] > 0 and not counts["unmarked"],
            f"{marked} of {_many(counts['expected'], 'person', 'people')} marked",
        )
    )
    is_written = notes["notes"] > 0
    steps.append(step("Write the notes", "notes", is_written, _many(notes["notes"], "note") if is_written else ""))
    steps.append(step("Circulate the notes", "notes", is_written and not notes["draft"]))
    proposed = f"{_many(notes['proposed'], 'amendment')} to decide" if notes["proposed"] else ""
    settled = notes["agreed"] + notes["disputed"]
    steps.append(step("Agree the notes", "notes", is_written and settled == notes["notes"], proposed))
    steps.append(step("Write it up", "write_up", event.state == Event.State.WRITTEN_UP))
    return steps
