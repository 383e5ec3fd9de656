# ruff: noqa: S311
"""The questions that both databases are asked, and texts that are meant to break the one or the other."""

import random

QUERIES = (
    # Words, with accents and without
    *("élections", "elections", "ELECTIONS", "élection", "election", "œuvre", "oeuvre", "oeuvres", "Œuvres"),
    *("assurait", "assurer", "assurent", "étudiants", "etudiante", "coeur", "cœur", "école", "ecoles", "été", "sœur"),
    *("naïve", "naive", "cafe", "resume", "maïs", "Lac-Mégantic", "lac megantic", "mégantic", "Noël", "noel"),
    # Elisions
    *("l’œuvre", "l'oeuvre", "d'infirmières", "qu’est-ce", "aujourd'hui", "l’État", "jusqu’à l’automne", "Canada's"),
    *("painter’s", "didn't", "O’Brien", "obrien"),
    # Hyphens
    *("Saint-Jean", "saint jean", "Saint-Jean-sur-Richelieu", "by-election", "tremblay-gagnon", "Sainte-Justine"),
    # All of them
    *("premier ministre", "ministre élections", "climate change", "climate lobster", "hausse droits scolarité"),
    *("grève écoles", "strike schools", "budget déficit", "budget deficit dollars", "rue Saint-Denis vélo", "loi 101"),
    *("bill 101", "12 000 lettres", "3,4 %", "car accident", "son organ", "but Lafleur", "le but"),
    # Phrases
    *(
        '"climate change"',
        '"premier ministre"',
        '"première ministre"',
        '"premiere ministre"',
        "« droits de scolarité »",
    ),
    *("“prime minister”", '"the prime minister"', '"ministre premier"', '"saint jean sur richelieu"', '"de la vie"'),
    *('"lobster fishermen" climate', '"changements climatiques"', '"la municipalité se souvient"', '"un film"'),
    # Exclusions
    *("élections -ministre", "climate -change", "-élections budget", 'climate -"climate change"', "hockey -playoffs"),
    *("budget -deficit -déficit", "-budget", "-the", "film -sports", "pont −noël"),
    # One or the other
    *("hockey OR vélo", "vélo OU homard", "hockey | lobster", "grève OR strike écoles", "OR", "hockey OR", "OR hockey"),
    *('"climate change" OR "changements climatiques"', "a OR b OR homard", "hockey OR -vélo"),
    # Fields
    *(
        "author:tremblay",
        "auteur:“Jean Tremblay”",
        "auteur : tremblay",
        'author:"Amélie Côté" élections',
        "author:smith",
    ),
    # Of a section there is what stands in those below it.
    *("section:monde", "rubrique:monde -section:ameriques", "-rubrique:Monde paris"),
    *("section:politique", "rubrique:arts", "section:politics election", "section:sports", "source:lantern-wire"),
    *(
        "source:AFP",
        'source:"La Presse du fleuve" homard',
        "tag:elections",
        "étiquette:élections",
        "outlet:le-phare but",
    ),
    *("author:nobody", "section:nowhere hockey", "-author:tremblay budget", "author:smith OR author:côté", "author:"),
    *("journal:the-lamp -hockey", "hockey OR section:sports", "author:tremblay author:smith"),
    # Dates
    *("after:2018", "before:2013", "after:2014-05 before:2014-09", "après:2016 avant:2017 budget", "after:2014-05-21"),
    *("before:2014-05-21 after:2014-05-01", "avant:2012-02", "after:2019-13", "before:hier", "après : 2019-06 grève"),
    *("before:2013-01-01", "before:2013-01", "after:0000", "after:9999", "before:0001"),
    # Of the bylines, the dateline and the captions
    *("rimouski", "phoque percé", "lefebvre", "Côté", "wire"),
    # Nothing, and nonsense
    *(
        "xyzzy",
        "qwertz uiop",
        "",
        " ",
        "le la les",
        "the of",
        "?!",
        "…",
        "élections élections élections",
        "zzzz OR yyyy",
    ),
    "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze",
    "élections ministre budget vélo homard film grève écoles Montréal Québec Paris Noël pont hockey",
)

