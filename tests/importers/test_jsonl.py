import json
import time
from datetime import UTC, date, datetime
from io import BytesIO, StringIO

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from archive.importers import jsonl, recognise
from archive.importers.base import ImportedArticle, Problem, ReadOptions
from archive.importers.items import ImportedRow, ImportedShared, LeftOut

from .conftest import SAMPLES

KEY = "0123456789ab"
BESIDE = SAMPLES / "jsonl" / "beside.jsonl"
SAMPLE = SAMPLES / "jsonl" / "courrier.jsonl"
HISTORY = SAMPLES / "jsonl" / "history.jsonl"


def line(**fields):
    told = {"format": "newsroom-archive-1", "type": "article", "original_id": "1", "headline": "Titre"} | fields
    return json.dumps(told, ensure_ascii=False)


def read(*lines, outlet=""):
    content = "\n".join(lines).encode() if not isinstance(lines[0], bytes) else lines[0]
    return list(jsonl.read(BytesIO(content), ReadOptions(outlet=outlet)))


def one(**fields):
    (item,) = read(line(**fields))
    return item


def test_export_is_told_from_its_content():
    assert recognise(line().encode()) == "jsonl"


@pytest.mark.parametrize("head", [b'{"headline": "a"}', b'{"format": "other"}', b'["newsroom-archive-1"]', b""])
def test_other_json_is_not_recognised(head):
    assert not jsonl.recognises(head)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("2014", (date(2014, 1, 1), "year")),
        ("2014-01", (date(2014, 1, 1), "month")),
        ("2014-01-22", (date(2014, 1, 22), "day")),
        ("2014-01-22T22:47:00+00:00", (datetime(2014, 1, 22, 22, 47, tzinfo=UTC), "minute")),
        ("1970-01-01T00:00:00+00:00", (datetime(1970, 1, 1, tzinfo=UTC), "minute")),
        ("", (None, "unknown")),
    ],
)
def test_date_has_its_precision(told, kept):
    item = one(published=told)
    assert (item.published, item.published_precision) == kept


def test_least_of_lines_is_an_article_like_any_other():
    item = one()
    assert (item.original_id, item.headline, item.key, item.indexable) == ("1", "Titre", "", True)


@pytest.mark.parametrize(
    "fields",
    [
        {"headline": ""},
        {"headline": 5},
        {"headline": None},
        {"original_id": ""},
        {"key": "short"},
        {"key": "iiiiiiiiiiii"},
        {"published": "22/01/2014"},
        {"published": "2014", "published_precision": "day"},
        {"modified": "2014-01-22"},
        {"bylines": {}},
        {"bylines": [{"role": "cook"}]},
        {"source": []},
        {"source": {"kind": "x"}},
        {"corrections": [{"text": "a"}]},
        {"corrections": [{"made_on": "x"}]},
        {"withdrawals": [{"reason": "privacy"}]},
        {"withdrawals": [{"reason": "privacy", "withdrawn_on": "2020-01-02", "reinstated_on": "2020-01-01"}]},
        {"withdrawals": [{"reason": "privacy", "withdrawn_on": "2020-01-02", "status_code": 200}]},
        {"old_addresses": [1]},
        {"indexable": "yes"},
        {"urgency": -1},
        {"images": [{"width": 99999999999}]},
        {"type": "recipe"},
        {"format": "newsroom-archive-2"},
    ],
)
def test_what_can_not_be_is_refused_with_its_line(fields):
    first, refused, third = read(line(), line(**fields), line())
    assert isinstance(first, ImportedArticle)
    assert isinstance(third, ImportedArticle)
    assert isinstance(refused, Problem)
    assert (refused.place, bool(refused.remedy)) == ("line 2", True)


def test_line_that_is_no_json_spoils_no_other():
    first, broken, third = read(line(), '{"format": "newsroom-archive-1", ', line())
    assert (type(first), type(third)) == (ImportedArticle, ImportedArticle)
    assert (broken.place, broken.problem[:15]) == ("line 2", "It is not JSON:")


def test_number_of_countless_digits_is_told_as_such():
    (problem,) = read(f'{{"headline": {"1" * 5000}}}')
    assert problem == Problem("line 1", "A number in it has over 4300 digits.", "Mend the number in the file.")


def test_articles_of_another_outlet_are_counted():
    items = read(line(outlet="a"), line(outlet="b"), line(outlet="b"), outlet="a")
    assert items[1:] == [LeftOut("articles of b", 2)]


def test_shared_row_is_told_whole():
    told = {"format": "newsroom-archive-1", "type": "source", "slug": "afp", "name": "AFP", "kind": "agency"}
    (item,) = read(json.dumps(told | {"credit": "© AFP", "rules": [["byline", "AFP", 100]]}))
    assert isinstance(item, ImportedShared)
    assert (item.kind, item.slug, item.fields["credit"]) == ("source", "afp", "© AFP")
    assert item.fields["rules"] == [("byline", "AFP", 100)]


