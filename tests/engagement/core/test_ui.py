"""The words for moments and numbers, the navigation, and what forms look like to the person who fills them in."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Submit
from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template import Context, RequestContext, Template
from django.template.loader import render_to_string
from django.urls import include, path
from django.utils import timezone

from engagement.core.templatetags import ui
from tests.architecture.tree import ROOT


def nothing(request, **kwargs):
    return HttpResponse()


urlpatterns = [
    path("", include(([path("c/<str:reference>/", nothing, name="overview")], "overviews"))),
    path("", include(([path("c/<str:reference>/surveys/", nothing, name="list")], "surveys"))),
    path("", include(([path("surveys/<int:pk>/", nothing, name="edit")], "surveys_alone"))),
]

# --- moments and numbers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("instant", "words"),
    [
        (datetime(2019, 2, 8, 23, 59, 59, tzinfo=UTC), "Friday 8 February 2019, 11:59pm (GMT)"),
        (datetime(2019, 7, 1, 8, 0, tzinfo=UTC), "Monday 1 July 2019, 9am (BST)"),
        (datetime(2019, 7, 1, 11, 0, tzinfo=UTC), "Monday 1 July 2019, midday (BST)"),
        (datetime(2019, 3, 31, 0, 30, tzinfo=UTC), "Sunday 31 March 2019, 12:30am (GMT)"),
        (datetime(2019, 3, 31, 1, 0, tzinfo=UTC), "Sunday 31 March 2019, 2am (BST)"),
        (datetime(2019, 10, 27, 0, 30, tzinfo=UTC), "Sunday 27 October 2019, 1:30am (BST)"),
        (datetime(2019, 10, 27, 1, 30, tzinfo=UTC), "Sunday 27 October 2019, 1:30am (GMT)"),
        (date(2019, 2, 8), "8 February 2019"),
        (None, ""),
    ],
)
def test_moment_names_day_time_and_zone(instant, words):
    assert ui.moment(instant) == words


def test_day_is_the_day_in_our_own_zone():
    assert ui.day(datetime(2019, 6, 30, 23, 30, tzinfo=UTC)) == "1 July 2019"
    assert ui.short_moment(datetime(2019, 6, 30, 23, 30, tzinfo=UTC)) == "1\u00a0Jul\u00a02019, 12:30am"


def test_days_left_counts_calendar_days(time_machine):
    time_machine.move_to(datetime(2019, 2, 7, 22, 0, tzinfo=UTC), tick=False)
    closing = datetime(2019, 2, 8, 23, 59, 59, tzinfo=UTC)

    assert ui.days_left(closing) == "closes tomorrow"
    assert ui.days_left(closing + timedelta(days=7)) == "8 days left"
    assert ui.days_left(timezone.now() + timedelta(hours=1)) == "closes today"
    assert ui.days_left(timezone.now()) == "closed"
    assert ui.days_left(date(2019, 2, 6)) == "closed"


@pytest.mark.parametrize(
    ("part", "base", "words"),
    [
        (27, 74, "36%"),
        (0, 74, "0%"),
        (74, 74, "100%"),
        (1, 1000, "under 1%"),
        (999, 1000, "over 99%"),
        (1, 8, "13%"),
        (3, 0, "–"),
        (None, 5, "–"),
    ],
)
def test_percent_never_rounds_something_to_nothing(part, base, words):
    assert ui.percent(part, base) == words


def test_share_says_part_base_and_percentage():
    assert ui.share(27, 74) == "27 of 74 (36%)"
    assert ui.share(0, 0) == "0 of 0"


@pytest.mark.parametrize(
    ("number", "words"), [(0, "people came"), (1, "person came"), ("1", "person came"), (21, "people came")]
)
def test_words_agree_with_their_number(number, words):
    assert ui.agree(number, "person came|people came") == words


def test_every_number_of_a_staff_page_has_words_that_agree_with_it():
    # The same for one and for many.
    steady = {"on the waiting list", "of them without booking", "cannot be taken over"}
    pages = [
        path
        for path in (ROOT / "templates").rglob("*.html")
        if path.name not in ("style_page.html", "bulk_preview.html")
    ]
    stats = [
        (path.name, label)
        for path in pages
        for label in re.findall(r'components/stat.html" with value=\S+ label=("[^"]*"|\S+)', path.read_text())
    ]

    assert [
        one for one in stats if one[1].strip('"') not in steady and "|agree:" not in one[1] and one[1] != "number.label"
    ] == []
    assert len(stats) > 15


def test_joined_reads_like_a_sentence():
    assert [ui.joined(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


def test_depth_stays_on_its_line():
    assert ui.depth(2, 5) == {"reached": "40%", "marks": ["20%", "40%", "60%", "80%"]}
    assert ui.depth(7, 5)["reached"] == "100%"
    assert ui.depth(0, 0) == {"reached": "0%", "marks": []}
    assert ui.depth(500, 1000)["marks"] == []


# --- navigation -----------------------------------------------------------------------------------------


def items_at(rf, address, **variables):
    parts = ["Overview|overviews:overview", "Surveys|surveys:list", "Elsewhere|nowhere:list"]
    context = RequestContext(rf.get(address), variables)
    return {item["label"]: item["current"] for item in ui.nav_items(context, *parts, of="LIS")}


@pytest.mark.urls(__name__)
def test_navigation_leaves_out_what_does_not_exist_and_marks_where_one_is(rf):
    assert items_at(rf, "/c/LIS/") == {"Overview": "page", "Surveys": ""}
    assert items_at(rf, "/c/LIS/surveys/") == {"Overview": "", "Surveys": "page"}
    assert items_at(rf, "/c/LIS/surveys/3/") == {"Overview": "", "Surveys": "true"}
    assert items_at(rf, "/somewhere/") == {"Overview": "", "Surveys": ""}
    assert items_at(rf, "/somewhere/", nav_current="surveys:list") == {"Overview": "", "Surveys": "true"}


def test_pager_keeps_the_filters(rf):
    context = RequestContext(rf.get("/?sector=business&page=2&sector=public"))
    query = ui.query_without(context, "page")
    html = render_to_string("components/pager.html", {"page": Paginator(range(300), 50).page(2), "query": query})

    assert query == "sector=business&sector=public"
    assert re.findall(r'href="([^"]+)"', html) == [
        "?sector=business&amp;sector=public&amp;page=1",
        "?sector=business&amp;sector=public&amp;page=3",
    ]
    assert "51–100 of 300" in html


def test_pager_is_silent_for_one_page():
    assert render_to_string("components/pager.html", {"page": Paginator([1], 50).page(1)}).strip() == ""


# --- forms ----------------------------------------------------------------------------------------------


class Answers(forms.Form):
    organisation = forms.CharField(help_text="As it should appear.")
    email = forms.EmailField(label="E-mail address", required=False)
    role = forms.ChoiceField(choices=[("me", "Myself"), ("org", "An organisation")], widget=forms.RadioSelect)
    themes = forms.MultipleChoiceField(
        choices=[("a", "Ideas"), ("b", "People")], widget=forms.CheckboxSelectMultiple, required=False
    )
    paper = forms.FileField(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "organisation", "email", Fieldset("About", "role", "themes"), "paper", Submit("save", "Save and go on")
        )


def rendered(source, form, rf):
    return Template("{% load crispy_forms_tags %}" + source).render(RequestContext(rf.post("/"), {"form": form}))


def wrong_form():
    form = Answers({"email": "nobody"})
    form.add_error(None, "This survey is closed.")
    return form


@pytest.mark.parametrize("source", ["{% crispy form %}", "{{ form|crispy }}"])
def test_every_problem_links_to_a_control_that_is_there(source, rf):
    form = wrong_form()
    summary = render_to_string("components/error_summary.html", {"form": form})
    html = rendered(source, form, rf)

    targets = re.findall(r'href="#([^"]+)"', summary)
    assert targets == ["id_organisation", "id_email", "id_role"]
    controls = re.findall(r"<(?:input|textarea|select)[^>]*\sid=\"([^\"]+)\"", html)
    assert [target for target in targets if target not in controls] == []
    assert "This survey is closed." in summary


def test_error_stands_before_its_control_and_is_tied_to_it(rf):
    html = rendered("{{ form|crispy }}", wrong_form(), rf)

    assert html.index('id="id_email_error"') < html.index('id="id_email"')
    assert re.search(r'<input[^>]*id="id_email"[^>]*>', html)[0].count('aria-describedby="id_email_error"') == 1
    assert re.search(r'<input[^>]*id="id_email"[^>]*>', html)[0].count('aria-invalid="true"') == 1
    described = re.search(r'<input[^>]*aria-describedby="([^"]+)"[^>]*id="id_organisation"', html)[1]
    assert described == "id_organisation_helptext id_organisation_error"


def test_stock_errors_are_said_in_our_words():
    texts = [problem["text"] for problem in ui.problems(wrong_form())]

    assert texts == [
        "This survey is closed.",
        "“Organisation” needs an answer.",
        "Enter an e-mail address with an @ in it, like name@example.org.",
        "“Role” needs an answer.",
    ]


def test_an_error_of_the_form_itself_is_left_as_it_was_written():
    form = Answers({"organisation": "x", "role": "me"})
    form.add_error("organisation", "An organisation of this name has answered already.")

    assert [p["text"] for p in ui.problems(form)] == ["An organisation of this name has answered already."]


def test_a_form_without_problems_has_no_summary():
    assert render_to_string("components/error_summary.html", {"form": Answers()}).strip() == ""


def test_whole_form_carries_its_token_its_files_and_its_button(rf):
    html = rendered("{% crispy form %}", Answers(), rf)

    assert html.count("csrfmiddlewaretoken") == 1
    assert 'enctype="multipart/form-data"' in html
    assert "novalidate" in html
    assert re.search(r'<button type="submit" name="save"[^>]*>Save and go on</button>', html)
    assert html.count("<legend") == 3
    assert html.count("(optional)") == 3


def test_chosen_options_come_back_chosen(rf):
    html = rendered("{{ form|crispy }}", Answers({"role": "org", "themes": ["b"]}), rf)

    assert re.findall(r'value="(\w+)" id="[^"]+" checked', html) == ["org", "b"]


def test_what_was_typed_is_escaped(rf):
    html = rendered("{{ form|crispy }}", Answers({"organisation": "<b>", "role": "<i>"}), rf)

    assert "<b>" not in html
    assert "<i>" not in html


def test_formset_shows_each_form_and_says_all_problems(rf):
    formset_class = forms.formset_factory(Answers, extra=0)
    formset = formset_class(
        {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "form-0-organisation": "x", "form-0-role": "me"}
    )
    html = rendered("{{ form|crispy }}", formset, rf)

    assert html.count('class="fieldset formset__form"') == 2
    assert [p["target"] for p in ui.problems(formset)] == ["id_form-1-organisation", "id_form-1-role"]


def test_token_is_there_inside_a_part_that_was_included_with_only(rf):
    source = '{% include "components/confirm.html" with title="Close it?" action="Close it" cancel_url="/" only %}'
    html = Template(source).render(RequestContext(rf.get("/")))

    assert html.count('name="csrfmiddlewaretoken"') == 1


def test_inline_choices_and_their_hints(rf):
    form = Answers()
    form.fields["role"].widget.inline = True
    form.fields["role"].widget.hints = {"org": "With its agreement."}
    html = rendered("{{ form|crispy }}", form, rf)

    assert html.count("choices--inline") == 1
    assert re.search(r'aria-describedby="(id_role_1_hint)"', html)[1] in re.findall(r'<p[^>]*id="([^"]+)"', html)


# --- parts ----------------------------------------------------------------------------------------------


def test_summary_list_says_what_each_change_is_about():
    rows = [("Organisation", "Tyne Castings", "/1/", "your organisation"), ("Documents", "", "/2/"), ("Sent", "Yes")]
    html = render_to_string("components/summary_list.html", {"rows": rows})

    links = [re.sub(r"<[^>]+>", "", text) for text in re.findall(r"<a [^>]+>(.*?)</a>", html)]
    assert links == ["Change your organisation", "Change Documents"]
    assert "Not answered" in html


def test_task_without_address_cannot_be_followed():
    tasks = [
        {"title": "About you", "url": "/1/", "hint": "", "state": "done", "label": "Done"},
        {"title": "Send", "url": "", "hint": "Last", "state": "waiting", "label": "Cannot start yet"},
    ]
    html = render_to_string("components/task_list.html", {"tasks": tasks})

    assert re.findall(r"<a [^>]+>(.*?)</a>", html) == ["About you"]


def test_messages_layout_knows_the_site_without_a_request(settings):
    settings.SITE_NAME = "Soundings & Co"
    source = '{% extends "emails/layout.txt" %}{% block content %}Hello {{ name }}{% endblock %}'

    assert (
        Template(source)
        .render(Context({"name": "O’Neill & Sons"}))
        .startswith("Hello O’Neill & Sons\n\n--\nSoundings & Co,")
    )
