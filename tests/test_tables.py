"""Tables: every figure a row, numbers exact, no cell a formula, nothing lost in silence."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from urllib.parse import unquote

import builders
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook
from typer.testing import CliRunner

import summarizer.tables
from summarizer.bulk.inputs import Source
from summarizer.bulk.ledger import open_ledger
from summarizer.bulk.states import Digests, Outcome
from summarizer.cli import app
from summarizer.errors import InputError, SettingsError
from summarizer.model import Bilingual, BriefContent, Indicator, Period, Place
from summarizer.pipeline import Summarizer
from summarizer.rendering.html import to_html
from summarizer.rendering.jsonform import to_json
from summarizer.resources import folder
from summarizer.stored import Shelf
from summarizer.tables.cells import as_float, cut_at, neutral
from summarizer.tables.columns import WHATS, Column, columns_of
from summarizer.tables.numbers import exact, plain_digits
from summarizer.tables.xlsxform import Limits, Workbook

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x", " =1", "\ufeff=1", "\n=1"]


def run(*arguments):
    result = CliRunner().invoke(app, ["table", *map(str, arguments)])
    if isinstance(result.exception, (InputError, SettingsError)):
        raise result.exception
    return result


def write(place: Path, name: str, content: BriefContent, page: bool = True) -> Path:
    """A brief as a bulk run leaves it: JSON, and a page beside it."""
    place.mkdir(parents=True, exist_ok=True)
    path = place / f"{name}.json"
    path.write_text(to_json(content), "utf-8")
    if page:
        path.with_suffix(".html").write_text(to_html(content), "utf-8")
    return path


def bulk_folder(out: Path, contents: dict[str, BriefContent], failed: int = 0) -> Path:
    """An output folder with a ledger, as `summarizer bulk` leaves it."""
    out.mkdir()
    keys = [*contents, *(f"failed{n}" for n in range(failed))]
    with open_ledger(out) as ledger:
        ledger.begin(Source(Path(f"{key}.txt"), f"{key}.txt", f"{key}.txt") for key in keys)
        for entry in ledger.entries():
            state = "done" if entry.name in contents else "failed"
            ledger.end(entry.key, "", Outcome(state, Digests("run")))
    for name, content in contents.items():
        write(out / "briefs", name, content)
    return out


def csv_rows(path: Path):
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.endswith(b"\r\n")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


# --- rows -------------------------------------------------------------------------------------


def test_rows_have_the_documented_columns_in_order():
    for what in WHATS:
        found = list(summarizer.tables.rows(builders.brief(), what))
        assert found
        assert all(list(row) == [column.name for column in columns_of(what)] for row in found)


def test_a_figure_says_all_that_the_brief_knows_of_it():
    first, *_, last = summarizer.tables.rows(builders.brief())
    assert first["value"] == Decimal("150900000000")
    assert (first["unit"], first["comparator"], first["kind"], first["year"]) == ("CNY", "exact", "actual", 2023)
    assert first["conflicts_with"] == "f7"
    assert last["conflicts_with"] == "f1"
    assert builders.TEXT[first["start"] : first["end"]] == first["quote"]
    assert first["section"] == builders.REVIEW
    assert first["link"] is None


def test_a_project_shows_the_furthest_stage_that_is_reported():
    (row,) = summarizer.tables.rows(builders.brief(), "projects")
    assert (row["stage"], row["status"]) == ("under_construction", "reported")
    assert row["mentions"] == "under_construction (reported); completed (promised)"


def test_a_table_that_there_is_not_is_refused():
    with pytest.raises(SettingsError, match="choose figures, goals"):
        list(summarizer.tables.rows(builders.brief(), "people"))


@pytest.mark.parametrize(
    ("text", "value"),
    [("150900000000", "150900000000"), ("-0.5", "-0.5"), ("1/2", "0.5"), ("1/3", None), ("6:55:39", None),
     ("1e9", None), ("1/0", None), (None, None), ("٣", None)],
)  # fmt: skip
def test_a_value_is_exact_or_not_a_number(text, value):
    assert exact(text) == (None if value is None else Decimal(value))


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_digits_come_back_as_the_same_number(value):
    assert exact(plain_digits(value)) == value


@given(st.decimals(allow_nan=False, allow_infinity=False, places=8))
def test_a_workbook_holds_a_number_exactly_or_not_at_all(value):
    number = as_float(value)
    assert number is None or Decimal(repr(number)) == value


# --- cells ------------------------------------------------------------------------------------


@given(st.sampled_from(FORMULAS), st.text(max_size=5))
def test_no_csv_cell_begins_as_a_formula(start, rest):
    assert neutral(start + rest).startswith("'")


@given(st.text(alphabet=st.characters(min_codepoint=1), max_size=40), st.integers(2, 20))
@example("\ud800\udfff𠮷a", 3)
@example("a𠮷𠮷", 3)
def test_a_cut_text_fits_in_utf_16_units(text, limit):
    cut = cut_at(text, limit)
    assert len(cut.encode("utf-16-le", "surrogatepass")) <= 2 * limit
    assert cut == text or (cut.endswith("…") and text.startswith(cut[:-1]))


@pytest.fixture
def hostile(tmp_path):
    """A brief whose every free text begins as a formula."""
    figures = [
        builders.figure(f"f{n}", indicator=Indicator(zh=text + "指标", en=text + "HYPERLINK"), scope=text)
        for n, text in enumerate(FORMULAS)
    ]
    risks = [builders.open_risk(id=f"r{n}", statement=Bilingual(zh=text, en=text)) for n, text in enumerate(FORMULAS)]
    info = builders.info(source="=cmd.txt", title="=1", place=Place(zh="＝地", en="@place"))
    return write(tmp_path, "hostile", builders.brief(figures=tuple(figures), risks=tuple(risks), report=info))


def test_a_hostile_brief_makes_no_formula_in_csv(hostile, tmp_path):
    run(hostile, "-o", tmp_path / "t.csv", "--what", "all")
    for name in ("t.csv", "t-goals.csv", "t-projects.csv", "t-risks.csv"):
        cells = [cell for row in csv_rows(tmp_path / name) for cell in row.values()]
        assert not [cell for cell in cells if cell[:1] in tuple("=+-@＝＋－＠\t\r")]
        assert any(cell.startswith("'=") for cell in cells)


def test_a_hostile_brief_makes_no_formula_in_a_workbook(hostile, tmp_path):
    run(hostile, "-o", tmp_path / "t.xlsx")
    book = load_workbook(tmp_path / "t.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    # openpyxl calls a text that begins with = a formula, too: the file itself must say that it is a text.
    import zipfile

    parts = zipfile.ZipFile(tmp_path / "t.xlsx")
    assert not any(b"<f>" in parts.read(name) or b"<f " in parts.read(name) for name in parts.namelist())
    assert any(str(cell.value).startswith("=1+1") for cell in cells)


# --- formats ----------------------------------------------------------------------------------


def test_a_workbook_has_typed_cells_filters_a_frozen_header_and_links(tmp_path):
    out = bulk_folder(tmp_path / "out", {"江北2024": builders.brief()})
    assert run(out, "-o", out / "figures.xlsx").exit_code == 0
    book = load_workbook(out / "figures.xlsx")
    assert book.sheetnames == ["figures", "goals", "projects", "risks", "columns"]
    sheet = book["figures"]
    names = [cell.value for cell in sheet[1]]
    first = dict(zip(names, sheet[2], strict=True))
    assert first["value"].value == 150900000000
    assert first["value"].data_type == "n"
    assert first["year"].value == 2023
    assert sheet.freeze_panes == "D2"
    assert sheet.auto_filter.ref == f"A1:{sheet.cell(1, len(names)).column_letter}{sheet.max_row}"
    link = first["link"].hyperlink
    page, anchor = link.target.replace("\\", "/"), link.location
    assert anchor == "item-f1"
    assert f'id="{anchor}"' in (out / unquote(page)).read_text("utf-8")
    assert {row[0].value for row in book["columns"].iter_rows(min_row=2)} == set(WHATS)


def test_csv_links_lead_from_the_table_to_the_item(tmp_path):
    out = bulk_folder(tmp_path / "out", {"年报": builders.brief()})
    run(out, "-o", out / "figures.csv")
    run(out, "-o", tmp_path / "figures.csv")
    assert csv_rows(out / "figures.csv")[0]["link"] == "briefs/%E5%B9%B4%E6%8A%A5.html#item-f1"
    assert csv_rows(tmp_path / "figures.csv")[0]["link"] == "out/briefs/%E5%B9%B4%E6%8A%A5.html#item-f1"


def test_every_row_s_link_leads_to_an_element_of_the_page(tmp_path):
    content = Summarizer("rules", environment={}).summarize(sorted(folder("seeds").glob("*.txt"))[2]).content
    path = write(tmp_path, "a", content)
    run(path, "-o", tmp_path / "t.csv", "--what", "all")
    page = path.with_suffix(".html").read_text("utf-8")
    links = [
        row["link"] for name in ("t", "t-goals", "t-projects", "t-risks") for row in csv_rows(tmp_path / f"{name}.csv")
    ]
    assert len(links) > 300
    assert [link for link in links if f'id="{link.partition("#")[2]}"' not in page] == []


def test_parquet_holds_exact_decimals_and_integers(tmp_path):
    import pyarrow.parquet

    path = write(tmp_path, "a", builders.brief())
    run(path, "-o", tmp_path / "t.parquet")
    table = pyarrow.parquet.read_table(tmp_path / "t.parquet")
    first = table.to_pylist()[0]
    assert first["value"] == Decimal("150900000000")
    assert isinstance(first["value"], Decimal)
    assert first["start"] == builders.brief().figures[0].evidence[0].start
    assert str(table.schema.field("value").type) == "decimal128(38, 12)"
    assert table.schema.field("value").metadata[b"en"].startswith(b"value, exact")


@pytest.mark.parametrize("value", ["1" + "0" * 39 + "1", "1." + "0" * 39 + "1", "0." + "1" * 13])
def test_a_number_that_is_too_long_stands_as_text_and_is_counted(value, tmp_path):
    import pyarrow.parquet

    quantity = builders.quantity("q1a", "1509亿元", value, "CNY")
    path = write(tmp_path, "a", builders.brief(quantities=(quantity,), figures=(builders.figure(),)))
    result = run(path, "-o", tmp_path / "t.parquet")
    (row,) = pyarrow.parquet.read_table(tmp_path / "t.parquet").to_pylist()
    assert (row["value"], row["value_text"]) == (None, value)
    assert "more digits than the format holds, in value_text alone: 1." in result.stderr
    run(path, "-o", tmp_path / "t.csv")
    assert csv_rows(tmp_path / "t.csv")[0]["value"] == value


def test_the_formats_hold_the_same_rows(tmp_path):
    import pyarrow.parquet

    path = write(tmp_path, "a", builders.brief())
    for suffix in ("csv", "parquet", "xlsx"):
        run(path, "-o", tmp_path / f"t.{suffix}")
    from_csv = [row["quote"] for row in csv_rows(tmp_path / "t.csv")]
    sheet = load_workbook(tmp_path / "t.xlsx")["figures"]
    column = [cell.value for cell in sheet[1]].index("quote")
    assert [row[column].value for row in sheet.iter_rows(min_row=2)] == from_csv
    assert pyarrow.parquet.read_table(tmp_path / "t.parquet")["quote"].to_pylist() == from_csv


def test_the_same_briefs_give_the_same_workbook(tmp_path):
    path = write(tmp_path, "a", builders.brief())
    run(path, "-o", tmp_path / "1.xlsx")
    run(path, "-o", tmp_path / "2.xlsx")
    assert (tmp_path / "1.xlsx").read_bytes() == (tmp_path / "2.xlsx").read_bytes()


def test_a_full_sheet_goes_on_in_another_and_surplus_links_are_text(tmp_path):
    columns = [Column("n", "whole"), Column("link", "link")]
    book = Workbook(tmp_path / "t.xlsx", Limits(rows=4, links=2))
    book.open("figures", columns)
    for n in range(7):
        book.add("figures", {"n": n, "link": f"a.html#item-{n}"})
    book.close()
    sheets = load_workbook(tmp_path / "t.xlsx")
    assert sheets.sheetnames == ["figures", "figures 2", "figures 3"]
    assert [[row[0].value for row in sheet.iter_rows(min_row=2)] for sheet in sheets] == [[0, 1, 2], [3, 4, 5], [6]]
    linked = [[bool(row[1].hyperlink) for row in sheet.iter_rows(min_row=2)] for sheet in sheets]
    assert linked == [[True, True, False], [True, True, False], [True]]
    assert book.notes["links_as_text"] == 2


def test_what_a_cell_cannot_hold_is_cut_and_said(tmp_path):
    long = builders.open_risk(statement=Bilingual(zh="险" * 40_000, en="x"))
    result = run(write(tmp_path, "a", builders.brief(risks=(long,))), "-o", tmp_path / "t.xlsx")
    assert "Texts cut at the 32,767 characters" in result.stderr
    cell = next(load_workbook(tmp_path / "t.xlsx")["risks"].iter_rows(min_row=2))[9]
    assert len(cell.value) == 32_767
    assert cell.value.endswith("险…")


def test_a_missing_library_is_one_sentence_with_the_command(tmp_path):
    path = write(tmp_path, "a", builders.brief())
    code = (
        "import sys; sys.modules['xlsxwriter'] = None; sys.argv = ['summarizer', 'table', %r, '-o', %r]\n"
        "from summarizer.cli import main; main()"
    )
    argv = [sys.executable, "-c", code % (str(path), str(tmp_path / "t.xlsx"))]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install 'gov-report-summarizer[tables]'" in done.stderr
    assert not (tmp_path / "t.xlsx").exists()


# --- folders ----------------------------------------------------------------------------------


def test_reports_without_a_brief_and_broken_briefs_are_said_and_move_the_exit_code(tmp_path):
    out = bulk_folder(tmp_path / "out", {"a": builders.brief(), "b": builders.brief()}, failed=2)
    (out / "briefs" / "b.json").write_text("{}", "utf-8")
    result = run(out, "-o", tmp_path / "t.csv")
    assert result.exit_code == 3
    assert "b.json" in result.stderr
    assert "2 reports have no brief" in result.stderr
    assert {row["brief"] for row in csv_rows(tmp_path / "t.csv")} == {"a"}


def test_a_brief_of_an_earlier_run_is_in_no_table(tmp_path):
    out = bulk_folder(tmp_path / "out", {"a": builders.brief()})
    write(out / "briefs", "left_over", builders.brief())
    run(out, "-o", tmp_path / "t.csv")
    assert {row["brief"] for row in csv_rows(tmp_path / "t.csv")} == {"a"}


def test_a_file_that_is_no_brief_is_refused_and_nothing_is_written(tmp_path):
    (tmp_path / "a.json").write_text("{}", "utf-8")
    with pytest.raises(InputError, match=r"a\.json"):
        run(tmp_path / "a.json", "-o", tmp_path / "t.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_a_shelf_holds_one_brief_at_a_time(tmp_path):
    """A brief is read when it is its turn, so that thousands never stand in memory together."""
    for name in "abc":
        write(tmp_path, name, builders.brief(), page=False)
    shelf = iter(Shelf([tmp_path]))
    assert next(shelf)[0].name == "a"
    (tmp_path / "c.json").write_text(to_json(builders.brief(figures=())), "utf-8")
    next(shelf)
    assert next(shelf)[1].figures == ()


# --- the matrix -------------------------------------------------------------------------------


def coded(name: str, quantities: tuple[str, ...], **fields):
    output = Indicator(zh="工业总产值", en=None, code="industrial_output")
    return builders.figure(name, quantities=quantities, indicator=output, **fields)


def matrix(tmp_path, *contents, kind="actual", year=2023):
    places = [write(tmp_path, f"r{n}", content, page=False) for n, content in enumerate(contents)]
    result = run(*places, "--pivot", year, "--kind", kind)
    return list(csv.DictReader(io.StringIO(result.stdout))), result.stderr


def cell(row):
    (value,) = (row[name] for name in row if name.startswith("industrial_output |"))
    return value


def test_a_value_that_two_reports_agree_on_is_one_cell(tmp_path):
    content = builders.brief(figures=(coded("f1", ("q1a",)),), conflicts=())
    (row,), _ = matrix(tmp_path, content, content)
    assert cell(row) == "150900000000"
    assert row["reports"] == "r0; r1"


def test_a_report_that_does_not_know_its_level_is_of_the_same_place(tmp_path):
    first = builders.brief(figures=(coded("f1", ("q1a",)),), report=builders.info(level=None))
    (row,), _ = matrix(tmp_path, first, builders.brief(figures=(coded("f1", ("q1a",)),)))
    assert (row["reports"], row["level"]) == ("r0; r1", "district")


def test_values_that_contradict_each_other_are_marked_with_who_says_what(tmp_path):
    first = builders.brief(figures=(coded("f1", ("q1a",)),))
    second = builders.brief(figures=(coded("f7", ("q8h",)),))
    (row,), said = matrix(tmp_path, first, second)
    assert cell(row) == "⚠ 150900000000 (r0 f1) ≠ 151000000000 (r1 f7)"
    assert "contradict each other, marked with ⚠: 1." in said


def test_what_went_down_is_negative_and_its_bound_is_turned(tmp_path):
    quantity = builders.quantity("q3c", "3%", "3", "percent", comparator=">=")
    down = coded("f1", ("q3c",), measure="change", direction="down")
    (row,), _ = matrix(tmp_path, builders.brief(quantities=(quantity,), figures=(down,)))
    assert cell(row) == "≤-3"


def test_reports_without_a_place_are_not_taken_for_one(tmp_path):
    nowhere = builders.brief(figures=(coded("f1", ("q1a",)),), report=builders.info(place=Place(zh=None, en=None)))
    rows, _ = matrix(tmp_path, nowhere, nowhere)
    assert [row["reports"] for row in rows] == ["r0", "r1"]


def test_figures_without_a_cell_are_counted(tmp_path):
    span = coded("f3", ("q1a",), period=Period(from_=2021, to=2023))
    doubted = coded("f4", ("q1a",), disputed=("the year is not stated",))
    other = coded("f2", ("q1a",), scope="园区")
    _, said = matrix(tmp_path, builders.brief(figures=(builders.figure(), other, span, doubted)))
    assert "1 of a span of years" in said
    assert "a check doubts (disputed, in the table of figures): 1." in said
    assert "1 indicators that the dictionary does not know" in said
    assert "1 of a part or of somebody else" in said


def test_a_comparator_in_a_workbook_leaves_the_number_a_number(tmp_path):
    jobs = builders.target_figure(indicator=Indicator(zh="城镇新增就业", en=None, code="new_urban_jobs"))
    path = write(tmp_path, "a", builders.brief(figures=(jobs,)), page=False)
    run(path, "-o", tmp_path / "m.xlsx", "--pivot", 2024, "--kind", "target")
    sheet = load_workbook(tmp_path / "m.xlsx").active
    found = sheet.cell(2, 5)
    assert sheet.cell(1, 5).value.startswith("new_urban_jobs | 城镇新增就业 | ")
    assert (found.value, found.data_type, found.number_format) == (35000, "n", '"≥"General')


def test_a_matrix_goes_into_no_parquet(tmp_path):
    path = write(tmp_path, "a", builders.brief())
    with pytest.raises(SettingsError, match="A matrix goes into"):
        run(path, "-o", tmp_path / "m.parquet", "--pivot", 2023)


def test_the_table_is_json_free_of_the_brief_format(tmp_path):
    """Rows are plain Python: a program may write them however it likes."""
    found = list(summarizer.tables.rows(builders.brief()))
    assert json.loads(json.dumps(found, default=str))[0]["value"] == "150900000000"
