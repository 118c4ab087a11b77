import csv
import io
from datetime import timedelta
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from engagement.audit.models import Entry
from engagement.core import tasks as core_tasks
from engagement.core.errors import Refused
from engagement.core.tabular import read_table
from engagement.stakeholders import actions, importing, queries
from engagement.stakeholders.models import Contact, Membership, Organisation, RegisterImport
from engagement.stakeholders.spreadsheet import COLUMNS, EXAMPLES
from tests.factories.accounts import UserFactory
from tests.factories.stakeholders import ContactFactory, KindFactory, MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _classification(db: None) -> None:
    actions.ensure_classification()


@pytest.fixture
def keeper() -> Any:
    return UserFactory(engagement=True)


def written(rows: list[dict[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def person(number: int = 1, **cells: str) -> dict[str, str]:
    return {
        "organisation": f"Works {number}", "kind": "University", "contact name": f"Person {number}",
        "contact e-mail": f"person{number}@works.example", "role": "lead", **cells,
    }  # fmt: skip


def put_in(staged: RegisterImport, *, only_good_rows: bool = False) -> RegisterImport:
    """The staged file as it is when its import has run."""
    actions.request_import(staged.pk, only_good_rows=only_good_rows)
    importing.run(staged.pk)
    staged.refresh_from_db()
    return staged


def everything() -> tuple[int, int, int]:
    return Organisation.objects.count(), Contact.objects.count(), Membership.objects.count()


def reasons(staged: RegisterImport) -> dict[int, list[str]]:
    return {problem["row"]: problem["reasons"] for problem in staged.problems}


def test_staging_changes_nothing_and_says_what_would_be_done(keeper) -> None:
    staged = actions.stage_import(written([person(1), person(2)]), "partners.csv", actor=keeper)

    assert everything() == (0, 0, 0)
    assert staged.preview["counts"] == {
        "organisations_added": 2, "organisations_changed": 0, "people_added": 2, "people_changed": 0,
        "roles_added": 2, "roles_changed": 0,
    }  # fmt: skip
    assert staged.preview["organisations"] == ["Works 1", "Works 2"]


def test_importing_puts_all_of_it_into_the_register_and_on_record(keeper) -> None:
    rows = [
        person(1, areas="Gateshead; Sunderland", size="small", website="works.example", phone="0191 1"),
        person(2, organisation="works 1", kind="", role=""),
        {"kind": "Individual", "contact name": "Ida Crow", "contact e-mail": "ida@crow.example"},
    ]
    staged = actions.stage_import(written(rows), "partners.csv", actor=keeper)
    put_in(staged)

    organisation = Organisation.objects.get()
    assert (organisation.kind.code, organisation.size, organisation.website) == (
        "university", "small", "https://works.example",
    )  # fmt: skip
    assert [area.code for area in organisation.areas.all()] == ["gateshead", "sunderland"]
    assert {(held.contact.name, held.role) for held in queries.members_of(organisation)} == {
        ("Person 1", "lead"), ("Person 2", "contributor"),
    }  # fmt: skip
    assert not Contact.objects.get(name="Ida Crow").memberships.exists()
    assert sorted(Entry.objects.values_list("verb", flat=True)) == [
        "contact.added", "contact.added", "contact.added", "membership.added", "membership.added",
        "organisation.added", "register.imported",
    ]  # fmt: skip
    staged.refresh_from_db()
    assert (staged.rows, staged.preview) == ([], {})


def test_the_same_file_a_second_time_changes_nothing_and_says_so(keeper, signed_in) -> None:
    content = written([person(1, areas="Gateshead", phone="0191 1"), person(2)])
    for _ in range(2):
        staged = actions.stage_import(content, "partners.csv", actor=keeper)
        changed_before = list(Organisation.objects.values_list("updated_at", flat=True))
        counts = staged.preview["counts"]
        page = signed_in(keeper).get(reverse("stakeholders:preview", args=[staged.public_id])).content.decode()
        for _ in range(2):
            put_in(staged)

    assert not any(counts.values())
    assert "Nothing: the register already says all of this." in page
    assert everything() == (2, 2, 2)
    assert list(Organisation.objects.values_list("updated_at", flat=True)) == changed_before
    assert Entry.objects.filter(verb="organisation.changed").count() == 0


def test_cells_with_text_replace_and_empty_cells_keep(keeper) -> None:
    held = MembershipFactory(
        organisation__name="Works 1", organisation__size="small", organisation__website="https://old.example",
        contact__name="Person 1", contact__email="person1@works.example", contact__job_title="Buyer", role="viewer",
    )  # fmt: skip
    staged = actions.stage_import(
        written([person(1, website="new.example", phone="0191 2", areas="Newcastle")]), "x.csv", actor=keeper
    )
    assert staged.preview["counts"]["organisations_changed"] == 1
    put_in(staged)

    organisation = Organisation.objects.get()
    assert (organisation.kind.code, organisation.size, organisation.website) == (
        "university", "small", "https://new.example",
    )  # fmt: skip
    assert [area.code for area in organisation.areas.all()] == ["newcastle"]
    contact = Contact.objects.get()
    assert (contact.job_title, contact.phone) == ("Buyer", "0191 2")
    held.refresh_from_db()
    assert held.role == "lead"
    assert queries.history_of(organisation).get().facts["changes"]["website"] == [
        "https://old.example", "https://new.example",
    ]  # fmt: skip


def test_every_bad_row_is_listed_with_its_number_and_reasons(keeper) -> None:
    ContactFactory(name="Ada Fell", email="ada@works.example")
    OrganisationFactory(name="Closed Works", closed_at=timezone.now())
    left = MembershipFactory(
        organisation__name="Left Works", contact__name="Lee Left", contact__email="lee@works.example",
        until_on=timezone.localdate() - timedelta(days=1),
    )  # fmt: skip
    rows = [
        person(1),
        person(2, kind="Zeppelin"),
        person(3, **{"contact name": "Tom Ridley", "contact e-mail": "ada@works.example"}),
        person(1),
        person(4, **{"contact name": "Somebody Else", "contact e-mail": "person1@works.example"}),
        person(5, organisation="Works 1", kind="Charity"),
        person(6, kind=""),
        person(7, organisation="Closed Works", kind=""),
        person(
            8, organisation="Left Works", kind="",
            **{"contact name": "Lee Left", "contact e-mail": left.contact.email},
        ),
        person(9),
    ]  # fmt: skip

    staged = actions.stage_import(written(rows), "x.csv", actor=keeper)

    assert reasons(staged) == {
        3: ["“Zeppelin” is not a kind in the register."],
        4: ["ada@works.example already belongs to Ada Fell in the register. Use that name, or another address."],
        5: ["Row 2 already has Person 1 there."],
        6: ["person1@works.example belongs to Person 1 in row 2. One address is one person."],
        7: ["Row 2 says something else about the kind of Works 1."],
        8: ["Works 6 is new to the register and needs a kind."],
        9: ["Closed Works is closed in the register. Open it again first, or leave the row out."],
        10: ["Lee Left has left Left Works. If they are back, add them on the organisation's page."],
    }
    assert [row["row"] for row in staged.rows] == [2, 11]


def test_with_bad_rows_nothing_is_imported_unless_they_are_left_out_by_choice(keeper, signed_in) -> None:
    client = signed_in(keeper)
    upload = SimpleUploadedFile("x.csv", written([person(1), person(2, kind="Zeppelin")]))
    page = client.post(reverse("stakeholders:import"), {"file": upload}, follow=True)
    staged = RegisterImport.objects.get()
    preview = reverse("stakeholders:preview", args=[staged.public_id])
    assert page.redirect_chain[-1][0] == preview
    assert "“Zeppelin” is not a kind in the register." in page.content.decode()
    assert "Import 1 row<" in page.content.decode()

    page = client.post(preview, {})
    assert page.status_code == 422
    assert "Tick the box to import without the bad rows" in page.content.decode()
    assert everything() == (0, 0, 0)
    with pytest.raises(Refused, match="rows that cannot be imported"):
        actions.request_import(staged.pk)

    page = client.post(preview, {"only_good_rows": "on"}, follow=True)
    assert "0 of 1 row imported" in page.content.decode()
    core_tasks.sweep_work()
    assert everything() == (1, 1, 1)
    assert "1 bad row was left out." in client.get(preview).content.decode()


def test_a_register_that_moved_on_since_the_preview_stops_the_import(keeper) -> None:
    staged = actions.stage_import(written([person(1), person(2)]), "x.csv", actor=keeper)
    ContactFactory(name="Somebody Else", email="person2@works.example")

    put_in(staged)

    assert everything() == (0, 1, 0)
    assert staged.state == "failed"
    assert staged.failure == (
        "The register has changed since the preview and no longer agrees with the file (row 3). "
        "Upload the file again. Nothing was imported."
    )


def test_a_workbook_is_read_like_a_csv_file(keeper) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["organisation", "kind", "phone", "contact name", "contact e-mail"])
        sheet.write_row(1, 0, ["Works 1", "University", 1914980000, "Ada Fell", "ada@works.example"])
    staged = actions.stage_import(out.getvalue(), "partners.xlsx", actor=keeper)
    put_in(staged)

    assert Contact.objects.get().phone == "1914980000"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("x.csv", b"", "The file is empty."),
        ("x.xlsx", b"PK\x03\x04broken", "The workbook is damaged"),
        ("x.csv", b'organisation\n"open', "a quotation mark is opened"),
        ("x.csv", b"something,else\n1,2\n", "The first row has no column"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_on_the_page(signed_in, keeper, name, content, sentence) -> None:
    page = signed_in(keeper).post(reverse("stakeholders:import"), {"file": SimpleUploadedFile(name, content)})

    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert not RegisterImport.objects.exists()


def test_a_file_over_the_limit_is_refused(signed_in, keeper, settings) -> None:
    settings.UPLOAD_MEGABYTES = 0

    page = signed_in(keeper).post(
        reverse("stakeholders:import"), {"file": SimpleUploadedFile("x.csv", b"organisation\n")}
    )

    assert "larger than 0 MB" in page.content.decode()


def test_a_staged_file_is_nobody_elses(signed_in, keeper) -> None:
    staged = actions.stage_import(written([person(1)]), "x.csv", actor=keeper)
    other = signed_in(UserFactory(engagement=True))

    for name in ("preview", "bad_rows", "discard"):
        assert other.get(reverse(f"stakeholders:{name}", args=[staged.public_id])).status_code == 404
    assert other.post(reverse("stakeholders:preview", args=[staged.public_id])).status_code == 404
    assert everything() == (0, 0, 0)


def test_bad_rows_can_be_downloaded_with_formulas_disarmed(signed_in, keeper) -> None:
    staged = actions.stage_import(written([person(1, kind="=cmd|' /C calc'!A0")]), "x.csv", actor=keeper)

    page = signed_in(keeper).get(reverse("stakeholders:bad_rows", args=[staged.public_id]))

    rows = list(csv.DictReader(io.StringIO(page.content.decode("utf-8-sig"))))
    assert rows[0]["row"] == "2"
    assert rows[0]["kind"] == "'=cmd|' /C calc'!A0"
    assert "is not a kind" in rows[0]["reasons"]


def test_discarding_deletes_the_rows_and_keeps_an_imported_file(signed_in, keeper) -> None:
    staged = actions.stage_import(written([person(1)]), "x.csv", actor=keeper)
    done = actions.stage_import(written([person(2)]), "y.csv", actor=keeper)
    put_in(done)

    for file in (staged, done):
        signed_in(keeper).post(reverse("stakeholders:discard", args=[file.public_id]))

    assert list(RegisterImport.objects.all()) == [done]


def test_a_staged_file_that_nobody_imports_is_thrown_away(keeper, time_machine) -> None:
    actions.stage_import(written([person(1)]), "x.csv", actor=keeper)
    time_machine.move_to(timezone.now() + timedelta(days=8))

    new = actions.stage_import(written([person(2)]), "y.csv", actor=keeper)

    assert list(RegisterImport.objects.all()) == [new]


@pytest.mark.parametrize("name", ["template_csv", "template_xlsx"])
def test_the_template_imports_itself(signed_in, keeper, name) -> None:
    page = signed_in(keeper).get(reverse(f"stakeholders:{name}"))

    headings, rows = read_table(page.content, name.replace("template_", "template."))
    assert headings == COLUMNS
    assert [row.cells for row in rows] == EXAMPLES
    staged = actions.stage_import(page.content, name.replace("template_", "template."), actor=keeper)
    assert staged.problems == []


def test_a_kind_named_in_two_sectors_needs_its_sector(keeper) -> None:
    double = KindFactory(name="University", code="other-university")

    staged = actions.stage_import(
        written([person(1), person(2, kind=f"{double.sector.name}: University")]), "x.csv", actor=keeper
    )

    assert list(reasons(staged)) == [2]
    assert staged.rows[0]["kind"] == "other-university"


def test_ten_thousand_rows_with_137_bad_ones_are_staged_and_imported_in_batches(
    keeper, django_assert_max_num_queries
) -> None:
    rows = [
        person(number, areas="Gateshead", kind="Zeppelin" if number % 73 == 0 else "Charity")
        for number in range(1, 10_002)
    ]
    assert sum(row["kind"] == "Zeppelin" for row in rows) == 137

    with django_assert_max_num_queries(20):
        staged = actions.stage_import(written(rows), "x.csv", actor=keeper)
    assert len(staged.problems) == 137
    # Batches, not rows: SQLite takes fewer values at a time than PostgreSQL.
    with django_assert_max_num_queries(800):
        put_in(staged, only_good_rows=True)

    assert everything() == (9864, 9864, 9864)


def test_the_command_imports_or_says_every_bad_row(keeper, tmp_path, capsys) -> None:
    file = tmp_path / "partners.csv"
    file.write_bytes(written([person(1), person(2, kind="Zeppelin")]))

    with pytest.raises(CommandError, match="rows that cannot be imported"):
        call_command("import_register", file, "--as", keeper.email)
    assert "row 3: “Zeppelin” is not a kind in the register." in capsys.readouterr().err
    assert everything() == (0, 0, 0)
    assert not RegisterImport.objects.exists()

    call_command("import_register", file, "--as", keeper.email, "--only-good-rows", "--dry-run")
    assert everything() == (0, 0, 0)
    call_command("import_register", file, "--as", keeper.email, "--only-good-rows")
    assert everything() == (1, 1, 1)
    assert "organisations added: 1" in capsys.readouterr().out


def test_the_command_says_what_it_lacks(keeper, tmp_path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_register", tmp_path / "none.csv", "--as", keeper.email)
    with pytest.raises(CommandError, match="Nobody signs in as"):
        call_command("import_register", tmp_path / "none.csv", "--as", "nobody@x.example")
