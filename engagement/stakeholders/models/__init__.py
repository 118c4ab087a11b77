"""The register: who we talk with."""

from engagement.stakeholders.models.imports import RegisterImport
from engagement.stakeholders.models.interactions import Interaction
from engagement.stakeholders.models.merges import ContactMerge, Distinct, DistinctContacts, Joined, Merge
from engagement.stakeholders.models.organisations import Organisation
from engagement.stakeholders.models.people import Contact, Membership, MembershipQuerySet, PastRole
from engagement.stakeholders.models.places import Area, Interest, Kind, Sector
from engagement.stakeholders.models.segments import Segment

__all__ = [
    "Area",
    "Contact",
    "ContactMerge",
    "Distinct",
    "DistinctContacts",
    "Interaction",
    "Interest",
    "Joined",
    "Kind",
    "Membership",
    "MembershipQuerySet",
    "Merge",
    "Organisation",
    "PastRole",
    "RegisterImport",
    "Sector",
    "Segment",
]
