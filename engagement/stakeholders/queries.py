"""What the register knows, for pages, tasks and exports."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Count, Exists, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower

from engagement.audit.models import Entry
from engagement.core.prepared import Given, Prepared
from engagement.stakeholders import likeness, sameperson
from engagement.stakeholders.models import (
    Area,
    Contact,
    ContactMerge,
    Distinct,
    DistinctContacts,
    Interaction,
    Kind,
    Membership,
    Merge,
    Organisation,
    RegisterImport,
    Sector,
    Segment,
)

# What a list may be sorted by; anything else is ignored.
ORDERS = {
    "name": ("name",),
    "-name": ("-name",),
    "kind": ("kind__sector__order", "kind__order", "name"),
    "people": ("people_count", "name"),
    "-people": ("-people_count", "name"),
    "-changed": ("-updated_at",),
}
# More organisations than this are not listed by their keys in a query.
MOST_FOUND = 8000
PERSON_ORDERS = {"name": ("name",), "-name": ("-name",), "-changed": ("-updated_at",)}


@dataclass(frozen=True)
class Filters:
    """What a reader of the register narrows it by; empty means everything."""

    text: str = ""
    sector: str = ""
    kind: str = ""
    area: str = ""
    size: str = ""
    closed: bool = False
    order: str = "name"
    # The keys of the organisations that the text finds, when `looked_up` has asked for them.
    found: tuple[int, ...] | None = None


# --- whose is what --------------------------------------------------------------------------------------


def _proven() -> QuerySet[Contact]:
    addresses = EmailAddress.objects.filter(user=Given("user"), verified=True).values(address=Lower("email"))
    return Contact.objects.alias(address=Lower("email")).filter(user=None, address__in=addresses).order_by("pk")[:1]


_TIED: Prepared[Contact] = Prepared(lambda: Contact.objects.filter(user=Given("user")).order_by("pk")[:1])
_PROVEN: Prepared[Contact] = Prepared(_proven)


def contact_of(user: Any) -> Contact | None:
    """The register's entry for this person: the one tied to the account, else one with an address they have proven."""
    if not user.is_authenticated:
        return None
    return _TIED.first(user=user.pk) or _open_to(user, _PROVEN.first(user=user.pk))


def _open_to(user: Any, found: Contact | None) -> Contact | None:
    """The entry that one found by a proven address is part of now, unless that is somebody else's account."""
    entry = entry_of(found) if found else None
    return entry if entry is not None and entry.user_id in (None, user.pk) else None


def entry_of(contact: Contact) -> Contact:
    """The entry that this one is part of since they were put together; itself where it is one of its own."""
    while contact.closed_at is not None:
        row = ContactMerge.objects.filter(merged=contact, undone_at=None).select_related("kept").first()
        if row is None:
            break
        contact = row.kept
    return contact


def memberships_of(user: Any) -> QuerySet[Membership]:
    """What this person is for which organisations today, with the organisation at hand; closed ones left out."""
    contact = contact_of(user)
    if contact is None:
        return Membership.objects.none()
    return memberships_of_contact(contact)


def memberships_of_contact(contact: Contact) -> QuerySet[Membership]:
    """The same for an entry of the register."""
    return (
        Membership.objects.current()
        .filter(contact=contact, organisation__closed_at=None)
        .select_related("contact", "organisation__kind__sector")
        .order_by("organisation__name", "pk")
    )


def organisations_of(user: Any) -> QuerySet[Organisation]:
    """The organisations that this person may act for today, in whatever role."""
    held = memberships_of(user).order_by().values("organisation")
    return Organisation.objects.filter(pk__in=held).select_related("kind__sector").order_by("name", "pk")


def visible_to(user: Any) -> QuerySet[Organisation]:
    """The organisations that exist for this person: all of them for staff, their own for partners."""
    if not user.is_authenticated or not user.is_active:
        return Organisation.objects.none()
    return Organisation.objects.all() if user.is_staff_member else organisations_of(user)


def contacts_visible_to(user: Any) -> QuerySet[Contact]:
    """The people of the register that exist for this person: all for staff, themselves for partners."""
    if not user.is_authenticated or not user.is_active:
        return Contact.objects.none()
    if user.is_staff_member:
        return Contact.objects.all()
    own = contact_of(user)
    return Contact.objects.filter(pk=own.pk) if own else Contact.objects.none()


def memberships_visible_to(user: Any) -> QuerySet[Membership]:
    """Memberships in the organisations that exist for this person."""
    return Membership.objects.filter(organisation__in=visible_to(user)).select_related("contact", "organisation")


def imports_visible_to(user: Any) -> QuerySet[RegisterImport]:
    """Files before and after their import: each person sees their own."""
    return RegisterImport.objects.filter(requested_by=user) if user.is_authenticated else RegisterImport.objects.none()