def test_what_stands_beside_articles_is_told_whole():
    rows = [item for item in read(BESIDE.read_bytes()) if isinstance(item, ImportedRow)]
    kinds = ("outlet", "outlet", "host", "pattern", "pattern", "page", "page", "notice", "notice", "selection")
    assert tuple(row.kind for row in rows) == kinds
    assert all(read(row.record)[0].values == row.values for row in rows)


def test_description_of_another_outlet_is_counted():
    items = read(BESIDE.read_bytes(), outlet="courrier-des-rives")
    assert items[-2:] == [LeftOut("descriptions of fleuve-medias"), LeftOut("notices of fleuve-medias")]


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "page", "old_addresses": ["https://a.example/"] * 5001},
        {"type": "selection", "articles": [{"key": KEY}] * 5001},
        {"type": "selection", "articles": [{"key": "short"}]},
        {"type": "outlet", "closed_on": "2019"},
        {"type": "page", "held_back": "no"},
        {"type": "pattern", "order": 1e300},
    ],
)
def test_what_can_not_be_beside_articles_is_refused_with_its_line(fields):
    problem = one(**fields)
    assert isinstance(problem, Problem)
    assert (problem.place, bool(problem.remedy), bool(problem.raw)) == ("line 1", True, True)


def test_record_gives_the_same_article_again():
    item = one(key=KEY, published="2014-01", tags=[{"name": "a"}], withdrawals=[])
    assert read(item.record)[0].canonical() == item.canonical()


@pytest.mark.parametrize(
    "content",
    [
        b'{"format":"newsroom-archive-1","a":' + b"[" * 1_000_000,
        b'{"format":"newsroom-archive-1","a":"' + b"a" * 30_000_000,
        b'{"format":"newsroom-archive-1","urgency":' + b"9" * 100_000 + b"}",
        b"\x00" * 1_000_000,
        line(headline="é").encode("cp1252"),
    ],
    ids=["deep", "long", "number", "NUL", "cp1252"],
)
def test_hostile_line_is_refused_within_two_seconds(content):
    begun = time.process_time()
    items = read(content)
    assert items
    assert all(isinstance(item, Problem) and item.remedy for item in items)
    assert time.process_time() - begun < 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inside: (
        st.lists(inside, max_size=4)
        | st.dictionaries(st.sampled_from(["name", "slug", "role", "kind", "reason", "number"]), inside, max_size=4)
    ),
    max_leaves=12,
)
FIELDS = (
    *("headline", "key", "published", "modified", "bylines", "source", "section", "tags", "images", "corrections"),
    *("withdrawals", "old_addresses", "indexable", "urgency", "source_rule", "type", "format", "outlet", "rules"),
)
BESIDE_FIELDS = (
    *("slug", "name", "parent", "language", "opened_on", "last_day", "order", "held_back", "old_addresses", "articles"),
    *("outlet", "address", "template", "kind", "title", "body", "message", "shown_from"),
)


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_whatever_a_line_holds_nothing_is_raised(fields):
    one(**fields)


@given(
    st.sampled_from(["outlet", "host", "pattern", "page", "notice", "selection"]),
    st.dictionaries(st.sampled_from(BESIDE_FIELDS), JSON),
)
def test_whatever_a_line_beside_articles_holds_nothing_is_raised(kind, fields):
    assert isinstance(one(**{"type": kind, **fields}), ImportedRow | Problem)


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
DAY = st.none() | st.dates().map(str)
SMALL = st.integers(0, 32_767)
# What exporters/row_dict.py tells of each kind.
TOLD = st.one_of(
    st.fixed_dictionaries(
        {
            "type": st.just("outlet"),
            **dict.fromkeys(
                ("slug", "name", "language", "time_zone", "website", "support_address", "rights_line"), TEXT
            ),
            **dict.fromkeys(("accent", "about", "parent"), TEXT),
            **dict.fromkeys(("opened_on", "closed_on"), DAY),
        }
    ),
    st.fixed_dictionaries({"type": st.just("host"), "outlet": TEXT, "address": TEXT}),
    st.fixed_dictionaries(
        {"type": st.just("pattern"), "order": SMALL, **dict.fromkeys(("outlet", "template", "example"), TEXT)}
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("page"),
            **dict.fromkeys(("outlet", "slug", "kind", "language", "title", "body", "imported_digest"), TEXT),
            "held_back": st.booleans(),
            "order": SMALL,
            "updated_on": DAY,
            "old_addresses": st.lists(TEXT, max_size=3),
        }
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("notice"),
            **dict.fromkeys(("outlet", "language", "placement", "names", "message"), TEXT),
            **dict.fromkeys(("first_day", "last_day"), DAY),
        }
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("selection"),
            **dict.fromkeys(("outlet", "slug", "title", "introduction"), TEXT),
            **dict.fromkeys(("shown_from", "shown_until"), DAY),
            "articles": st.lists(
                st.fixed_dictionaries({"key": st.just(KEY), "order": SMALL, "note": TEXT}), max_size=3
            ),
        }
    ),
)


