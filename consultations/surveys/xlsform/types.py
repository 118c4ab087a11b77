"""The types of XLSForm and what becomes of each here."""

from __future__ import annotations

import re
from dataclasses import dataclass

# In these three the name of the list was replaced by a NUL, since it keeps its case and its underscores.
ONE = re.compile(
    r"(?:add )?(?:select|choose) ?(?:one|1)(?: (?P<external>external))?(?: prompt)?(?: using| from)?"
    r"(?P<file> from file| file)? \x00(?P<other> or other)?"
)
SEVERAL = re.compile(
    r"(?:add )?(?:select|choose) ?(?:multiple|all|many)(?: that apply)?(?: (?P<external>external))?(?: prompt)?"
    r"(?: using| from)?(?P<file> from file| file)? \x00(?P<other> or other)?"
)
RANK = re.compile(r"(?:odk:)?rank \x00")
BEGIN = re.compile(r"begin (?:a )?(?P<what>group|repeat|loop|lgroup)(?P<rest>.*)")
END = re.compile(r"end (?:a )?(?P<what>group|repeat|loop|lgroup)")
OSM = re.compile(r"osm( .*)?")

# Type -> kind of question here.
KINDS = {
    "text": "short_text",
    "string": "short_text",
    "add text prompt": "short_text",
    "q string": "short_text",
    "integer": "integer",
    "int": "integer",
    "q int": "integer",
    "q integer": "integer",
    "add integer prompt": "integer",
    "decimal": "decimal",
    "q decimal": "decimal",
    "add decimal prompt": "decimal",
    "date": "date",
    "q date": "date",
    "add date prompt": "date",
    "range": "range",
    "note": "note",
    "add note prompt": "note",
    "q note": "note",
    "acknowledge": "acknowledge",
    "add acknowledge prompt": "acknowledge",
    "trigger": "acknowledge",
    "q acknowledge": "acknowledge",
    "percentage": "integer",
    "add percentage prompt": "integer",
    "q percentage": "integer",
}
# Types that are asked as a short text, and how they are called in the note.
AS_TEXT = {
    "time": "a time of day",
    "datetime": "a day and time",
    "date time": "a day and time",
    "add datetime prompt": "a day and time",
    "add date time prompt": "a day and time",
    "q datetime": "a day and time",
    "q date time": "a day and time",
    "add time prompt": "a time of day",
    "q time": "a time of day",
    "geopoint": "a point on a map",
    "gps": "a point on a map",
    "q geopoint": "a point on a map",
    "q location": "a point on a map",
    "location": "a point on a map",
    "add location prompt": "a point on a map",
    "barcode": "a barcode",
    "q barcode": "a barcode",
    "add barcode prompt": "a barcode",
}
# Types that ask for something that surveys here do not take.
NOT_ASKED = {
    "image": "a picture",
    "photo": "a picture",
    "add image prompt": "a picture",
    "q picture": "a picture",
    "q image": "a picture",
    "add picture prompt": "a picture",
    "picture": "a picture",
    "audio": "a sound recording",
    "add audio prompt": "a sound recording",
    "q audio": "a sound recording",
    "video": "a video",
    "add video prompt": "a video",
    "q video": "a video",
    "file": "a file",
    "add file prompt": "a file",
    "geotrace": "a line on a map",
    "geoshape": "an area on a map",
    "q geotrace": "a line on a map",
    "q geoshape": "an area on a map",
    "osm": "an object of a map",
}
# What devices fill in by themselves: type -> the expression that stands for it in conditions ("" = an empty text).
METADATA = {
    "start": "now()",
    "start time": "now()",
    "begin time": "now()",
    "get start time": "now()",
    "end": "now()",
    "end time": "now()",
    "get end time": "now()",
    "today": "today()",
    "get today": "today()",
    "get current date": "today()",
    "deviceid": "''",
    "device id": "''",
    "get device id": "''",
    "imei": "''",
    "get imei": "''",
    "subscriberid": "''",
    "subscriber id": "''",
    "get subscriber id": "''",
    "simserial": "''",
    "sim id": "''",
    "get sim id": "''",
    "phonenumber": "''",
    "phone number": "''",
    "get phone number": "''",
    "username": "''",
    "email": "''",
    "audit": "''",
    "start geopoint": "''",
    "background audio": "''",
    "background geopoint": "''",
    "entity": "''",
    "uri:deviceid": "''",
    "uri:subscriberid": "''",
    "uri:simserial": "''",
    "uri:phonenumber": "''",
    "uri:username": "''",
    "uri:email": "''",
}
EXTERNAL = frozenset({"csv external", "xml external"})
CALCULATIONS = frozenset({"calculate", "calculation", "add calculate prompt", "q calculate", "hidden"})


@dataclass(frozen=True)
class Type:
    """What a cell of the type column asks for.

    `role`: question, begin, end, calculation, metadata, external, not_asked or unknown. `kind`: our kind of question,
    or group, repeat, loop. `list_name`: of choices; `source`: "", external or file; `words`: for messages.
    """

    role: str
    kind: str = ""
    list_name: str = ""
    has_other: bool = False
    source: str = ""
    words: str = ""


def type_of(cell: str) -> Type:
    """The type that a cell names, whatever its case, with spaces, underscores or hyphens."""
    written = " ".join(cell.split())
    plain = re.sub(r"[_\-\s]+", " ", written).strip().lower()
    if found := BEGIN.fullmatch(plain):
        return Type("begin", "group" if found["what"] == "lgroup" else found["what"], words=found["rest"].strip())
    if found := END.fullmatch(plain):
        return Type("end", "group" if found["what"] == "lgroup" else found["what"])
    if plain in {"group", "repeat"}:
        return Type("begin", plain)
    for pattern, kind in ((ONE, "single"), (SEVERAL, "multiple"), (RANK, "rank")):
        if named := _choosing(pattern, written):
            return _choice_type(*named, kind)
    if plain in KINDS:
        return Type("question", KINDS[plain])
    if plain in AS_TEXT:
        return Type("question", "short_text", words=AS_TEXT[plain])
    if plain in NOT_ASKED or OSM.fullmatch(plain):
        return Type("not_asked", words=NOT_ASKED.get(plain, NOT_ASKED["osm"]))
    if plain in CALCULATIONS:
        return Type("calculation")
    if plain in METADATA:
        return Type("metadata", words=METADATA[plain])
    if plain in EXTERNAL:
        return Type("external")
    return Type("unknown")


def _choosing(pattern: re.Pattern[str], written: str) -> tuple[re.Match[str], str] | None:
    """The match of a type that names a list, and the list's name as it was written."""
    words = written.split(" ")
    for count in range(len(words) - 1, 0, -1):
        head = re.sub(r"[_\-]+", " ", " ".join(words[:count])).lower()
        tail = " ".join(words[count:])
        ending = re.search(r"\s+or[ _](specify[ _])?other$", tail, re.IGNORECASE)
        name = (tail[: ending.start()] if ending else tail).strip()
        if not name or " " in name:
            continue
        found = pattern.fullmatch(f"{head} \x00{' or other' if ending else ''}")
        if found:
            return found, name
    return None


def _choice_type(found: re.Match[str], list_name: str, kind: str) -> Type:
    if kind == "rank":
        return Type("not_asked", words="a ranking", list_name=list_name)
    source = "file" if found["file"] else "external" if found["external"] else ""
    return Type("question", kind, list_name=list_name, has_other=bool(found["other"]), source=source)
