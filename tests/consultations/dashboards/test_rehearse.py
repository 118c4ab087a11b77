"""The rehearsal's browser: forms as they stand on pages, waiting, and an honest report of what failed.

The last test plays the whole rehearsal against the platform as it runs, with its worker and its mail.
"""

import json
import os
import subprocess
import sys
from email.message import Message
from io import StringIO

import docx
import icalendar
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from consultations.dashboards.management.commands import rehearse
from consultations.dashboards.rehearsal import answering, concluding, meeting, preparing
from consultations.dashboards.rehearsal.visitor import File, Page, Unexpected, _multipart, accepted, wait_for

PAGE = """<html><head><title>T</title></head><body>
<form method="post" action="/accounts/logout/"><input type="hidden" name="csrfmiddlewaretoken" value="x"></form>
<form method="get" action="/search/"><input name="q"></form>
<form method="post" action="save/">
<input type="hidden" name="csrfmiddlewaretoken" value="token">
<input type="text" name="title" value="As it was">
<textarea name="text">\nTwo
lines</textarea>
<label><input type="checkbox" name="themes" value="1" checked> Ideas</label>
<input type="checkbox" name="themes" value="2" id="t2"><label for="t2">People</label>
<input type="radio" name="role" value="a"><input type="radio" name="role" value="b" checked>
<select name="kind"><option value="">Choose</option><option value="k" selected>Kind</option></select>
<input type="file" name="file"><input name="off" value="no" disabled>
<button name="later" value="1">Later</button>
</form></body></html>"""


def page(text: str = PAGE, path: str = "/manage/thing/") -> Page:
    return Page(f"http://site{path}", 200, Message(), text.encode())


def test_a_form_is_sent_as_the_browser_would_send_it():
    form = page().form("title")

    assert form.action == "http://site/manage/thing/save/"
    assert form.data({}) == [
        ("csrfmiddlewaretoken", "token"),
        ("title", "As it was"),
        ("text", "Two\nlines"),
        ("themes", "1"),
        ("role", "b"),
        ("kind", "k"),
    ]


def test_values_replace_what_stands_there_and_the_pressed_button_goes_along():
    sent = page().form("title").data({"title": "New", "themes": ["1", "2"], "role": None}, "later=1")

    assert [value for name, value in sent if name == "themes"] == ["1", "2"]
    assert ("title", "New") in sent
    assert not any(name == "role" for name, _ in sent)
    assert sent[-1] == ("later", "1")


def test_a_field_that_is_not_there_is_named():
    with pytest.raises(Unexpected, match="has no field colour"):
        page().form("title").data({"colour": "red"})


@pytest.mark.parametrize(("words", "value"), [("ideas", "1"), ("People", "2")])
def test_a_choice_is_found_by_its_words(words, value):
    assert page().form("themes").label("themes", words) == value


def test_the_forms_of_the_head_are_passed_over():
    assert page().form().names >= {"title", "file"}
    assert page().form_to("/save/").names >= {"title"}
    with pytest.raises(Unexpected, match="no form that leads to"):
        page().form_to("/search/")


def test_a_page_that_complains_is_not_accepted():
    with pytest.raises(Unexpected, match="Give it a title"):
        accepted(page('<html><body><div class="error-summary">Give it a title.</div></body></html>'))


def test_a_file_goes_as_a_part_of_its_own():
    kind, body = _multipart([("title", "Paper"), ("file", File("a.txt", b"words", "text/plain"))])

    assert kind.startswith("multipart/form-data; boundary=")
    assert b'name="title"\r\n\r\nPaper\r\n' in body
    assert b'name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nwords\r\n' in body


def test_waiting_ends_with_a_sentence():
    assert wait_for(lambda: "there", "It") == "there"
    with pytest.raises(Unexpected, match="The file did not come within 0 seconds"):
        wait_for(lambda: None, "The file", seconds=0)


def test_a_platform_that_does_not_answer_fails_the_first_step_and_still_reports(tmp_path):
    out = StringIO()

    with pytest.raises(CommandError, match="Step 1 failed"):
        call_command("rehearse", base_url="http://127.0.0.1:9", out=tmp_path, stdout=out)

    lines = out.getvalue().splitlines()
    assert "does not answer" in out.getvalue()
    assert json.loads(lines[-1]) == {"steps": 0, "failed": 1, "files": []}


def test_a_broken_step_is_reported_with_where_it_broke(tmp_path, monkeypatch):
    monkeypatch.setattr(rehearse, "STEPS", [("It breaks", lambda play: 1 / 0)])
    out = StringIO()

    with pytest.raises(CommandError):
        call_command("rehearse", base_url="http://127.0.0.1:9", out=tmp_path, stdout=out)

    assert "ZeroDivisionError" in out.getvalue()
    assert json.loads(out.getvalue().splitlines()[-1])["failed"] == 1


def test_the_whole_job_is_played():
    acts = [act for _, act in rehearse.STEPS]

    for module in (preparing, answering, meeting, concluding):
        assert all(act in acts for _, act in module.STEPS)
    assert acts.index(answering.close) < acts.index(answering.late) < acts.index(concluding.code)


def test_the_main_job_runs_end_to_end(redis_url, tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TEST_")}
    environment |= {"DJANGO_SETTINGS_MODULE": "engagement.settings", "REDIS_URL": ""}
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "demo", "--rehearse", "--out", str(tmp_path)]

    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900, check=False)

    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(lines[-1])
    assert (said["steps"], said["failed"]) == (len(rehearse.STEPS), 0)
    names = {path.rpartition("/")[2] for path in said["files"]}
    assert names == {"receipt.eml", "place.ics", "summary.docx", "answers.zip", "answers.xlsx"}
    assert docx.Document(str(tmp_path / "summary.docx")).tables
    assert icalendar.Calendar.from_ical((tmp_path / "place.ics").read_bytes()).walk("VEVENT")
