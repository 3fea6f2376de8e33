"""The invented day: complete, honest about what it expects, and free of anybody who exists.

Reads the YAML itself, so that a mistake in the day is told from a mistake in its loader.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from settings import load
from simulators.day import load_day

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "simulators" / "day"
YAML_12 = YAML(typ="safe", pure=True)

# Nobody can poll for a caption mention on Instagram, so the day has none.
KINDS = {
    "x": {"mention", "reply", "quote", "repost"},
    "facebook": {"visitor_post", "mention", "comment"},
    "instagram": {"tag", "comment"},
}
NEEDS_OF = {"repost", "quote", "reply"}
FATES = {"ticket", "attached", "lane"}
LANES = {"trivial", "chatter", "praise", "news", "spam", "question", "own"}
TOPICS = {
    "jalan_jembatan", "lampu_jalan", "banjir_drainase", "sampah_lingkungan", "pohon_taman", "air_bersih",
    "listrik_telekom", "lalu_lintas_transportasi", "kesehatan", "pendidikan", "bansos", "adminduk_perizinan",
    "ketertiban_keamanan", "ketenagakerjaan", "aparatur_pemerintahan", "ekonomi_umkm_pertanian", "fasilitas_publik",
    "bencana", "lainnya",
}
URGENCIES = {"darurat", "tinggi", "normal", "tidak_mendesak"}
CASES = {  # beginnings of ids, and how many posts tell the case at least
    "lubang-": 30, "banjir-": 10, "genangan-": 3, "lampu-": 5, "bangjo-": 2, "pohon-": 2,
    "sekolah-": 5, "sekolah-ijazah": 2, "kanker-": 4, "lansia-": 4, "bansos-": 5,
    "trivial-sandal": 1, "trivial-pacar": 1, "angkat-": 2,
    "viral-asli": 1, "viral-rt": 2, "viral-salin": 20, "viral-tangkapan": 3, "viral-kutip": 2, "mirip-": 3,
    "templat-": 10, "dua-": 8, "tanpatempat-": 8, "fotosaja-": 5,
    "luar-pln": 2, "luar-polisi": 2, "luar-bpn": 1, "luar-kai": 1, "luar-nasional": 2, "luar-kartasura": 1,
    "luar-colomadu": 1, "luar-palur": 1, "luar-solobaru": 1, "luar-ngemplak": 1, "luar-gonilan": 1,
    "pujian-": 5, "sarkas-": 4, "kiasan-": 8, "nyata-": 2, "spam-judi": 1, "spam-pinjol": 1, "spam-follower": 1,
    "berita-": 3, "tanya-": 4, "umum-": 2, "pribadi-": 8, "jawa-ngoko": 12, "jawa-krama": 8, "jawa-ngapak": 8,
    "campur-": 10, "ubah-": 4, "hapus-": 3, "ulang-": 3, "videolama-": 1, "prov-": 12,
    "peka-pelecehan": 1, "peka-bunuhdiri": 1, "peka-kdrt": 1, "peka-dinas": 1, "malam-": 3,
    "resmi-": 10, "resmi-x-gub-cc": 1, "resmi-warga-cc": 1,
}
KECAMATAN = {
    "Laweyan": r"Laweyan|Pajang|Sondakan|Jajar|Karangasem|Kerten|Purwosari|Penumping|Bumi\b",
    "Serengan": r"Serengan|Joyotakan|Danukusuman|Tipes|Kratonan|Jayengan|Kemlayan",
    "Pasar Kliwon": r"Pasar Kliwon|Semanggi|Sangkrah|Gajahan|Baluwarti|Joyosuran|Kedunglumbu|Kauman|Mojo\b",
    "Jebres": r"Jebres|Mojosongo|Pucangsawit|Jagalan|Gandekan|Sewu\b|Tegalharjo|Kepatihan",
    "Banjarsari": r"Banjarsari|Banyuanyar|Gilingan|Nusukan|Kadipiro|Sumber\b|Manahan|Timuran|Setabelan|Joglo",
}
JAVANESE = re.compile(
    r"\b(ora|ra|wis|neng|nang|nek|wae|mbok|piye|kepriwe|iki|kiye|kuwi|sing|dadi|durung|arep|kabeh|maneh|e|"
    r"kula|sampun|ing|nuwun|maturnuwun|matur|wonten|dereng|mboten|mugi|nyuwun|sami|inyong|nyong|sugeng|iso|"
    r"wingi|dalan|lampune|listrike|suasanane|tenan|teko2|pating|thok|rembugan|ping)\b", re.IGNORECASE,
)
NUMBER = re.compile(r"(?<![\d])(?:\+62|0)[ -]?8[\d -]{8,13}\d")
SIXTEEN = re.compile(r"(?<!\d)\d{16}(?!\d)")


def _nodes() -> list[dict[str, Any]]:
    return [YAML_12.load(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.yaml"))]


NODES = _nodes()
POSTS: list[dict[str, Any]] = [post for node in NODES for post in node.get("posts") or ()]
BY_ID = {post["id"]: post for post in POSTS}
AUTHORS = {key: value for node in NODES for key, value in (node.get("authors") or {}).items()}
ACCOUNTS = next(node["accounts"] for node in NODES if "accounts" in node)
EVENTS = next(node["events"] for node in NODES if "events" in node)


def minute(clock: str) -> float:
    hours, minutes, *seconds = (int(part) for part in clock.split(":"))
    return hours * 60 + minutes + (seconds[0] if seconds else 0) / 60


def texts(post: dict[str, Any]) -> list[str]:
    return [post.get("text") or "", (post.get("edit") or {}).get("text", "")]


def wrong(check: Any) -> list[str]:
    """Ids of the posts that fail; an assertion on it names them all at once."""
    return [post["id"] for post in POSTS if not check(post)]


# --- size and shape ------------------------------------------------------------------------------


def test_the_day_is_as_long_as_promised():
    """At least 340 posts are written by hand; a repeated repost counts once."""
    assert len(POSTS) >= 340


def test_every_post_has_an_id_of_its_own():
    """No two posts share a name, whatever file they stand in."""
    twice = [name for name, n in Counter(post["id"] for post in POSTS).items() if n > 1]

    assert twice == []


def test_all_three_platforms_speak():
    """X, Facebook and Instagram each carry a real share of the day."""
    share = Counter(post["on"] for post in POSTS)

    assert set(share) == set(KINDS)
    assert min(share.values()) >= 50


def test_a_post_is_of_a_kind_its_platform_knows():
    """No tag on X, no repost on Instagram."""
    assert wrong(lambda post: post["kind"] in KINDS[post["on"]]) == []


def test_a_post_addresses_accounts_that_exist_on_its_platform():
    """Nobody writes to a department where it has no account."""
    assert wrong(lambda post: post["to"] and all(post["on"] in ACCOUNTS[name] for name in post["to"])) == []


def test_an_answer_names_an_earlier_post_on_its_own_platform():
    """A reply, quote, repost or comment hangs on something that was there before it."""
    def holds(post: dict[str, Any]) -> bool:
        if "of" not in post:
            return post["kind"] not in NEEDS_OF
        parent = BY_ID.get(post["of"])
        return bool(parent) and parent["on"] == post["on"] and minute(parent["at"]) < minute(post["at"])

    assert wrong(holds) == []


def test_posts_fall_between_six_and_ten_at_night():
    """The invented day lasts from 06:00 to 22:00, repeats, edits and deletions included."""
    def holds(post: dict[str, Any]) -> bool:
        last = minute(post["at"])
        if repeat := post.get("repeat"):
            last += repeat["count"] * repeat["every_seconds"] / 60
        at = minute(post["at"])
        later = [minute(t) for t in ((post.get("edit") or {}).get("at"), post.get("deleted_at")) if t]
        return at >= 360 and max([last, *later]) <= 1320 and all(t > at for t in later)

    assert wrong(holds) == []


def test_the_inbox_fills_early():
    """Forty posts in the first three quarters of an hour, more than half of all before noon."""
    at = [minute(post["at"]) for post in POSTS]

    assert sum(t <= minute("06:45") for t in at) >= 40
    assert sum(t < minute("12:00") for t in at) > len(at) / 2


def test_posts_vary_in_length_as_people_do():
    """From two words to half a page; nobody writes more than 80 words."""
    lengths = [len(post["text"].split()) for post in POSTS if post.get("text")]

    assert max(lengths) <= 80
    assert sum(n <= 8 for n in lengths) >= 20
    assert sum(n >= 30 for n in lengths) >= 20


def test_a_mention_on_x_names_whom_it_mentions():
    """The platform shows an account what names it; the renamed account answers to both names."""
    handles = {name: {account["x"]["handle"]} for name, account in ACCOUNTS.items()}
    for event in EVENTS:
        if event["what"] == "rename":
            handles[event["account"].split(":")[1]].add(event["handle"])

    def holds(post: dict[str, Any]) -> bool:
        return (post["on"], post["kind"]) != ("x", "mention") or post.get("own") or all(
            any(f"@{handle}" in post["text"] for handle in handles[name]) for name in post["to"]
        )

    assert wrong(holds) == []


def test_an_instagram_tag_stands_on_a_picture():
    """There are no posts without a picture on Instagram."""
    assert wrong(lambda post: post["kind"] != "tag" or post.get("media")) == []


def test_only_copies_share_their_words():
    """Two posts with the same text are one story, unless there is no text at all."""
    first: dict[str, str] = {}
    same = []
    for post in sorted(POSTS, key=lambda post: minute(post["at"])):
        text = (post.get("text") or "").strip().lower()
        if text and first.setdefault(text, post["id"]) != post["id"] and post["expect"]["fate"] != "attached":
            same.append((post["id"], first[text]))

    assert same == []


# --- what a good system does with it -------------------------------------------------------------


def test_every_post_says_what_should_become_of_it():
    """The day is its own answer key: fate, and with it topic, desk, urgency, story or lane."""
    def holds(post: dict[str, Any]) -> bool:
        expect = post["expect"]
        return {
            "ticket": lambda: expect["topic"] in TOPICS and expect["urgency"] in URGENCIES and expect["department"],
            "attached": lambda: BY_ID[expect["story"]]["expect"]["fate"] == "ticket",
            "lane": lambda: expect["lane"] in LANES and (expect["lane"] == "own") == bool(post.get("own")),
        }[expect["fate"]]()

    assert {post["expect"]["fate"] for post in POSTS} == FATES
    assert wrong(holds) == []


def test_every_expected_desk_exists():
    """The answer key speaks of the departments and topics of the shipped rules, and of no others."""
    rules = load(ROOT / "simulators" / "demo.yaml")

    desks = {d for p in POSTS for d in (p["expect"].get("department"), *p["expect"].get("departments", ())) if d}
    assert desks - set(rules.departments) == set()
    assert set(rules.topics) == TOPICS


def test_two_matters_go_to_two_desks():
    """Where several departments are expected, the first of them is the main one."""
    shared = [post for post in POSTS if "departments" in post["expect"]]

    assert len(shared) >= 8
    assert [post["id"] for post in shared if len(set(post["expect"]["departments"])) < 2] == []
    assert [p["id"] for p in shared if p["expect"]["departments"][0] != p["expect"]["department"]] == []


@pytest.mark.parametrize(("beginning", "least"), CASES.items())
def test_a_promised_case_is_told(beginning, least):
    """Each kind of matter that the demo promises occurs, and often enough."""
    assert sum(name.startswith(beginning) for name in BY_ID) >= least


def test_the_storm_is_a_storm():
    """One complaint at half past eight, more than sixty native reposts, copies on all three platforms."""
    story = [post for post in POSTS if post["expect"].get("story") == "viral-asli"]
    reposts = sum(post["repeat"]["count"] for post in story if "repeat" in post)

    assert BY_ID["viral-asli"]["at"] == "08:30"
    assert reposts >= 60
    assert {post["on"] for post in story} == set(KINDS)


@pytest.mark.parametrize("kecamatan", KECAMATAN)
def test_every_part_of_solo_complains(kecamatan):
    """All five kecamatan of the city occur, by their own name or by their kelurahan's."""
    named = [p for p in POSTS if p["expect"]["fate"] == "ticket" and re.search(KECAMATAN[kecamatan], p["text"])]

    assert len(named) >= 8


