"""A strict reader of calendar files, written from RFC 5545 and from nothing else: it refuses what the text forbids."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

NAME = re.compile(rb"[A-Za-z0-9-]+")
PARAMETER = re.compile(r';([A-Za-z0-9-]+)=("[^"\x00-\x08\x0a-\x1f\x7f]*"|[^";:,\x00-\x08\x0a-\x1f\x7f]*)')
TEXTS = {"SUMMARY", "DESCRIPTION", "LOCATION", "PRODID", "UID", "STATUS", "METHOD", "X-WR-CALNAME", "TZID", "TZNAME"}


@dataclass
class Component:
    name: str
    properties: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    parts: list[Component] = field(default_factory=list)

    def all(self, name: str) -> list[tuple[dict[str, str], str]]:
        return [(parameters, value) for found, parameters, value in self.properties if found == name]

    def one(self, name: str) -> str:
        """The value of a property that stands exactly once."""
        [(_, value)] = self.all(name)
        return value

    def of(self, name: str) -> list[Component]:
        return [part for part in self.parts if part.name == name]


def _lines(content: bytes) -> list[bytes]:
    assert content.endswith(b"\r\n"), "does not end with CRLF"
    raw = content[:-2].split(b"\r\n")
    lines: list[bytes] = []
    for line in raw:
        assert b"\r" not in line, f"a bare CR or LF: {line!r}"
        assert b"\n" not in line, f"a bare CR or LF: {line!r}"
        assert 0 < len(line) <= 75, f"{len(line)} octets in a line"
        line.decode("utf-8")  # no character is cut in two by folding
        if line[:1] in b" \t":
            lines[-1] += line[1:]
        else:
            lines.append(line)
    return lines


def _text(value: str) -> str:
    """What an escaped text says; fails on a separator that is not escaped and on an escape that does not exist."""
    out, at = "", 0
    while at < len(value):
        sign = value[at]
        if sign == "\\":
            assert value[at + 1] in "\\;,nN", f"no such escape: {value[at : at + 2]!r}"
            out += "\n" if value[at + 1] in "nN" else value[at + 1]
            at += 2
            continue
        assert sign not in ";,", f"not escaped: {value!r}"
        out += sign
        at += 1
    return out


def read(content: bytes) -> Component:
    """The one VCALENDAR of the file; raises AssertionError for anything the RFC does not allow."""
    stack: list[Component] = [Component("")]
    for line in _lines(content):
        matched = NAME.match(line)
        assert matched, line
        name, rest = matched.group().decode().upper(), line[matched.end() :].decode()
        parameters = {}
        while found := PARAMETER.match(rest):
            assert found[1].upper() not in parameters, f"{found[1]} twice"
            parameters[found[1].upper()], rest = found[2].strip('"'), rest[found.end() :]
        assert rest[:1] == ":", line
        value = rest[1:]
        if name == "BEGIN":
            stack.append(Component(value))
        elif name == "END":
            ended = stack.pop()
            assert ended.name == value, f"{ended.name} ended as {value}"
            stack[-1].parts.append(ended)
        else:
            assert not stack[-1].parts, f"{name} stands behind a component"
            stack[-1].properties.append((name, parameters, _text(value) if name in TEXTS else value))
    [top] = stack
    [calendar] = top.parts
    assert calendar.name == "VCALENDAR"
    for needed in ("PRODID", "VERSION", "METHOD"):
        calendar.one(needed)
    for entry in calendar.of("VEVENT"):
        for needed in ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE"):
            entry.one(needed)
    return calendar


def _wall(value: str) -> datetime:
    return datetime.strptime(value, "%Y%m%dT%H%M%S")  # noqa: DTZ007 - wall time


def _last_sunday(year: int, month: int) -> datetime:
    day = datetime(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)  # noqa: DTZ001 - wall time
    return day - timedelta(days=(day.weekday() + 1) % 7)


def _offset(zone: Component, wall: datetime) -> timedelta:
    """How far this wall time is ahead of UTC by the zone's own rules; the first of two where it comes twice."""
    latest = (wall - timedelta(days=800), timedelta())
    for part in zone.parts:
        rule = dict(pair.split("=") for pair in part.one("RRULE").split(";"))
        assert (rule.pop("FREQ"), rule.pop("BYDAY")) == ("YEARLY", "-1SU")
        month = int(rule.pop("BYMONTH"))
        assert not rule
        hours = _wall(part.one("DTSTART"))
        to = part.one("TZOFFSETTO")
        ahead = timedelta(hours=int(to[1:3]), minutes=int(to[3:5])) * (-1 if to[0] == "-" else 1)
        for year in (wall.year - 1, wall.year):
            onset = _last_sunday(year, month) + timedelta(hours=hours.hour, minutes=hours.minute)
            if latest[0] < onset <= wall:
                latest = (onset, ahead)
    return latest[1]


def instant(calendar: Component, entry: Component, name: str) -> datetime:
    """The instant of DTSTART or DTEND, worked out with the zone that the file itself describes."""
    [(parameters, value)] = entry.all(name)
    if value.endswith("Z"):
        assert not parameters
        return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    wall = _wall(value)
    [zone] = [zone for zone in calendar.of("VTIMEZONE") if zone.one("TZID") == parameters["TZID"]]
    return (wall - _offset(zone, wall)).replace(tzinfo=UTC)
