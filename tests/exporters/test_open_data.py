"""The open data: a folder that anyone can check, with what is public and nothing else."""

import csv
import gzip
import io
import json
import subprocess
import sys
from datetime import date
from hashlib import sha256
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from jsonschema import Draft202012Validator

from archive import care
from archive.api.endpoints import api
from archive.exporters import open_data
from archive.models import Article, Outlet
from tests.factories import make_article, make_byline, make_outlet

pytestmark = pytest.mark.django_db


def export(folder, **options):
    out = StringIO()
    call_command("export_articles", open_data=str(folder), stdout=out, **options)
    return out.getvalue()


def package(folder):
    return json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))


def rows(folder, name):
    text = gzip.decompress((folder / name).read_bytes()).decode()
    return [json.loads(line) for line in text.splitlines()]


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def outlet():
    outlet = make_outlet(
        slug="courrier", name="Le Courrier", rights_line="© Le Courrier", website="https://courrier.example"
    )
    for day in (date(2014, 1, 2), date(2014, 1, 1), date(2015, 1, 1)):
        make_article(outlet=outlet, published_on=day, published_precision="day", headline=f"Du {day}")
    make_article(outlet=outlet, published_precision="unknown", headline="Sans date")
    return outlet


def test_each_year_has_a_file_in_each_form(outlet, tmp_path):
    assert export(tmp_path / "data") == f"4 articles are in 6 files in {tmp_path / 'data'}.\n"
    assert sorted(files(tmp_path / "data")) == [
        "LISEZMOI.txt",
        "README.txt",
        *(f"courrier/courrier-{year}.{form}.gz" for year in ("2014", "2015", "undated") for form in ("csv", "jsonl")),
        "datapackage.json",
        "schema-csv.json",
        "schema-jsonl.json",
    ]


def test_articles_stand_the_earliest_first(outlet, tmp_path):
    export(tmp_path / "data")
    found = rows(tmp_path / "data", "courrier/courrier-2014.jsonl.gz")
    assert [row["headline"] for row in found] == ["Du 2014-01-01", "Du 2014-01-02"]


def test_description_tells_size_number_and_digest_of_each_file(outlet, tmp_path):
    export(tmp_path / "data")
    for resource in package(tmp_path / "data")["resources"]:
        written = (tmp_path / "data" / resource["path"]).read_bytes()
        assert resource["bytes"] == len(written)
        assert resource["hash"] == f"sha256:{sha256(written).hexdigest()}"
        assert resource["articles"] == (2 if "2014" in resource["path"] else 1)


def test_description_tells_the_fields_and_their_meaning(outlet, tmp_path):
    export(tmp_path / "data")
    told = json.loads((tmp_path / "data" / "schema-jsonl.json").read_text(encoding="utf-8"))["fields"]
    [row] = rows(tmp_path / "data", "courrier/courrier-2015.jsonl.gz")
    assert [field["name"] for field in told] == list(row)
    assert all(field["description"] for field in told)


def test_table_has_the_columns_that_its_schema_tells(outlet, tmp_path):
    export(tmp_path / "data", format="csv")
    told = json.loads((tmp_path / "data" / "schema-csv.json").read_text(encoding="utf-8"))["fields"]
    text = gzip.decompress((tmp_path / "data" / "courrier/courrier-2015.csv.gz").read_bytes()).decode()
    [row] = csv.DictReader(io.StringIO(text, newline=""))
    assert [field["name"] for field in told] == list(row)
    assert (row["year"], row["indexable"], row["headline"]) == ("2015", "true", "Du 2015-01-01")


def test_frictionless_finds_the_package_valid(demo, tmp_path):
    export(tmp_path / "data")
    report = frictionless_report(tmp_path / "data")
    assert report["valid"], report
    assert len(report["tasks"]) == len(package(tmp_path / "data")["resources"])


def test_frictionless_finds_a_file_that_was_changed(outlet, tmp_path):
    export(tmp_path / "data")
    path = tmp_path / "data" / "courrier" / "courrier-2014.csv.gz"
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(b"2014-01-02", b"2014-01-03")))
    assert not frictionless_report(tmp_path / "data")["valid"]


def frictionless_report(folder):
    # Beside the tests, whose warnings are errors.
    run = subprocess.run(
        [Path(sys.executable).parent / "frictionless", "validate", "--json", folder / "datapackage.json"],
        capture_output=True,
        text=True,
    )
    return json.loads(run.stdout)


def test_words_beside_it_are_in_both_languages(outlet, tmp_path):
    export(tmp_path / "data")
    words = (tmp_path / "data" / "README.txt").read_text(encoding="utf-8")
    assert "© Le Courrier" in words
    assert "    2014: 2\n" in words
    assert "sha256" not in words
    assert (tmp_path / "data" / "LISEZMOI.txt").read_text(encoding="utf-8").count("Le Courrier") == words.count(
        "Le Courrier"
    )


