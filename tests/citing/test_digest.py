import hashlib
import json

from archive.citing.digest import content_digest, whole_text

CONTENT = {
    "headline": "Une offre d’aide",
    "kicker": "",
    "summary": "Sans réponse.",
    "text": "<p>PARIS (AFP) – Texte.</p>",
    "bylines": [("text", "Mireille Jobin")],
    "language": "fr",
    "published": "2014-01-22T22:47:00+00:00",
    "modified": "",
}


def test_digest_is_what_a_stranger_computes():
    canonical = (
        '{"bylines":[["text","Mireille Jobin"]],"headline":"Une offre d’aide","kicker":"","language":"fr",'
        '"modified":"","published":"2014-01-22T22:47:00+00:00","summary":"Sans réponse.",'
        '"text":"<p>PARIS (AFP) – Texte.</p>"}'
    )
    assert content_digest(CONTENT) == f"na1-sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"


def test_every_part_of_the_content_counts():
    digests = {content_digest({**CONTENT, name: json.dumps(value) + "x"}) for name, value in CONTENT.items()}
    assert len(digests | {content_digest(CONTENT)}) == len(CONTENT) + 1


def test_dateline_opens_the_first_paragraph_and_the_sign_off_ends_the_text():
    assert whole_text('<p lang="fr">Un.</p>', "PARIS (AFP) –", "ddl/gde") == (
        '<p lang="fr">PARIS (AFP) – Un.</p><p>ddl/gde</p>'
    )


def test_dateline_of_a_text_that_begins_otherwise_stands_alone():
    assert whole_text("<h2>Un</h2>", "PARIS & –", "") == "<p>PARIS &amp; –</p><h2>Un</h2>"
