"""A newsroom that never was: the same articles each time, in French and English, as many as are asked for.

Words follow Zipf's law, as those of real texts do: a few hundred, which are real, make up half of a text; the others,
forty thousand of them, are built from each language's syllables. Authors, tags and sections follow it too.
"""

import csv
import json
import random
import unicodedata
from datetime import UTC, datetime, timedelta
from html import escape
from itertools import accumulate

# The commonest words of each language, the commonest first.
COMMON = {
    "fr": (
        "de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont ont avec son "
        "aux été cette ou mais comme nous leur sa elle ses était fait on deux même tout aussi bien entre après sans "
        "être selon ans dont depuis peut avait autres faire où temps années encore pays contre très sous lors avant "
        "premier gouvernement ministre parti québécois conseil ville président police monde jour soir mardi jeudi "
        "dollars millions projet école santé hôpital travail enfants femmes hommes vie famille équipe match saison "
        "film livre"
    ),
    "en": (
        "the of and to in a is that for on was with as by it at from he be are have his has an but not this they their "
        "which had were who been will would more about its one or when there after also she two her out up than other "
        "new last some into people over year said years time first could only most government minister party council "
        "city president police world day night monday thursday dollars million project school health hospital work "
        "children women men life family team game season film book public national province report according"
    ),
}
SYLLABLES = {
    "fr": "ba bé bri cha che cou cri da dé di don é fa fi for ga gé gi gra ha i ja jou la le li lo ma mé mi mon na né "
    "nou pa pé pi pour qua que ra ré ri rou sa sé si sou ta té ti tion tou tra u va vé vi vou ment eur euse ique able",
    "en": "ab ad al an ar at ba be bo ca ce ch co con da de di do ed el en er ex fa fi for ga ge go ha he hi ho in is "
    "ja ju ka ke la le li lo ma me mi mo na ne no of on or pa pe pi po pre pro ra re ri ro sa se si so ta te ti to un "
    "va ve vi wa we wi ing ness tion ment able ous ful ly er est",
}
WORDS = 40_000
PARAGRAPHS = 6_000
AUTHORS, TAGS, SECTIONS = 4_000, 20_000, 24
AGENCIES = (
    *(("Agence France-Presse", "AFP"), ("La Presse canadienne", "PC"), ("The Canadian Press", "CP"), ("Reuters", "")),
)
ZONE = timedelta(hours=-5)
# A million articles in sixteen years.
SECONDS_APART = 499


class MadeUp:
    """The articles of one newsroom, by number; each so many seconds after the one before."""

    def __init__(self, seed=1, seconds_apart=SECONDS_APART):
        self.seed = seed
        self.seconds_apart = seconds_apart
        chance = random.Random(seed)  # noqa: S311
        self.words = {language: words(language, chance) for language in COMMON}
        self.paragraphs = {
            language: [sentences(found, chance, chance.randint(35, 95)) for _each in range(PARAGRAPHS)]
            for language, found in self.words.items()
        }
        self.authors = Zipf([name(self.words["fr"], chance) for _each in range(AUTHORS)])
        self.tags = Zipf([" ".join(self.words["fr"].some(chance, chance.choice((1, 2)))) for _each in range(TAGS)])
        self.sections = Zipf([name(self.words["fr"], chance).split()[0] for _each in range(SECTIONS)])

    def articles(self, first, number):
        for each in range(first, first + number):
            yield self.article(each)

    def article(self, number):
        chance = random.Random(self.seed * 1_000_003 + number)  # noqa: S311
        language = "fr" if chance.random() < 0.6 else "en"
        found = self.words[language]
        headline = " ".join(found.some(chance, chance.randint(6, 11))).capitalize()
        texts = chance.choices(self.paragraphs[language], k=chance.randint(3, 9))
        published = datetime(2005, 1, 1, 5, tzinfo=UTC) + timedelta(seconds=number * self.seconds_apart % 500_000_000)
        agency = chance.choice(AGENCIES) if chance.random() < 0.65 else None
        slug = unicodedata.normalize("NFKD", "-".join(headline.lower().split()[:8])).encode("ascii", "ignore").decode()
        return {
            "original_id": str(4_000_000 + number),
            "headline": headline,
            "summary": texts[0][:150].rpartition(" ")[0] + "." if chance.random() < 0.5 else "",
            "body": "\n".join(paragraph(text, chance) for text in texts),
            "language": language,
            "published": (published + ZONE).replace(tzinfo=None).isoformat(timespec="seconds") + "-05:00",
            "modified": (published + timedelta(hours=3)).isoformat() if chance.random() < 0.2 else "",
            "dateline": f"{self.sections.one(chance).upper()} ({agency[1] or agency[0]}) –" if agency else "",
            "sign_off": "ab/cde" if agency else "",
            "bylines": [{"name": self.authors.one(chance)}] if chance.random() < 0.7 else [],
            "source": {"name": agency[0], "kind": "agency"} if agency else None,
            "section": [{"name": self.sections.one(chance)}],
            "tags": [{"name": each} for each in {self.tags.one(chance): 1 for _tag in range(chance.randint(1, 5))}],
            "images": [
                {
                    "original_address": f"https://img.example.org/{number % 997}/{number}.jpg",
                    "alt": headline,
                    "caption": texts[-1][:90],
                    "withheld": "not-rescued",
                }
            ]
            if chance.random() < 0.6
            else [],
            "original_url": f"https://www.example.org/{published:%Y/%m/%d}/{slug}_n_{4_000_000 + number}.html",
            "old_addresses": [f"https://m.example.org/entry/{4_000_000 + number}"],
        }