def test_same_archive_gives_the_same_bytes(outlet, tmp_path):
    export(tmp_path / "one")
    export(tmp_path / "two")
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_packed_file_tells_no_time_of_its_making(outlet, tmp_path):
    export(tmp_path / "data")
    # https://www.rfc-editor.org/rfc/rfc1952#section-2.3: no flag is set, and the time is 0.
    assert (tmp_path / "data" / "courrier" / "courrier-2014.csv.gz").read_bytes()[3:8] == b"\0" * 5


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_what_is_not_public_is_in_no_file(outlet, tmp_path, form):
    make_article(outlet=outlet, held_back=True, headline="Retenu")
    care.withdraw(Article.objects.get(headline="Du 2014-01-01"), reason="privacy")
    export(tmp_path / "data", format=form)
    written = b"".join(gzip.decompress(data) for name, data in files(tmp_path / "data").items() if name.endswith(".gz"))
    assert b"Du 2014-01-02" in written
    assert b"Du 2014-01-01" not in written
    assert b"Retenu" not in written


def test_file_of_which_nothing_is_public_any_more_goes(outlet, tmp_path):
    export(tmp_path / "data")
    care.withdraw(Article.objects.get(headline="Du 2015-01-01"), reason="privacy")
    export(tmp_path / "data")
    assert not [name for name in files(tmp_path / "data") if "2015" in name]


def test_folder_of_something_else_is_left_alone(outlet, tmp_path):
    (tmp_path / "thesis.doc").write_text("…")
    with pytest.raises(CommandError, match="Name an empty folder"):
        export(tmp_path)
    assert list(files(tmp_path)) == ["thesis.doc"]


def test_nothing_outside_the_folder_is_removed(outlet, tmp_path):
    (tmp_path / "precious").write_text("…")
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "datapackage.json").write_text('{"resources": [{"path": "../precious"}]}')
    export(folder)
    assert (tmp_path / "precious").exists()


def test_one_year_of_one_outlet_in_one_form(outlet, tmp_path):
    make_article(outlet=make_outlet(slug="autre"))
    export(tmp_path / "data", outlet="courrier", year=2014, format="csv")
    assert [resource["path"] for resource in package(tmp_path / "data")["resources"]] == [
        "courrier/courrier-2014.csv.gz"
    ]


@pytest.mark.parametrize("options", [{"year": 2014}, {"format": "csv"}])
def test_year_and_form_are_for_the_open_data_alone(outlet, options):
    with pytest.raises(CommandError, match="--open-data"):
        call_command("export_articles", stdout=StringIO(), **options)


def test_folder_that_can_not_be_written_is_refused(outlet, tmp_path):
    (tmp_path / "file").write_text("…")
    with pytest.raises(CommandError, match="Name another folder"):
        export(tmp_path / "file" / "data")


def test_lines_are_as_the_api_documents_them(demo):
    document = api.get_openapi_schema(path_prefix="/api/v1/")
    judge = Draft202012Validator({"$ref": "#/components/schemas/Article", "components": document["components"]})
    for outlet in Outlet.objects.all():
        for year in open_data.years(outlet):
            for line in open_data.lines(outlet, year, open_data.JSON_LINES):
                assert [error.message for error in judge.iter_errors(json.loads(line))] == []


@pytest.mark.parametrize(
    ("form", "content_type"), [("jsonl", "application/jsonl; charset=utf-8"), ("csv", "text/csv; charset=utf-8")]
)
def test_year_is_at_its_address_as_it_is_in_its_file(client, outlet, tmp_path, form, content_type):
    export(tmp_path / "data")
    response = client.get(f"/api/v1/outlets/courrier/articles/2014.{form}")
    assert response.headers["Content-Type"] == content_type
    assert b"".join(response.streaming_content) == gzip.decompress(
        (tmp_path / "data" / "courrier" / f"courrier-2014.{form}.gz").read_bytes()
    )


@pytest.mark.parametrize("year", ["2013", "0999", "3000", "x", "99999999999999999999"])
def test_year_without_articles_is_not_found_or_refused(client, outlet, year):
    assert client.get(f"/api/v1/outlets/courrier/articles/{year}.csv").status_code in (404, 422)


def test_undated_articles_have_an_address(client, outlet):
    response = client.get("/api/v1/outlets/courrier/articles/undated.jsonl")
    assert [json.loads(line)["headline"] for line in response.streaming_content] == ["Sans date"]


def test_questions_grow_with_hundreds_of_articles_only(outlet, settings):
    for _number in range(40):
        make_byline(make_article(outlet=outlet, published_on=date(2016, 1, 1), published_precision="day"))
    with CaptureQueriesContext(connection) as queries:
        assert len(list(open_data.lines(outlet, 2016, open_data.CSV))) == 41
    assert len(queries) < 12
