import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engagement.core.errors import Refused
from engagement.core.tabular import SourceRow
from engagement.stakeholders import spreadsheet
from engagement.stakeholders.spreadsheet import COLUMNS, Vocabulary, read, understand

WORDS = Vocabulary(
    kinds={"university": "university", "education: university": "university", "charity": "charity",
           "individual": "individual"},
    areas={"gateshead": "gateshead", "e08000037": "gateshead", "sunderland": "sunderland"},
    kind_names=("University", "Charity", "Individual"),
    area_names=("Gateshead", "Sunderland"),
)  # fmt: skip


def row(**cells: str) -> SourceRow:
    names = {name.replace(" ", "_").replace("-", "_"): name for name in COLUMNS}
    return SourceRow(7, {names[name]: text for name, text in cells.items()})


def test_a_full_row_is_understood() -> None:
    line, reasons = understand(
        row(
            organisation="Tyne  Castings", kind="UNIVERSITY", areas="Sunderland; E08000037 ;sunderland;",
            size="Micro (under 10 people)", website="tyne.example", contact_name="Ada Fell",
            contact_e_mail="Ada@Tyne.example", job_title="Director", phone="+44 (0)191 498 0000 ext. 12", role="Lead",
        ),
        WORDS,
    )  # fmt: skip

    assert reasons == []
    assert line == spreadsheet.Line(
        row=7, organisation="Tyne Castings", kind="university", areas=["gateshead", "sunderland"], size="micro",
        website="https://tyne.example", contact="Ada Fell", email="ada@tyne.example", job_title="Director",
        phone="+44 (0)191 498 0000 ext. 12", role="lead",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"kind": "University"}, "The organisation has no name. For a person who answers for themselves, write"),
        ({"organisation": "A", "kind": "Univercity"}, "“Univercity” is not a kind in the register. The nearest is"),
        ({"organisation": "A", "areas": "Gateshed"}, "“Gateshed” is not an area in the register. The nearest is"),
        ({"organisation": "A", "areas": "Paris"}, "“Paris” is not an area in the register."),
        ({"organisation": "A", "size": "huge"}, "“huge” is not a size. Write micro, small, medium or large"),
        ({"organisation": "A", "website": "javascript:alert(1)"}, "“javascript:alert(1)” is not the address of a web"),
        ({"organisation": "A", "website": "javascript://x%0aalert(1)"}, "is not the address of a website."),
        ({"organisation": "A", "contact_name": "Ada", "contact_e_mail": "ada@"}, "“ada@” is not an e-mail address."),
        ({"organisation": "A", "contact_e_mail": "a@b.example"}, "The contact has an e-mail address but no name."),
        ({"organisation": "A", "contact_name": "Ada"}, "Ada has no e-mail address."),
        ({"organisation": "A", "role": "lead"}, "The row has a job title, telephone number or role, but no contact."),
        ({"organisation": "A", "contact_name": "Ada", "contact_e_mail": "a@b.example", "role": "boss"}, "“boss” is"),
        ({"organisation": "A", "contact_name": "Ada", "contact_e_mail": "a@b.example", "phone": "call me"}, "“call me"),
        ({"organisation": "A" * 201}, "The organisation has 201 characters; at most 200 can be kept."),
        ({"organisation": "A\ufffdB"}, "A cell holds a character that could not be read."),
        ({"organisation": "A\x07B"}, "A cell holds a character that could not be read."),
        ({"kind": "Individual"}, "The row names neither an organisation nor a person."),
        (
            {"kind": "Individual", "contact_name": "Ada", "contact_e_mail": "a@b.example", "areas": "Gateshead"},
            "Areas, size, website and role belong to an organisation, and this row has none.",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_a_sentence(cells: dict[str, str], reason: str) -> None:
    _, reasons = understand(row(**cells), WORDS)

    assert len([said for said in reasons if reason in said]) == 1, reasons


def test_every_reason_of_a_row_is_given_at_once() -> None:
    _, reasons = understand(row(organisation="", kind="x", areas="y", size="z", contact_e_mail="no"), WORDS)

    assert len(reasons) == 6


def test_a_person_without_organisation_is_an_individual() -> None:
    line, reasons = understand(row(kind="individual", contact_name="Ada", contact_e_mail="a@b.example"), WORDS)

    assert (reasons, line.organisation, line.email) == ([], "", "a@b.example")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"organisation,kind\n", "The file has headings but no rows under them."),
        (b"name,kind\nA,University\n", "The first row has no column “organisation”."),
        (b"organisation,turnover\nA,5\n", "The register does not know the column “turnover”."),
        (b"organisation,a,b\nA,5,6\n", "The register does not know the columns “a”, “b”."),
        (b"organisation,e-mail,contact email\nA,a@b.example,\n", "Two columns of the file mean “contact e-mail”."),
        (b'organisation\n"A\n', "a quotation mark is opened and not closed"),
        (b"PK\x03\x04not a workbook", "The workbook is damaged"),
        (b"\x00\x01\x02", "This is not a CSV file or an Excel workbook."),
        (b"%PDF-1.4 something\nelse\n", "The first row has no column “organisation”."),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        read(content, "partners.csv", WORDS)

    assert sentence in refused.value.message


def test_headings_may_be_written_in_several_ways() -> None:
    lines, problems = read(b"ORGANISATION;Contact;Contact_Email\nA;Ada;ada@a.example\n", "x.csv", WORDS)

    assert problems == []
    assert (lines[0].contact, lines[0].email, lines[0].row) == ("Ada", "ada@a.example", 2)


TELLING = st.sampled_from(
    ["University", "charity", "Individual", "Gateshead;Sunderland", "small", "lead", "Ada Fell", "ada@a.example",
     "a.example", "0191 498", "A" * 201, "=1+1", "a@b", ";;", "\x00", "\ufffd"]
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(st.sampled_from(COLUMNS), TELLING | st.text(max_size=30)))
def test_whatever_stands_in_a_row_it_is_good_or_has_a_reason(cells: dict[str, str]) -> None:
    line, reasons = understand(SourceRow(3, cells), WORDS)

    assert all(reason.endswith((".", "”.")) for reason in reasons)
    if not reasons:
        assert line.organisation or line.email
        assert bool(line.email) == bool(line.contact)
        assert len(line.organisation) <= 200
        assert len(line.contact) <= 150
        assert line.role in {"", "lead", "approver", "contributor", "viewer"}
        assert set(line.areas) <= {"gateshead", "sunderland"}
        assert understand(SourceRow(3, cells), WORDS) == (line, [])


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.text(max_size=60))
def test_names_that_differ_in_capitals_and_spaces_are_the_same(name: str) -> None:
    assert spreadsheet.compared(f"  {name} ") == spreadsheet.compared(name)
    assert spreadsheet.compared(spreadsheet.compared(name)) == spreadsheet.compared(name)