def test_javanese_is_spoken():
    """At least 70 posts are Javanese or mixed, and each of them shows it."""
    spoken = [post for post in POSTS if post["expect"].get("language") in ("jv", "mixed")]
    silent = [post["id"] for post in spoken if not JAVANESE.search(post["text"])]

    assert len(spoken) >= 70
    assert silent == []


def test_every_kind_of_mishap_happens():
    """A rename, a dead token, a rate limit, an outage and a malformed item, on accounts that exist."""
    places = {f"{platform}:{name}" for name, account in ACCOUNTS.items() for platform in account}

    assert {"rename", "token_dies", "rate_limit", "outage", "malformed_item"} <= {event["what"] for event in EVENTS}
    assert {event["account"] for event in EVENTS} <= places


# --- nobody who exists ---------------------------------------------------------------------------


def test_authors_are_on_the_list_of_invented_people():
    """Whoever speaks stands in authors.yaml; own posts and reposting crowds have no author there."""
    assert wrong(lambda post: post.get("own") or "repeat" in post or post["by"] in AUTHORS) == []
    assert wrong(lambda post: not post.get("own") or "by" not in post) == []


def test_addresses_lead_nowhere():
    """E-mail addresses and links end in the domains that are reserved for examples."""
    found = [
        domain for post in POSTS for text in texts(post)
        for domain in re.findall(r"(?:[\w.]@|https?://)([A-Za-z0-9.-]+\.[a-z]+)", text)
    ]

    assert len(found) >= 4
    assert [domain for domain in found if not re.search(r"(^|\.)example\.(com|org|net)$", domain)] == []