def interactions_visible_to(user: Any) -> QuerySet[Interaction]:
    """What was noted of the organisations that exist for this person; notes are for staff only."""
    if not user.is_authenticated or not user.is_staff_member:
        return Interaction.objects.none()
    return Interaction.objects.select_related("organisation", "contact", "recorded_by")


def to_follow_up(user: Any) -> QuerySet[Interaction]:
    """What was promised and is not done, the most urgent first."""
    rows = interactions_visible_to(user).filter(follow_up_on__isnull=False, followed_up_at=None)
    return rows.order_by("follow_up_on", "pk")


def merges_visible_to(user: Any) -> QuerySet[Merge]:
    """Entries that were put together, for staff."""
    if not user.is_authenticated or not user.is_staff_member:
        return Merge.objects.none()
    return Merge.objects.select_related("kept", "merged", "merged_by").order_by("-created_at", "-pk")


def contact_merges_visible_to(user: Any) -> QuerySet[ContactMerge]:
    """People who were put together, for staff."""
    if not user.is_authenticated or not user.is_staff_member:
        return ContactMerge.objects.none()
    return ContactMerge.objects.select_related("kept", "merged", "merged_by").order_by("-created_at", "-pk")


def segments_visible_to(user: Any) -> QuerySet[Segment]:
    """Sets of partners, for staff."""
    if not user.is_authenticated or not user.is_staff_member:
        return Segment.objects.none()
    return Segment.objects.select_related("saved_by")


def _named(rows: QuerySet[Organisation]) -> list[likeness.Named]:
    columns = rows.order_by("pk").values_list("pk", "name", "trading_names", "website")
    return [likeness.Named(*row) for row in columns]


def near(filters: Filters) -> list[Organisation]:
    """Organisations whose name comes close to what was searched for, the nearest first: two queries."""
    if not filters.text:
        return []
    keys = likeness.near(filters.text, _named(narrowed(replace(filters, text="", found=None))))
    found = Organisation.objects.select_related("kind__sector").prefetch_related("areas").in_bulk(keys)
    return [found[key] for key in keys if key in found]


def likely_duplicates() -> list[tuple[Organisation, Organisation, str]]:
    """Entries in use that may be one organisation, the likeliest first, with the reason: a fixed number of queries."""
    apart = set(Distinct.objects.values_list("first_id", "second_id"))
    pairs = likeness.pairs(_named(Organisation.objects.filter(closed_at=None)), apart)
    keys = {key for pair in pairs for key in (pair.first, pair.second)}
    found = register_rows().in_bulk(keys)
    return [(found[pair.first], found[pair.second], pair.why) for pair in pairs]


def likely_same_people(most: int) -> tuple[list[tuple[Contact, Contact, str]], int]:
    """People who may be one, the likeliest first with the reason, and how many pairs there are: six queries."""
    apart = set(DistinctContacts.objects.values_list("first_id", "second_id"))
    held: dict[int, set[int]] = defaultdict(set)
    for contact, organisation in Membership.objects.values_list("contact_id", "organisation_id"):
        held[contact].add(organisation)
    rows = Contact.objects.filter(closed_at=None).order_by("pk").values_list("pk", "name", "phone")
    pairs = sameperson.pairs((sameperson.Person(*row, frozenset(held[row[0]])) for row in rows), apart)
    found = people().in_bulk({key for pair in pairs[:most] for key in (pair.first, pair.second)})
    shown = [(found[pair.first], found[pair.second], pair.why) for pair in pairs[:most]]
    return shown, len(pairs)


def register_rows() -> QuerySet[Organisation]:
    """Organisations with kind and sector, areas and people at hand: three queries."""
    return Organisation.objects.select_related("kind__sector").prefetch_related(
        "areas",
        Prefetch("memberships", queryset=Membership.objects.current().select_related("contact"), to_attr="present"),
    )


# --- the register as a list -----------------------------------------------------------------------------


def register(filters: Filters = Filters()) -> QuerySet[Organisation]:
    """Organisations with kind, sector, areas and number of present people: three queries, however many rows."""
    return with_people(narrowed(filters)).order_by(*ORDERS.get(filters.order, ORDERS["name"]), "pk")