_MADE_BY_HAND = (
    *('"', '""', '"""', "'", "''", "\\", "\\'", "%", "_", "*", "élect*", "a*b", "^élections", "headline:élections"),
    *("{headline summary}:ministre", "NEAR(élections ministre, 5)", "NEAR/2", "AND", "OR", "NOT", "AND OR NOT"),
    *("élections AND ministre", "élections NOT ministre", "(élections", "élections)", "((()))", "()", "+élections"),
    *("élections + ministre", "élections:*", "terms:o1", "o1", "lfr", "=lfr", "'=o1'", "+budget", "r1", "rowid:1"),
    *("élections & ministre", "élections | ministre", "!élections", "élections <-> ministre", "élections <2> ministre"),
    *("élections:AB", "':*'", "'a'::tsquery", "&&", "||", "<->", "<0>", "!!", "!(", "& | !", "1 = 1; --"),
    *("'; DROP TABLE archive_search; --", "%s", "%(x)s", "{0}", "${x}", "$1", "?1", ":name", "@v", "#", ";"),
    *("\x00", "élec\x00tions", "\x00\x00budget", "\ud800", "budget \udfff hockey", "\ufeffbudget", "élec\u00adtions"),
    *("bud\u200bget", "bud\u2060get", "e\u0301lections", "E\u0301LECTIONS", "ＢＵＤＧＥＴ", "ﬁlm", "²", "½", "Ⅷ", "①"),
    *(
        "بحث",
        "חיפוש",
        "\u202ebudget",
        "\u200fhockey",
        "поиск",
        "搜索引擎",
        "검색",
        "खोज",
        "ค้นหา",
        "😀",
        "👩‍👩‍👧 budget",
    ),
    *("🏒hockey🏒", "İstanbul", "ı", "ß", "STRASSE", "ǆ", "ŉ", "º", "ﷺ", "a" * 5000, "é" * 3000, "budget " * 900),
    *("-" * 50, "- budget", "--budget", "-−budget", "-", "−", "–budget", "budget-", '-""', '-"', "-«", '"-budget"'),
    *(
        "author:",
        "author::",
        "author:author:x",
        'author:"',
        "author:“",
        'author:""',
        "author:-x",
        "-author:",
        "section:*",
    ),
    *(
        "before:",
        "before:2014-02-30",
        "before:99999",
        "after:-1",
        "after:2014-00-00",
        "before:after:2014",
        "after:2014/05",
    ),
    *(
        "before:2014.05.21",
        "after:१९९९",
        "author:\x00",
        "tag:%",
        "tag:_",
        "source:'",
        "OR OR OR",
        "| | |",
        "budget OR OR pont",
    ),
    *(
        "http://www.example.org/2014/05/21/budget_n_1.html?a=b&c=d#e",
        "a@b.ca",
        "C++",
        "C#",
        ".NET",
        "AT&T",
        "R&D",
        "24/7",
    ),
    *(
        "«»",
        "«",
        "»",
        "“”",
        "« budget",
        "budget »",
        "“budget",
        '"budget',
        'budget"',
        '"budget" "',
        "„budget”",
        "'budget'",
    ),
    *(
        "<b>budget</b>",
        "&eacute;lections",
        "<script>alert(1)</script>",
        "\t\n\r budget \v\f",
        "budget\u00a0hockey",
        "\u2028",
    ),
)


def hostile():
    """Five hundred texts: those made by hand, and the rest put together of the same signs."""
    chance = random.Random(500)
    pieces = [
        *_MADE_BY_HAND,
        *(
            "budget",
            "élections",
            "hockey",
            "OR",
            "-",
            '"',
            "(",
            ")",
            ":",
            "*",
            "author:",
            "before:",
            "'",
            "NEAR(",
            "{",
            "}",
        ),
        *("\x00", "\\", "&", "|", "!", "<->", "^", "+", ",", "«", "»"),
    ]
    pieces = [piece for piece in pieces if len(piece) < 60]
    texts = dict.fromkeys(_MADE_BY_HAND)
    while len(texts) < 500:
        glue = chance.choice(("", " ", "  "))
        texts[glue.join(chance.choices(pieces, k=chance.randint(2, 9)))] = None
    return list(texts)