def test_telephone_numbers_ring_nowhere():
    """Every number has a block of four zeros in the middle."""
    found = [re.sub(r"\D", "", n) for post in POSTS for text in texts(post) for n in NUMBER.findall(text)]

    assert len(found) >= 4
    assert [number for number in found if not re.fullmatch(r"(62|0)8\d\d0000\d{4}", number)] == []


def test_identity_numbers_are_well_formed_and_nobodys():
    """A NIK or KK is built as the law says, with a serial number that no registry reaches in one day."""
    expected = [post for post in POSTS if {"nik", "kk"} & set(post["expect"].get("pii", ()))]
    found = [number for post in expected for number in SIXTEEN.findall(post["text"])]
    ill_formed = [n for n in found if not (
        n.startswith("33") and 1 <= int(n[6:8]) % 40 <= 31 and 1 <= int(n[8:10]) <= 12 and int(n[12:]) >= 9990
    )]

    assert len(found) >= 4
    assert ill_formed == []


def test_personal_data_is_announced():
    """Sixteen digits, telephone numbers and e-mail addresses stand in `pii`, so that masking can be measured."""
    def holds(post: dict[str, Any]) -> bool:
        pii, text = set(post["expect"].get("pii", ())), post.get("text") or ""
        numbers = bool(SIXTEEN.search(text)) and post["id"] != "pribadi-angka-bukan-nik"
        return (not numbers or bool(pii & {"nik", "kk"})) and ("phone" in pii) == bool(NUMBER.search(text)) \
            and ("email" in pii) == bool(re.search(r"\w@\w", text))

    assert wrong(holds) == []


# --- the files around it -------------------------------------------------------------------------


def test_the_simulators_can_play_the_day():
    """The loader takes every file as it stands and writes the repeated reposts out."""
    day = load_day(FOLDER)

    repeated = sum(post["repeat"]["count"] - 1 for post in POSTS if "repeat" in post)
    assert len(day.posts) == len(POSTS) + repeated


def test_the_demo_watches_the_accounts_of_the_day():
    """demo.yaml names each account by the id and handle under which the simulators know it."""
    demo = YAML_12.load((ROOT / "simulators" / "demo.yaml").read_text("utf-8"))
    watched = {(a["platform"].removesuffix("_graph"), a["native_id"], a["handle"]) for a in demo["accounts"]}
    known = {
        (platform, account[platform]["id"], account[platform]["handle"])
        for account in ACCOUNTS.values() for platform in account
    }

    assert watched == known
    assert {(p["enabled"], p["agreement"]) for p in demo["platforms"].values()} == {(True, "simulator")}
