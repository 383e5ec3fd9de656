import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import addresses
from archive.addresses import LONGEST, AddressError, letters, normalise, plain, slug_in, words

PARTS = st.sampled_from(
    [
        *("http://", "https:", "//", "/", "www.", "m.", "amp.", "example.com", "huffpost.com", "ex.co", "é.ca", "。"),
        *("web.archive.org/web/2014/", "cdn.ampproject.org/c/s/", "google.ca/amp/s/", "?", "&", "=", "utm_source=x"),
        *("a=1", "b", "%", "%2F", "%25", "%3F", "%E9", "..", ".", "é", "#x", ";", ":80", "@", "amp", "amp.html", " "),
        *("[", "]", "xn--", "İ", "\ud800", "+", "%20", "%00", ":", "http%3A%2F%2F"),
    ]
)
ANYTHING = st.one_of(st.text(max_size=60), st.lists(PARTS, max_size=10).map("".join))

SEGMENTS = st.from_regex(r"[A-Za-z0-9_-]{1,20}", fullmatch=True).filter(lambda each: each.lower() != "amp")
PATHS = st.lists(SEGMENTS, max_size=4).map(lambda segments: "".join(f"/{segment}" for segment in segments))
QUERIES = st.lists(st.sampled_from(["id=7", "page=2", "q=neige"]), max_size=3, unique=True)
TRACKING = st.lists(
    st.sampled_from(["utm_source=tw", "fbclid=IwAR0", "ec_carp=5949834185700470415", "ncid=x", "guccounter=1", "amp"]),
    max_size=3,
    unique=True,
)


@st.composite
def variants(draw):
    """Two ways in which one page was linked."""
    path, query = draw(PATHS), draw(QUERIES)

    def link():
        host = draw(st.sampled_from(["", "www.", "m.", "amp.", "WWW.", "mobile."])) + draw(
            st.sampled_from(["quebec.huffingtonpost.ca", "Quebec.HuffingtonPost.CA"])
        )
        port = draw(st.sampled_from(["", ":80", ":443"]))
        end = draw(st.sampled_from(["", "/", "/amp", "/amp/", "//"]))
        fields = draw(st.permutations(query + draw(TRACKING)))
        scheme = draw(st.sampled_from(["http://", "https://", "//", "HTTPS://", ""]))
        fragment = draw(st.sampled_from(["", "#comments"]))
        return f"{scheme}{host}{port}{path}{end}" + (f"?{'&'.join(fields)}" if fields else "") + fragment

    return link(), link()


@given(variants())
def test_every_variant_of_an_address_has_one_form(two):
    assert normalise(two[0]) == normalise(two[1])


@given(ANYTHING)
def test_normal_form_is_its_own_normal_form(url):
    try:
        address = normalise(url)
    except AddressError:
        return
    assert normalise(address) == address


@given(ANYTHING)
def test_normal_form_is_plain_and_bounded(url):
    try:
        address = normalise(url)
    except AddressError:
        return
    assert address.isascii()
    assert " " not in address
    assert len(address) <= LONGEST


@given(PATHS, PATHS)
def test_different_pages_have_different_forms(path, other):
    assert (normalise(f"http://example.com{path}") == normalise(f"http://example.com{other}")) is (path == other)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (
            "http://quebec.huffingtonpost.ca/2014/04/10/stephane-bedard-devient-chef-parlementaire_n_5129324.html",
            "quebec.huffingtonpost.ca/2014/04/10/stephane-bedard-devient-chef-parlementaire_n_5129324.html",
        ),
        ("m.huffpost.com/qc/entry/8708140", "huffpost.com/qc/entry/8708140"),
        (
            "https://www.huffingtonpost.ca/entry/facebook-lawsuit_n_4536154?ec_carp=5949834185700470415",
            "huffingtonpost.ca/entry/facebook-lawsuit_n_4536154",
        ),
        (
            "https://m-huffpost-com.cdn.ampproject.org/c/s/m.huffpost.com/us/entry/us_5c47ecdee4b025aa26be2799/amp",
            "huffpost.com/us/entry/us_5c47ecdee4b025aa26be2799",
        ),
        ("https://www.google.ca/amp/s/www.example.com/a/amp/", "example.com/a"),
        ("https://web.archive.org/web/20140122000000id_/http://www.example.com/a", "example.com/a"),
        ("https://www.web.archive.org:443/web/2014/http:/example.com/a", "example.com/a"),
        ("http://example.com/caf%C3%A9", "example.com/caf%C3%A9"),
        ("http://example.com/café", "example.com/caf%C3%A9"),
        ("http://example.com/a/../b/./c", "example.com/b/c"),
        ("http://www.xn--caf-dma.example/", "xn--caf-dma.example"),
        ("http://café.example/", "xn--caf-dma.example"),
        ("http://user:secret@example.com/a", "example.com/a"),
        ("http://example.com./a", "example.com/a"),
        ("http://example.com/a?b=2&a=1&utm_medium=mail", "example.com/a?a=1&b=2"),
        (" http://example.com/a\n", "example.com/a"),
        ("http://www.com/", "www.com"),
        ("http://example.com/Case/Matters", "example.com/Case/Matters"),
    ],
)
def test_normal_form(url, address):
    assert normalise(url) == address


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/2014/01/22/",
        "nowhere",
        "ftp://example.com/a",
        "mailto:someone@example.com",
        "someone@example.com",
        "javascript:alert(1)",
        "http://",
        "http://[::1/",
        "http://exa mple/",
        "http://-example.com/",
        "http://example.com/\ud800",
        "http://example.com/" + "a" * LONGEST,
    ],
)
def test_what_is_no_web_address_is_told(url):
    with pytest.raises(AddressError, match=r"\w"):
        normalise(url)


