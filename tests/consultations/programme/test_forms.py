"""Dates in the site's own zone, whole days, and clocks that change."""

from datetime import UTC, date, datetime, time

import pytest
from django.core.exceptions import ValidationError

from consultations.programme import forms
from consultations.programme.models import Consultation
from tests.factories.programme import ConsultationFactory, ThemeFactory


@pytest.mark.parametrize(
    ("on", "at", "expected"),
    [
        (date(2019, 2, 8), None, datetime(2019, 2, 8, 23, 59, 59, tzinfo=UTC)),
        (date(2018, 7, 8), None, datetime(2018, 7, 8, 22, 59, 59, tzinfo=UTC)),
        (date(2018, 10, 28), time(12), datetime(2018, 10, 28, 12, tzinfo=UTC)),
        (date(2018, 10, 27), time(12), datetime(2018, 10, 27, 11, tzinfo=UTC)),
        (date(2019, 3, 31), None, datetime(2019, 3, 31, 22, 59, 59, tzinfo=UTC)),
        (date(2019, 3, 31), time(0, 30), datetime(2019, 3, 31, 0, 30, tzinfo=UTC)),
    ],
)
def test_a_local_day_and_time_is_one_instant(on, at, expected):
    assert forms.local_moment(on, at, without_time=forms.LAST_SECOND) == expected


@pytest.mark.parametrize(
    ("on", "sentence"), [(date(2018, 10, 28), "happens twice"), (date(2019, 3, 31), "does not exist")]
)
def test_a_time_that_the_clock_skips_or_repeats_is_refused(on, sentence):
    with pytest.raises(ValidationError, match=sentence):
        forms.local_moment(on, time(1, 30), without_time=forms.LAST_SECOND)


def dates(consultation, **typed):
    return forms.DatesForm(typed, consultation=consultation)


def test_a_closing_date_without_a_time_means_the_last_second_of_the_day():
    form = dates(Consultation(), opens_on="2018-12-06", closes_on="2019-02-08")

    assert form.is_valid()
    assert form.facts() == {
        "opens_at": datetime(2018, 12, 6, tzinfo=UTC),
        "closes_at": datetime(2019, 2, 8, 23, 59, 59, tzinfo=UTC),
        "response_due_on": None,
    }


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"opens_on": "2019-02-09", "closes_on": "2019-02-08"}, "closes_on", "close after it opens"),
        ({"closes_on": "2019-02-08", "response_due_on": "2019-02-01"}, "response_due_on", "after the close"),
        ({"closes_on": "31/31/2019"}, "closes_on", "Enter a date like"),
        ({"closes_on": "2019-02-08", "closes_time": "25:00"}, "closes_time", "Enter a time like"),
        ({"closes_time": "12:00"}, "closes_on", "date that belongs to the time"),
        ({"closes_on": "2019-03-31", "closes_time": "01:30"}, "closes_time", "does not exist"),
    ],
)
def test_dates_that_cannot_be_get_a_sentence(typed, field, sentence):
    form = dates(Consultation(), **typed)

    assert not form.is_valid()
    assert sentence in " ".join(form.errors[field])


def test_a_form_sent_back_untouched_changes_no_instant():
    exact = datetime(2019, 2, 8, 17, 0, 30, tzinfo=UTC)
    it = Consultation(closes_at=exact)
    form = dates(it, closes_on="2019-02-08", closes_time="17:00")

    assert form.is_valid()
    assert form.facts()["closes_at"] == exact


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("reference", "sentence"),
    [
        ("new", "a word that the site needs itself"),
        ("Skills & more", "Use only letters"),
        ("taken", "Another consultation has this reference"),
        ("", "Give it a reference"),
    ],
)
def test_a_reference_that_cannot_be_gets_a_sentence(reference, sentence):
    ConsultationFactory(reference="taken")
    form = forms.NewConsultationForm({"title": "A", "reference": reference, "kind": "survey", "purpose": "B"})

    assert not form.is_valid()
    assert sentence in form.errors["reference"][0]


@pytest.mark.django_db
def test_the_code_of_a_theme_is_made_from_its_name_once_in_a_consultation():
    it = ThemeFactory(code="clean-growth").consultation

    first = forms.NewThemeForm({"name": "Future of mobility"}, consultation=it)
    second = forms.NewThemeForm({"name": "Clean growth"}, consultation=it)

    assert first.is_valid()
    assert first.cleaned_data["code"] == "future-of-mobility"
    assert not second.is_valid()
    assert "clean-growth" in second.errors["code"][0]
