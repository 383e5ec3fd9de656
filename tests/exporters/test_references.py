"""BibTeX, RIS and CSL-JSON, read by bibtexparser, rispy and a plain JSON reader."""

import json
import re
from datetime import date

import bibtexparser
import pytest
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.exporters.bibtex import bibtex
from archive.exporters.content import line
from archive.exporters.csl import csl
from archive.exporters.ris import ris
from tests.factories import make_article, make_author, make_byline, make_old_address, make_outlet, make_source

from .articles import fetched

pytestmark = pytest.mark.django_db
ANY_TEXT = st.text(max_size=80).filter(lambda text: line(text))
once_for_all = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


@pytest.fixture
def article():
    outlet = make_outlet(slug="quebec", name="HuffPost Québec")
    article = make_article(
        outlet=outlet, original_id="4646130", headline="100 % d’aide_offerte & {plus}", summary="En bref.", sign_off="x"
    )
    make_byline(article, make_author(name="Anne-Marie Pelchat"), printed="Par Anne-Marie Pelchat, à Ottawa")
    make_byline(article, make_author(name="Guy de Villers"), order=1)
    make_byline(article, make_author(name="Karim Haddadi"), role="photo", order=2)
    make_old_address(article, "http://quebec.example/2014/01/22/une_n_4646130.html")
    return fetched(article)


def in_bibtex(article):
    library = bibtexparser.parse_string(bibtex(article))
    assert library.failed_blocks == []
    (entry,) = library.entries
    return entry


def decoded(article):
    written = bibtex(article)
    # The decoder does not know these words of LaTeX's own list (https://ctan.org/pkg/encguide), or not as they are.
    for word, known in (("braceleft", r"\{"), ("braceright", r"\}"), ("asciicircum", "^")):
        written = written.replace(rf"{{\text{word}}}", known)
    library = bibtexparser.parse_string(written, append_middleware=[LatexDecodingMiddleware()])
    assert library.failed_blocks == []
    return library.entries[0]


def test_bibtex_tells_what_a_bibliography_needs(article):
    fields = {name: field.value for name, field in in_bibtex(article).fields_dict.items()}
    assert fields["author"] == "Pelchat, Anne-Marie and {de Villers}, Guy"
    assert fields["title"] == r"{100 \% d’aide\_offerte \& {\textbraceleft}plus{\textbraceright}}"
    assert (fields["year"], fields["month"], fields["day"]) == ("2014", "jan", "22")
    assert fields["url"] == article.short_address
    assert "na1-sha256:" in fields["note"]


def test_bibtex_key_is_of_the_archive(article):
    assert in_bibtex(article).key == f"quebec-{article.key}"


@once_for_all
@given(text=ANY_TEXT)
def test_any_headline_survives_bibtex(article, text):
    article.headline = text
    assert decoded(article)["title"] == line(text)


@once_for_all
@given(text=ANY_TEXT)
def test_no_name_breaks_bibtex(article, text):
    article.bylines.all()[0].author.name = text
    entry = in_bibtex(article)
    assert entry["url"] == article.short_address
    assert entry["author"].count("{") == entry["author"].count("}")


def test_ris_is_read_by_others(article):
    (entry,) = rispy.loads(ris(article))
    assert entry["type_of_reference"] == "NEWS"
    assert entry["authors"] == ["Pelchat, Anne-Marie", "de Villers, Guy"]
    assert entry["title"] == "100 % d’aide_offerte & {plus}"
    assert (entry["year"], entry["date"]) == ("2014", "2014/01/22/")
    assert entry["urls"] == [article.short_address]


@once_for_all
@given(text=ANY_TEXT)
def test_any_headline_and_name_survive_ris(article, text):
    article.headline = article.bylines.all()[0].author.name = text
    (entry,) = rispy.loads(ris(article))
    assert entry["title"] == line(text)
    assert sorted(re.findall(r"\w", entry["authors"][0])) == sorted(re.findall(r"\w", text))


def test_csl_tells_people_in_two_parts(article):
    (item,) = json.loads(csl(article))
    assert item["author"] == [{"family": "Pelchat", "given": "Anne-Marie"}, {"family": "de Villers", "given": "Guy"}]
    assert item["type"] == "article-newspaper"
    assert item["issued"] == {"date-parts": [[2014, 1, 22]]}
    assert item["custom"]["original-address"] == "http://quebec.example/2014/01/22/une_n_4646130.html"


@once_for_all
@given(text=ANY_TEXT)
def test_any_headline_survives_csl(article, text):
    article.headline = text
    assert json.loads(csl(article))[0]["title"] == line(text)


def test_who_took_the_photographs_did_not_write_it(article):
    assert "Haddadi" not in bibtex(article) + ris(article) + csl(article)


def test_agency_that_signs_for_nobody_is_the_author():
    article = fetched(make_article(source=make_source(name="Agence France-Presse")))
    assert "author = {{Agence France-Presse}}" in bibtex(article)
    assert json.loads(csl(article))[0]["author"] == [{"literal": "Agence France-Presse"}]


@pytest.mark.parametrize(
    ("fields", "csl_date", "ris_date"),
    [
        ({"published_on": date(2014, 3, 1), "published_precision": "month"}, [[2014, 3]], "2014/03//"),
        ({"published_on": date(2014, 1, 1), "published_precision": "year"}, [[2014]], "2014///"),
        ({"published_precision": "unknown"}, None, None),
    ],
)
def test_date_is_no_more_precise_than_it_is_known(fields, csl_date, ris_date):
    article = make_article(**fields)
    article = fetched(article)
    issued = json.loads(csl(article))[0].get("issued")
    assert (issued and issued["date-parts"]) == csl_date
    assert rispy.loads(ris(article))[0].get("date") == ris_date
    assert "day = " not in bibtex(article)
    assert ("month = " in bibtex(article)) == (ris_date == "2014/03//")