def test_gigantic_text_is_not_even_read():
    with pytest.raises(AddressError, match="The address is over 10000 characters long"):
        normalise("http://cdn.ampproject.org/c/" * 100_000)


@pytest.mark.parametrize("copy", ["cdn.ampproject.org/c/", "www.web.archive.org/web/2014/http://"])
def test_copy_of_copies_is_followed_to_its_end(copy):
    assert normalise(copy * (9_900 // len(copy)) + "example.com/a") == "example.com/a"


@pytest.mark.parametrize(
    ("slug", "expected"),
    [
        ("lune-rousse-l-eclipse", "lunerousseleclipse"),
        ("lune-rousse-leclipse", "lunerousseleclipse"),
        ("my_post_about_it", "mypostaboutit"),
        ("caf%C3%A9-%C5%93uf", "cafeoeuf"),
        ("Un-Été", "unete"),
        ("", ""),
    ],
)
def test_letters_of_a_slug(slug, expected):
    assert letters(slug) == expected


@given(st.text(max_size=300))
def test_letters_are_plain_and_bounded(slug):
    found = letters(slug)
    assert len(found) <= 120
    assert letters(found) == found


def test_words_of_a_slug():
    assert words("a-20-heures_l%27été+2012") == ["a", "20", "heures", "lete", "2012"]


@pytest.mark.parametrize(
    ("address", "slug"),
    [
        ("x.org/2014/04/10/un-chef-par-interim_n_5129324.html", "un-chef-par-interim"),
        ("x.org/entry/covid-19-testing-canada_ca_5e9596fcc5b6c5b3d6b0c95b", "covid-19-testing-canada"),
        ("x.org/5959187/some-slug-here", "some-slug-here"),
        ("x.org/some-slug-here-1713386248", "some-slug-here"),
        ("x.org/2006/03/a_story_of_ours.html", "a_story_of_ours"),
        ("x.org/some-slug/4136", "some-slug"),
        ("x.org/us/entry/us_5c47ecdee4b025aa26be2799", ""),
        ("x.org/qc/entry/8708140", ""),
        ("x.org/politique", ""),
        ("x.org", ""),
        ("x.org/a?some-slug-here", ""),
    ],
)
def test_slug_is_told_from_the_shape_of_an_address(address, slug):
    assert slug_in(address) == slug


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("HTTPS://user:secret@WWW.Example.com:443/a/?b=1#top", "http://www.example.com/a/?b=1"),
        ("https://web.archive.org/web/2014/http://m.example.com/a", "http://m.example.com/a"),
        ('http://example.com/"><script>?\'"<', "http://example.com/%22%3E%3Cscript%3E?'%22%3C"),
    ],
)
def test_address_for_a_link(url, address):
    assert plain(url) == address


@given(ANYTHING)
def test_address_for_a_link_leads_to_the_same_page(url):
    try:
        address = normalise(url)
    except AddressError:
        return
    assert normalise(plain(url)) == address


@given(ANYTHING)
def test_address_for_a_link_holds_nothing_of_markup(url):
    try:
        address = plain(url)
    except AddressError:
        return
    assert address.isascii()
    assert address.isprintable()
    assert not set(address) & set('<>"\\ ')


@given(
    st.one_of(
        st.from_regex(addresses._SIMPLE, fullmatch=True),
        st.from_regex(
            r"https?://(?:(?:www|m|amp|mobile|web|google|archive|cdn|ampproject|a|com|org|ca)\.){1,4}(?:com|org|ca)"
            r"(?:/(?:amp|amp\.html|AMP|web|20140122000000|c|s|a|B_1\.html|a%20b|\.\.|\.)){0,5}/?",
            fullmatch=True,
        ),
    )
)
def test_short_way_gives_the_same_as_the_long_one(url):
    try:
        wanted = addresses._normalise(url)
    except AddressError:
        wanted = None
    try:
        assert normalise(url) == wanted
    except AddressError:
        assert wanted is None


@given(st.text(alphabet="abZ019-_+., ", max_size=30))
def test_slug_is_told_alike_from_plain_letters_and_from_any(slug):
    two_words = len([word for word in addresses.words(slug) if not word.isdecimal()]) > 1
    assert addresses._has_words(slug) == two_words


@given(st.integers(0, 10**20), st.sampled_from(["", "/", "/blog/", "/amp/", "/x/amp"]))
def test_short_address_of_a_post_is_normalised_alike_on_both_ways(number, path):
    url = f"https://www.herald.example{path}?p={number}"
    assert addresses.normalise(url) == addresses._normalise(url)
