"""A survey to export, and those who export it."""

import pytest

from tests.factories.accounts import UserFactory
from tests.factories.analysis import survey_asking
from tests.factories.programme import AssignmentFactory, ConsultationFactory


@pytest.fixture
def survey():
    return survey_asking(ConsultationFactory(reference="lis"))


@pytest.fixture
def officer(survey):
    return AssignmentFactory(consultation=survey.consultation, role="officer").user


@pytest.fixture
def administrator():
    return UserFactory(administrator=True)
