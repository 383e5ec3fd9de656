"""Our ninjs, against the schema of ninjs 3.1 and our own reader."""

import hashlib
import json
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.exporters.content import digest_of
from archive.exporters.ninjs import ninjs
from archive.importers import ninjs as reader
from archive.importers.base import ImportedArticle, ReadOptions
from archive.models import Article
from archive.sanitize import sanitize
from tests.factories import make_article, make_image, make_outlet, make_source
from tests.schemas import faults

from .articles import fetched

pytestmark = pytest.mark.django_db
SCHEMA = "ninjs.json"


def read_again(article):
    (item,) = (
        each
        for each in reader.read(BytesIO(ninjs(article).encode()), ReadOptions())
        if isinstance(each, ImportedArticle)
    )
    return item


@pytest.fixture
def article():
    outlet = make_outlet(slug="quebec", name="HuffPost Québec", rights_line="© HuffPost Québec")
    article = make_article(
        outlet=outlet,
        headline="Une offre d’aide",
        kicker="Sotchi",
        summary="Sans réponse de Moscou.",
        body="<p>À seize jours de l’ouverture.</p>\n<p>Fin.</p>",
        dateline="WASHINGTON (AFP) –",
        sign_off="ddl/gde/are",
        source=make_source(name="Agence France-Presse", credit="© Agence France-Presse"),
        modified_at=datetime(2014, 1, 23, 1, 2, 3, tzinfo=UTC),
    )
    make_image(article, caption="Les anneaux.", credit="AFP", alt="Cinq anneaux.")
    return fetched(article)


def test_every_public_article_of_the_demonstration_is_valid_ninjs(demo):
    found = {each.key: faults(SCHEMA, ninjs(fetched(each)).encode()) for each in Article.objects.public()}
    assert {key: wrong for key, wrong in found.items() if wrong} == {}


def test_schema_finds_a_fault(article):
    item = json.loads(ninjs(article))
    assert faults(SCHEMA, json.dumps({**item, "pubStatus": "gone", "heading": "x"}).encode())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_any_text_is_valid_ninjs(article, text):
    article.headline, article.summary, article.body = text, text, sanitize(text)
    assert faults(SCHEMA, ninjs(article).encode()) == []


def test_our_reader_reads_headline_text_and_dates_again(article):
    item = read_again(article)
    assert (item.headline, item.kicker, item.summary) == ("Une offre d’aide", "Sotchi", "Sans réponse de Moscou.")
    assert item.dateline == "WASHINGTON (AFP) –"
    assert item.body == "<p>À seize jours de l’ouverture.</p>\n<p>Fin.</p><p>ddl/gde/are</p>"
    assert (item.published, item.published_precision) == (article.published_at, "minute")
    assert item.modified == article.modified_at
    assert item.source.name == "Agence France-Presse"
    assert [(image.caption, image.credit) for image in item.images] == [("Les anneaux.", "AFP")]


@pytest.mark.parametrize(
    ("fields", "precision"),
    [
        ({"published_on": date(2014, 1, 22), "published_precision": "day"}, "day"),
        ({"published_on": date(2014, 3, 1), "published_precision": "month"}, "month"),
        ({"published_on": date(2014, 1, 1), "published_precision": "year"}, "year"),
        ({"published_precision": "unknown"}, "unknown"),
    ],
)
def test_date_known_less_closely_is_read_again_as_it_was(fields, precision):
    article = fetched(make_article(**fields))
    item = read_again(article)
    assert (item.published, item.published_precision) == (article.published_on, precision)
    assert "firstCreated" not in json.loads(ninjs(article))


def test_digest_can_be_computed_from_what_it_says(article):
    """As docs/citing.md tells a stranger to do it."""
    item = json.loads(ninjs(article))

    def role(name, role):
        return next((each["value"] for each in item.get(name, []) if each["role"] == role), "")

    content = {
        "headline": role("headlines", "main"),
        "kicker": role("headlines", "kicker"),
        "summary": role("descriptions", "summary"),
        "text": role("bodies", "main"),
        "bylines": [[each["rel"], each["name"]] for each in item.get("people", [])],
        "language": item["language"],
        "published": item.get("firstCreated") or role("descriptions", "published"),
        "modified": item.get("versionCreated", ""),
    }
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert digest_of(article) == f"na1-sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"
    assert {"role": "content-digest", "value": digest_of(article)} in item["altIds"]


def test_picture_that_may_not_be_shown_has_no_address(article):
    (picture,) = json.loads(ninjs(article))["associations"]
    assert picture["pubStatus"] == "withheld"
    assert "renditions" not in picture


def test_versions_are_told_each_with_its_language(article):
    version = make_article(headline="An Offer of Help", language="en", version_of=article)
    make_article(headline="Held back", language="en", version_of=article, held_back=True)
    item = json.loads(ninjs(article))
    assert faults(SCHEMA, ninjs(article).encode()) == []
    told = [each for each in item["associations"] if each["type"] == "text"]
    assert told == [
        {
            "name": "version",
            "rel": "translation",
            "uri": version.permanent_address,
            "type": "text",
            "language": "en",
            "title": "An Offer of Help",
        }
    ]
    (first,) = [each for each in json.loads(ninjs(fetched(version)))["associations"] if each["type"] == "text"]
    assert (first["name"], first["uri"]) == ("first", article.permanent_address)
    # Our own reader takes a version for no picture.
    assert len(read_again(article).images) == 1
