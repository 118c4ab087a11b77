"""The one line of the search page."""

from django import forms


class SearchForm(forms.Form):
    q = forms.CharField(label="Search", max_length=200, required=False, help_text="A name, a title or a reference.")
