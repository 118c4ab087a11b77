"""The register: who we talk with."""

from engagement.stakeholders.models.imports import RegisterImport
from engagement.stakeholders.models.interactions import Interaction
from engagement.stakeholders.models.merges import Distinct, Merge
from engagement.stakeholders.models.organisations import Organisation
from engagement.stakeholders.models.people import Contact, Membership, MembershipQuerySet
from engagement.stakeholders.models.places import Area, Interest, Kind, Sector
from engagement.stakeholders.models.segments import Segment

__all__ = [
    "Area",
    "Contact",
    "Distinct",
    "Interaction",
    "Interest",
    "Kind",
    "Membership",
    "MembershipQuerySet",
    "Merge",
    "Organisation",
    "RegisterImport",
    "Sector",
    "Segment",
]
