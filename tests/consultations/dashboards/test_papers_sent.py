"""What officers of the demonstration made of the documents that came in."""

import pytest

from consultations.dashboards.demonstration import papersent
from consultations.evidence.models import EvidenceItem
from tests.factories.accounts import UserFactory
from tests.factories.evidence import brought
from tests.factories.files import PDF
from tests.factories.programme import ConsultationFactory

pytestmark = pytest.mark.django_db


def test_the_first_that_came_are_described_and_one_is_kept_back():
    consultation = ConsultationFactory()
    for number in range(3):
        brought(consultation, content=PDF + b"%" + str(number).encode())

    papersent.describe(UserFactory(officer=True))

    assert list(EvidenceItem.objects.order_by("pk").values_list("state", "year")) == [
        ("catalogued", 2018),
        ("catalogued", 2017),
        ("quarantined", 2017),
    ]


def test_where_nothing_came_there_is_nothing_to_describe():
    papersent.describe(UserFactory(officer=True))

    assert not EvidenceItem.objects.exists()
