"""The closing time of a consultation as a calendar file."""

from __future__ import annotations

from datetime import timedelta

import icalendar
from django.conf import settings
from django.urls import reverse

from consultations.programme.models import Consultation


def closing_day(consultation: Consultation) -> bytes:
    """An iCalendar file (UTC) with one entry that ends at the closing time; empty of entries without one.

    The same UID with a higher SEQUENCE after an extension, so that calendars move the entry.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//{settings.SITE_NAME}//EN")
    calendar.add("version", "2.0")
    if consultation.closes_at is not None:
        entry = icalendar.Event()
        entry.add("uid", f"{consultation.public_id}@soundings")
        entry.add("sequence", consultation.schedule_revision)
        entry.add("dtstamp", consultation.updated_at)
        entry.add("dtstart", consultation.closes_at - timedelta(hours=1))
        entry.add("dtend", consultation.closes_at)
        entry.add("summary", f"Closes: {consultation.title}")
        entry.add("url", settings.SITE_URL + reverse("programme:consultation", args=[consultation.reference]))
        calendar.add_component(entry)
    return calendar.to_ical()