def newer(article):
    """The same article in a later export: mended in its headline, text and tags."""
    return article | {
        "headline": f"{article['headline']} (suite)",
        "body": article["body"].replace("</p>", " Mis à jour.</p>", 1),
        "tags": [*article["tags"][1:], {"name": "mise à jour"}],
    }


class Zipf:
    """Things of which the first is drawn twice as often as the second, and n times as often as the nth."""

    def __init__(self, things):
        self.things = things
        self.weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(things))))

    def some(self, chance, number):
        return chance.choices(self.things, cum_weights=self.weights, k=number)

    def one(self, chance):
        return self.some(chance, 1)[0]


def words(language, chance):
    common = list(dict.fromkeys(COMMON[language].split()))
    syllables = SYLLABLES[language].split()
    made = dict.fromkeys(common)
    while len(made) < WORDS:
        made["".join(chance.choices(syllables, k=chance.randint(2, 4)))] = None
    return Zipf(list(made))


def name(found, chance):
    return " ".join(each.capitalize() for each in chance.choices(found.things[200:], k=2))


def sentences(found, chance, number):
    text = []
    while number > 0:
        length = min(chance.randint(8, 28), number)
        number -= length
        text.append(" ".join(found.some(chance, length)).capitalize() + ".")
    return " ".join(text)


def paragraph(text, chance):
    text = escape(text, quote=False)
    if chance.random() < 0.1:
        first, _blank, rest = text.partition(" ")
        text = f'<a href="https://www.example.org/{chance.randrange(10**6)}">{first}</a> <em>{rest}</em>'
    return f"<p>{text}</p>"


# What the articles are written as


def write_jsonl(articles, path):
    with path.open("w", encoding="utf-8") as file:
        for each in articles:
            told = {"format": "newsroom-archive-1", "type": "article", **each}
            file.write(json.dumps({name: value for name, value in told.items() if value}, ensure_ascii=False) + "\n")


def write_csv(articles, path):
    columns = (
        *("original_id", "headline", "summary", "body", "language", "published", "modified", "dateline", "sign_off"),
        *("bylines", "source", "source_kind", "section", "tags", "image", "image_alt", "image_caption"),
        *("original_url", "old_addresses"),
    )
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, [each.replace("_", " ") for each in columns])
        table.writeheader()
        for each in articles:
            image = each["images"][0] if each["images"] else {}
            row = {name: value for name, value in each.items() if name in columns and isinstance(value, str)}
            row |= {name: ";".join(one["name"] for one in each[name]) for name in ("bylines", "section", "tags")}
            row |= {"source": each["source"]["name"], "source_kind": "agency"} if each["source"] else {}
            row |= {"image": image.get("original_address"), "image_alt": image.get("alt")} if image else {}
            row |= {"image_caption": image.get("caption"), "old_addresses": ";".join(each["old_addresses"])}
            table.writerow({name.replace("_", " "): value for name, value in row.items()})


WXR_HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wfw="http://wellformedweb.org/CommentAPI/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Example</title><link>https://www.example.org</link><language>fr-CA</language>
<wp:wxr_version>1.2</wp:wxr_version>
<wp:base_site_url>https://www.example.org</wp:base_site_url><wp:base_blog_url>https://www.example.org</wp:base_blog_url>
"""
WXR_ITEM = """<item><title><![CDATA[{headline}]]></title><link>{original_url}</link>
<pubDate>{published:%a, %d %b %Y %H:%M:%S} +0000</pubDate><dc:creator><![CDATA[{author}]]></dc:creator>
<guid isPermaLink="false">https://www.example.org/?p={original_id}</guid><description></description>
<content:encoded><![CDATA[{content}]]></content:encoded><excerpt:encoded><![CDATA[{summary}]]></excerpt:encoded>
<wp:post_id>{original_id}</wp:post_id><wp:post_date><![CDATA[{published:%Y-%m-%d %H:%M:%S}]]></wp:post_date>
<wp:post_date_gmt><![CDATA[{published:%Y-%m-%d %H:%M:%S}]]></wp:post_date_gmt>
<wp:post_name><![CDATA[{slug}]]></wp:post_name><wp:status><![CDATA[publish]]></wp:status>
<wp:post_parent>0</wp:post_parent><wp:post_type><![CDATA[post]]></wp:post_type><wp:post_password></wp:post_password>
{terms}</item>
"""
WXR_TERM = '<category domain="{domain}" nicename="{slug}"><![CDATA[{name}]]></category>'


def write_wxr(articles, path):
    with path.open("w", encoding="utf-8") as file:
        file.write(WXR_HEAD)
        for each in articles:
            content = (
                each["body"].replace("<p>", "<!-- wp:paragraph --><p>").replace("</p>", "</p><!-- /wp:paragraph -->")
            )
            for image in each["images"]:
                content += (
                    f'<!-- wp:image --><figure><img src="{image["original_address"]}" alt="{image["alt"]}"/>'
                    f"<figcaption>{image['caption']}</figcaption></figure><!-- /wp:image -->"
                )
            terms = [("category", one["name"]) for one in each["section"]]
            terms += [("post_tag", one["name"]) for one in each["tags"]]
            values = each | {
                "published": datetime.fromisoformat(each["published"]).astimezone(UTC),
                "author": each["bylines"][0]["name"] if each["bylines"] else "",
                "slug": each["original_url"].rpartition("/")[2].partition("_n_")[0],
                "content": content,
                "terms": "".join(
                    WXR_TERM.format(domain=domain, slug=escape(one.replace(" ", "-")), name=one)
                    for domain, one in terms
                ),
            }
            file.write(WXR_ITEM.format(**values))
        file.write("</channel></rss>\n")


WRITERS = {"jsonl": write_jsonl, "csv": write_csv, "wxr": write_wxr}
