"""The types of XLSForm and what becomes of each here."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

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

# What is answered with files.
FILE = "file"

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
    "time": "time",
    "add time prompt": "time",
    "q time": "time",
    "geopoint": "location",
    "gps": "location",
    "q geopoint": "location",
    "q location": "location",
    "location": "location",
    "add location prompt": "location",
    "note": "note",
    "add note prompt": "note",
    "q note": "note",
    "acknowledge": "consent",
    "add acknowledge prompt": "consent",
    "trigger": "consent",
    "q acknowledge": "consent",
    "percentage": "integer",
    "add percentage prompt": "integer",
    "q percentage": "integer",
}
# Types that are asked as something simpler: type -> (kind, how it is called in the note).
SIMPLER = {
    **dict.fromkeys(
        ("datetime", "date time", "add datetime prompt", "add date time prompt", "q datetime", "q date time"),
        ("short_text", "a day and time"),
    ),
    **dict.fromkeys(("barcode", "q barcode", "add barcode prompt"), ("short_text", "a barcode")),
    **dict.fromkeys(("geotrace", "q geotrace"), ("location", "a line on a map")),
    **dict.fromkeys(("geoshape", "q geoshape"), ("location", "an area on a map")),
    "osm": ("location", "an object of a map"),
}
# How the kinds of SIMPLER are called in the note.
SIMPLER_WORDS = {"short_text": "a short text", "location": "a place in words", "file": "a file"}
# Types that ask for something to be sent along, and what.
FILES = {
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
}
# Which groups of files a type takes; its name in a workbook, what it asks for.
FILE_TYPES = {"picture": ("image", "a picture"), "sound": ("audio", "a sound recording"), "video": ("video", "a video")}
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
CALCULATIONS = frozenset({"calculate", "calculation", "add calculate prompt", "q calculate"})


@dataclass(frozen=True)
class Type:
    """What a cell of the type column asks for.

    `role`: question, begin, end, calculation, hidden, metadata, external or unknown. `kind`: our kind of
    question, or group, repeat, loop. `list_name`: of choices; `source`: "", external or file; `words`: for messages,
    what was asked for where the kind is a simpler one.
    """

    role: str
    kind: str = ""
    list_name: str = ""
    has_other: bool = False
    source: str = ""
    words: str = ""


def with_kind(found: Type, kind: str) -> Type:
    """The type of a row whose column `kind` names one of our kinds."""
    roles = {"calculated": "calculation", "hidden": "hidden"}
    return replace(found, role=roles.get(kind, "question"), kind=kind, words="")


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
    for pattern, kind in ((ONE, "single"), (SEVERAL, "multiple"), (RANK, "ranking")):
        if named := _choosing(pattern, written):
            return _choice_type(*named, kind)
    return _plain_type(plain)


def _plain_type(plain: str) -> Type:
    """The type of a cell that names no list, in lower case with single spaces."""
    if plain in KINDS:
        return Type("question", KINDS[plain])
    if plain in SIMPLER or OSM.fullmatch(plain):
        simpler, words = SIMPLER.get(plain, SIMPLER["osm"])
        return Type("question", simpler, words=words)
    if plain in FILES:
        return Type("question", FILE, words=FILES[plain])
    if plain in METADATA:
        return Type("metadata", words=METADATA[plain])
    if plain in CALCULATIONS:
        return Type("calculation")
    roles = {"hidden": "hidden", **dict.fromkeys(EXTERNAL, "external")}
    return Type(roles.get(plain, "unknown"))


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
    if kind == "ranking":
        return Type("question", kind, list_name=list_name)
    source = "file" if found["file"] else "external" if found["external"] else ""
    return Type("question", kind, list_name=list_name, has_other=bool(found["other"]), source=source)