def with_people(rows: QuerySet[Organisation]) -> QuerySet[Organisation]:
    """These organisations with kind, sector and areas at hand, and the number of their present people."""
    present = (
        Membership.objects.current()
        .filter(organisation=OuterRef("pk"))
        .order_by()
        .values("organisation")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return (
        rows.annotate(people_count=Coalesce(Subquery(present, output_field=IntegerField()), 0))
        .select_related("kind__sector")
        .prefetch_related("areas")
    )


def looked_up(filters: Filters) -> Filters:
    """The same filters with what their text finds, so that the list and the numbers beside its filters do not each
    search all names and addresses again: two queries. A text that finds very much is left as it is."""
    if not filters.text:
        return filters
    own = Organisation.objects.filter(_named_like(filters.text)).values_list("pk", flat=True)
    people = Contact.objects.filter(Q(name__icontains=filters.text) | Q(email__icontains=filters.text))
    of_people = Membership.objects.filter(contact__in=people).values_list("organisation_id", flat=True)
    found = {*own[: MOST_FOUND + 1], *of_people[: MOST_FOUND + 1]}
    return filters if len(found) > MOST_FOUND else replace(filters, found=tuple(sorted(found)))


def _named_like(text: str) -> Q:
    return Q(name__icontains=text) | Q(trading_names__icontains=text)


def narrowed(filters: Filters) -> QuerySet[Organisation]:
    """The organisations that these filters leave, unordered."""
    rows = Organisation.objects.filter(closed_at__isnull=not filters.closed)
    if filters.found is not None:
        rows = rows.filter(pk__in=filters.found)
    elif filters.text:
        people = Membership.objects.filter(organisation=OuterRef("pk")).filter(
            Q(contact__name__icontains=filters.text) | Q(contact__email__icontains=filters.text)
        )
        rows = rows.filter(_named_like(filters.text) | Exists(people))
    if filters.sector:
        rows = rows.filter(kind__sector__code=filters.sector)
    if filters.kind:
        rows = rows.filter(kind__code=filters.kind)
    if filters.area:
        rows = rows.filter(
            Exists(Organisation.areas.through.objects.filter(organisation=OuterRef("pk"), area__code=filters.area))
        )
    if filters.size:
        rows = rows.filter(size="" if filters.size == "unknown" else filters.size)
    return rows


@dataclass(frozen=True)
class Facets:
    """How many organisations each value of a filter would leave, the other filters kept: code -> (name, number)."""

    sectors: dict[str, tuple[str, int]]
    kinds: dict[str, tuple[str, int]]
    areas: dict[str, tuple[str, int]]
    sizes: dict[str, tuple[str, int]]


def facets(filters: Filters) -> Facets:
    """Counts beside the values of the four filters: one query each for names and for numbers.

    An organisation in two areas is counted in both.
    """
    sectors = _counted(narrowed(replace(filters, sector="", kind="")), "kind__sector__code")
    kinds = _counted(narrowed(replace(filters, kind="")), "kind__code")
    areas = _counted(narrowed(replace(filters, area="")), "areas__code")
    sizes = _counted(narrowed(replace(filters, size="")), "size")
    wanted_kinds = Kind.objects.order_by("sector__order", "order", "pk")
    if filters.sector:
        wanted_kinds = wanted_kinds.filter(sector__code=filters.sector)
    return Facets(
        sectors={code: (name, sectors.get(code, 0)) for code, name in Sector.objects.values_list("code", "name")},
        kinds={code: (name, kinds[code]) for code, name in wanted_kinds.values_list("code", "name") if code in kinds},
        areas={code: (name, areas.get(code, 0)) for code, name in Area.objects.values_list("code", "name")},
        sizes={value or "unknown": (str(label), sizes.get(value, 0)) for value, label in Organisation.Size.choices},
    )


def _counted(rows: QuerySet[Organisation], value: str) -> dict[str, int]:
    return dict(rows.order_by().values_list(value).annotate(number=Count("pk")))


def people(text: str = "", order: str = "name") -> QuerySet[Contact]:
    """Everybody in the register, with their present organisations: two queries, however many rows."""
    rows = Contact.objects.filter(closed_at=None)
    if text:
        held = Membership.objects.filter(contact=OuterRef("pk"), organisation__name__icontains=text)
        rows = rows.filter(Q(name__icontains=text) | Q(email__icontains=text) | Exists(held))
    return with_present(rows).order_by(*PERSON_ORDERS.get(order, PERSON_ORDERS["name"]), "pk")


def with_present(rows: QuerySet[Contact]) -> QuerySet[Contact]:
    """These people with what they are for which organisations today at hand."""
    present = Membership.objects.current().select_related("organisation").order_by("organisation__name", "pk")
    return rows.prefetch_related(Prefetch("memberships", queryset=present, to_attr="present"))


def members_of(organisation: Organisation) -> QuerySet[Membership]:
    """Everybody who is or was something for this organisation, those who left last, with what they were before."""
    return (
        Membership.objects.filter(organisation=organisation)
        .select_related("contact__user")
        .prefetch_related("past")
        .order_by("until_on", "contact__name", "pk")
    )


def history_of(*subjects: Any) -> QuerySet[Entry]:
    """What was done to these things, the latest first."""
    wanted = Q(pk__in=[])
    for subject in subjects:
        wanted |= Q(subject_kind=subject._meta.label_lower, subject_key=str(subject.pk))
    return Entry.objects.filter(wanted).select_related("actor").order_by("-at", "-pk")