@given(TOLD)
def test_what_is_told_beside_articles_is_read_as_it_is_told(told):
    [item] = read(json.dumps({"format": "newsroom-archive-1", **told}, ensure_ascii=False))
    assert (item.kind, item.values) == (told.pop("type"), told)


@given(st.binary())
def test_whatever_the_bytes_nothing_is_raised(content):
    read(content)


def test_sample_is_told_from_its_content():
    assert recognise(SAMPLE.read_bytes()[:8192]) == "jsonl"


@pytest.mark.django_db
def test_sample_becomes_articles_with_all_that_belongs_to_them(outlet):
    from archive.importers.saving import import_paths

    report = import_paths([SAMPLE], outlet)

    assert (report.created, report.refused, report.left_out) == (2, 0, {"articles of autre-journal": 1})
    kept = outlet.articles.get(key="0123456789ab")
    assert (kept.published_precision, kept.body_received) == ("month", "<div>Texte reçu.</div>")
    assert kept.section.parent.order == 1
    assert kept.bylines.get().author.about == "Reporter au Courrier."
    assert kept.source_rule.natural_key() == ("afp", "provider", "AFP")
    assert kept.withdrawal.status_code == 451
    assert kept.images.get().number == 2


@pytest.mark.django_db
def test_article_without_a_key_has_one_of_its_outlet_and_id(outlet):
    from archive.importers.saving import import_paths
    from archive.keys import derived_key

    import_paths([SAMPLE], outlet)
    assert outlet.articles.get(original_id="1001").key == derived_key("courrier-des-rives", "1001")


@pytest.mark.django_db
def test_sample_of_what_stands_beside_articles_is_taken_in(outlet):
    from archive.importers.saving import import_paths

    report = import_paths([BESIDE], outlet)

    assert (report.created, report.refused) == (8, 0)
    assert report.left_out == {"descriptions of fleuve-medias": 1, "notices of fleuve-medias": 1}
    assert [each.slug for each in outlet.info_pages.public()] == ["faq"]
    assert outlet.selections.get().articles.get().key == "0123456789ab"
    assert "names articles that are not here: zzzzzzzzzzzz." in report.problems[-1].problem


@pytest.mark.django_db
def test_sample_with_histories_comes_back_byte_for_byte():
    from archive.importers.saving import import_paths, make_outlet, outlets_told

    [*_network, outlet] = make_outlet("courrier-des-rives", outlets_told([HISTORY]))
    report = import_paths([HISTORY], outlet)

    assert (report.created, report.refused, report.awaited) == (4, 0, 1)
    out = StringIO()
    call_command("export_articles", stdout=out)
    assert out.getvalue() == HISTORY.read_text(encoding="utf-8")


@pytest.mark.django_db
def test_history_of_the_sample_tells_readers_what_the_originals_tells(client):
    from archive.importers.saving import import_paths, make_outlet, outlets_told

    [*_network, outlet] = make_outlet("courrier-des-rives", outlets_told([HISTORY]))
    import_paths([HISTORY], outlet)

    flood, council = (outlet.articles.get(original_id=each) for each in ("4136", "4140"))
    told = client.get(f"/courrier-des-rives/articles/{flood.key}/history/").content.decode()
    assert "rue du Quai depuis" in told
    assert client.get(council.get_absolute_url()).status_code == 200
    assert client.get(outlet.articles.get(original_id="4152").get_absolute_url()).status_code == 410


@pytest.mark.django_db
def test_old_site_of_the_sample_leads_to_the_archive(outlet):
    from archive.importers.saving import import_paths
    from archive.models import OldAddress

    import_paths([BESIDE], outlet)
    for address, path in (
        ("http://courrier.fleuve-medias.example/2014/01/22/autre-nom_n_1001.html", "0123456789ab"),
        ("https://courrier-des-rives.example/faq.html", "/pages/faq/"),
    ):
        assert path in OldAddress.objects.resolve(address).path()


def test_line_of_too_many_parts_is_refused_and_the_next_is_taken():
    refused, taken = read(line(tags=[{"name": "A"}] * 100_001), line(original_id="2"))
    assert refused == Problem(
        "line 1",
        "It is over 10 MB long or in over 100000 parts, too large for an article.",
        "Take out of the file what is no text.",
    )
    assert taken.original_id == "2"


def test_brackets_in_a_text_are_no_parts():
    assert one(body="{[" * 100_000).body == "{[" * 100_000
