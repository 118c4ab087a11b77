"""Addresses of the words of messages; plans themselves stand with the things that have them."""

from django.urls import path

from engagement.plans.views import words

app_name = "plans"
WORD = "words/<slug:code>/<slug:language>/"

urlpatterns = [
    path("words/", words.SiteWords.as_view(), name="words"),
    path(WORD, words.EditSiteWords.as_view(), name="word"),
    path(f"{WORD}usual/", words.ResetSiteWords.as_view(), name="reset_words"),
]
