"""Places of a text, and where the matter is: the component that joins patterns, names and circumstances.

A place is a span with a type; a name of the gazetteer also has the Ministry's code. Leading designators
stand outside the span of an administrative name and inside that of a road or a landmark. "No place" is
a legal answer. Which of the places is where the matter is says `nlp.location`.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TypeVar

from spacy.tokens import Doc

from domain import Location, Mention, Place
from nlp.gazetteer import AREAS, CODED, TOWNS, Reading, gazetteer, in_a_kota, key_of, spoken_words
from nlp.handles import is_office
from nlp.local_names import SCORE, SOURCE, LocalName, LocalNames
from nlp.location import NOBODY, SHAPES, Decided, Locator, Told, passed
from nlp.place_choice import SPOKEN_OF, WEAK_NAMES, Choice, Choices
from nlp.place_names import PREPOSED, Candidate, Names
from nlp.place_patterns import ADMIN, BETWEEN, PARTS, ROADS, Found, Patterns, uses_capitals
from nlp.post import Component, Post, post_of
from nlp.tokens import Words
from nlp.values import quick
from settings import PlaceSettings, Settings

Spanned = TypeVar("Spanned", Found, Candidate)
Local = tuple[LocalName, PlaceSettings]
NUMBERED = 0.3
STREETS = frozenset((BETWEEN, *(f"designator:{word}" for word in ("jalan", *ROADS))))
_place = quick(Place)
UNKNOWN_NAME = 0.5  # "desa X" with an X that no table has


class Places(Component):
    """spaCy component: `doc._.places`, `doc._.location`."""

    def __init__(self, settings: Settings, known: frozenset[str]) -> None:
        self.table = gazetteer()
        spoken = known | spoken_words()
        self.patterns = Patterns(self.table, known, spoken)
        self.named = Names(self.table, spoken)
        self.local = LocalNames(settings.places)
        self.threshold = settings.thresholds.place
        self.choices = Choices(self.table, self.threshold)
        self.locator = Locator(self.table, self.threshold)
        areas = {name: government.code for name, government in settings.governments.items()}
        self.jurisdictions = {account.key: areas[account.government] for account in settings.accounts}

    def note(self, post: Post) -> None:
        if post.words.raw:
            given = self.circumstances(post.mention) | self._handles(post.words, post.mention)
            post.places, post.location = self.find(post.words, given)

    def circumstances(self, mention: Mention | None) -> dict[str, str]:
        """Area code -> why: the accounts that were shown the post, the platform's place hint."""
        given: dict[str, str] = {}
        if mention is None:
            return given
        for account in (mention.account, *mention.seen_by):
            if code := self.jurisdictions.get(account):
                given[code] = f"account:{account}"
        hint = mention.place
        if hint and hint.lat is not None and hint.lng is not None:
            area = self.table.nearest(hint.lat, hint.lng)
            if area:
                given.update({area.code[:5]: "geo-tag", area.code[:8]: "geo-tag"})
        for name in (hint.name, hint.address) if hint else ():
            for part in (name or "").split(","):
                wide = [r for r in self.table.readings(key_of(part)) if r.type in TOWNS]
                given.update({r.area: "place hint" for r in wide[:2]})
        return given

    def _handles(self, words: Words, mention: Mention | None) -> dict[str, str]:
        """Area code -> why, for offices called by a handle that holds a town's name: "@semarangpemkot"."""
        given: dict[str, str] = {}
        called = mention.handles if mention else ()
        if not words.handles and not called:
            return given
        for handle in (*[words.text[start + 1 : end] for start, end in words.handles], *called):
            key = key_of(handle)
            town = is_office(key) and self.table.town_in(key)
            if town:
                given[town] = f"handle:@{handle}"
        return given

    def find(self, words: Words, given: Mapping[str, str]) -> tuple[tuple[Place, ...], Location | None]:
        homes = tuple(code for code in given if len(code) == len("33.72"))
        capitals = uses_capitals(words)
        shapes = list(self.patterns.find(words, capitals=capitals))
        whole, shapes = shapes, [self._cut(shape, words, homes) for shape in shapes]
        covered = {i: shape.because for shape in shapes if shape.type != "sub_desa"
                   for i in range(shape.first, shape.last)}
        named = self.named.candidates(words, covered, capitals=capitals)
        if shapes and named:
            cut = {shape.last for shape, before in zip(shapes, whole, strict=True) if shape is not before}
            _told_by_shapes(named, whole, cut)
        ways: list[str] = []
        if covered:  # a road named after a town says nothing of where it lies; a market or a junction does
            ways = _ways(shapes, named)
            named = [c for c in named if covered.get(c.first) not in STREETS or c.readings[0].type == "jalan"]
        names = [name for name in self.local.find(words) if not _in_a_street(name, shapes, words)]
        designated = not ADMIN.keys().isdisjoint(words.fold)
        if not named and not shapes and not names and not designated:
            return (), self.locator.locate(Told((), (), given, (), NOBODY))
        decided = self.choices.decisions(named, given)
        local = list(self._meant(names, decided, given)) if names else []
        if local:  # what the operators know stands first, and says where its neighbours lie
            shapes, named = _beside(local, shapes), _beside(local, named)
            near = {code: SOURCE for _, place in local for code in (place.code[:5], place.code[:8], place.code)}
            decided = self.choices.decisions(named, {**given, **near})
        places = [_of_shape(shape, words.text, self._called_after(shape, decided)) for shape in shapes]
        taken = {i for shape in shapes for i in range(shape.first, shape.last)}
        if local:
            places = [_of_local(name, place, words.text) for name, place in local] + places
            taken.update(i for name, _ in local for i in range(name.first, name.last))
        for candidate, choice in decided:
            accepted = choice.score >= self.threshold and not candidate.title and not candidate.inside
            if accepted and taken.isdisjoint(range(candidate.first, candidate.last)):
                places.append(_of_name(candidate, choice, words.text))
                taken.update(range(candidate.first, candidate.last))
        if designated:
            places += self._unknown(words, taken, decided, given, capitals)
        places = [p for p in places if p.score >= self.threshold]
        if len(places) > 1:
            places.sort(key=lambda p: (p.start, -p.end))
            places = _apart(places)
        return tuple(places), self.locator.locate(Told(places, decided, given, ways, passed(words, places)))

    def _cut(self, shape: Found, words: Words, homes: tuple[str, ...]) -> Found:
        """ "Jl. Radjiman Sondakan", "kampung Ngoresan Jebres" without the area that the last word names.

        One of the city that is addressed, or of a town that the text names; where there is none, a kecamatan that has
        its name alone. A road of one word keeps it ("Jl. Kerten" may be called after where it leads), and so does a
        hamlet.
        """
        road = shape.because in STREETS  # it begins with its designator, a hamlet with its name
        if not (road or shape.type == "sub_desa"):
            return shape
        for size in (2, 1):  # "jl parangkusumo tlogosari kulon"
            last = shape.last - size
            if last - shape.first > road and self._is_area_behind(words, last, shape, homes):
                return shape._replace(last=last, end=words.ends[last - 1])
        return shape

    def _is_area_behind(self, words: Words, last: int, shape: Found, homes: tuple[str, ...]) -> bool:
        """Whether the words from `last` on are an area of the text's own, and a name stays before them."""
        if any(words.gap(i).strip() for i in range(last, shape.last)):
            return False  # "jalan raya Solo-Sragen"
        key = "".join(words.fold[last : shape.last])
        readings = self.table.readings(key)
        left = words.fold[shape.first : last]
        if not readings or all(word in PARTS or word in ROADS or word == "jalan" for word in left):
            return False  # "Jl. Raya Kaligawe" has no other name
        if key in self.table.stops:  # "Jl. Pajajaran Sumber" written to Solo
            return words.raw[last][0].isupper() and any(
                r.type in AREAS and in_a_kota(r.area) and r.area.startswith(homes) for r in readings if homes)
        near = homes or self._towns(words, shape)
        if near:
            return any(r.type in AREAS and r.area.startswith(near) for r in readings)
        alone = len(readings) == 1 and readings[0].inside and (shape.type == "sub_desa" or shape.last - last > 1)
        return alone or _one_kecamatan(readings)

    def _towns(self, words: Words, shape: Found) -> tuple[str, ...]:
        """Codes of the kabupaten and kota that the words around a shape name, and of a kecamatan right behind it."""
        found = [reading.area for i, word in enumerate(words.fold) if not shape.first <= i < shape.last
                 and word not in WEAK_NAMES for reading in self.table.readings(word)
                 if reading.inside and (reading.type == "kabupaten_kota"
                                        or (reading.type == "kecamatan" and i == shape.last))]
        return tuple(found)

    def _meant(
        self, names: Sequence[LocalName], decided: Decided, given: Mapping[str, str]
    ) -> Iterator[Local]:
        """The operators' places that are meant, by the towns that the text and its circumstances speak of."""
        said = [(candidate, choice.reading.area[:5]) for candidate, choice in decided
                if choice.sure and choice.score >= self.threshold and choice.reading.type in TOWNS
                and not candidate.title and not any(n.first <= candidate.first < n.last for n in names)]
        around = frozenset((*(town for _, town in said), *(code[:5] for code in given if len(code) >= 5)))
        for name in names:
            behind = frozenset(reading.area[:5] for c, _ in decided for reading in c.readings
                               if c.first == name.last and c.start - name.end <= 2 and reading.type in TOWNS)
            if (place := name.within(behind or around)) is not None:
                yield name, place

    def _called_after(self, shape: Found, decided: Decided) -> str | None:
        """Code of the area in a landmark's name: "Puskesmas Baturetno" stands in Baturetno.

        In a kota "kampung Gilingan" is the kelurahan; elsewhere a hamlet may bear the name of a village far away.
        """
        quarter = shape.type == "sub_desa"
        codes = [choice.reading.code for candidate, choice in decided
                 if (candidate.inside or quarter) and shape.first <= candidate.first < shape.last
                 and choice.sure and choice.score >= self.threshold and choice.reading.type in CODED
                 and (not quarter or in_a_kota(choice.reading.area))]
        return max(codes, key=lambda code: len(code or ""), default=None)

    def _unknown(
        self, words: Words, taken: set[int], decided: Decided, given: Mapping[str, str], capitals: bool
    ) -> list[Place]:
        """Names behind a designator that no table has: a village spelt otherwise, or not in it."""
        places = []
        for i, word in enumerate(words.fold):
            level = ADMIN.get(word)
            if not level or i + 1 >= len(words.fold) or i + 1 in taken or words.fold[i + 1] == "besar":
                continue  # "kel besar": the family, not a kelurahan
            end = self.patterns.name_end(words, i + 1, capitals=capitals, weak=word == "kota")
            if end == i + 1 or not taken.isdisjoint(range(i + 1, end)):
                continue
            taken.update(range(i + 1, end))
            start, stop = words.starts[i + 1], words.ends[end - 1]
            name = words.text[start:stop]
            meant = self._spelt_like(name, level, decided, given)
            because = f"designator:{word}" + (", spelt like" if meant else "")
            code, official = (meant.code, meant.name) if meant else (None, name)
            score = UNKNOWN_NAME + 0.1 * bool(meant)
            places.append(Place(start, stop, name, level, code, official, score, because))
        return places

    def _spelt_like(
        self, name: str, level: str, decided: Decided, given: Mapping[str, str]
    ) -> Reading | None:
        """The area of that level whose name is nearly `name`, within the kabupaten that is spoken of."""
        parents = {choice.reading.area[:5] for _, choice in decided
                   if choice.sure and choice.score >= SPOKEN_OF and len(choice.reading.area) >= 5}
        parents |= {code[:5] for code in given if len(code) >= 5}
        for parent in sorted(parents):
            below = {k: a for k, a in self.table.children_named(parent).items() if a.level == level}
            close = get_close_matches(key_of(name), below, n=1, cutoff=0.86)
            if close:
                area = below[close[0]]
                return Reading(level, area.code, area.code, area.name)
        return None


class Spans:
    """spaCy component: `doc.spans["places"]`, for those who look at Docs with spaCy's own tools."""

    def __call__(self, doc: Doc) -> Doc:
        places = post_of(doc).places
        spans = (doc.char_span(p.start, p.end, p.type, alignment_mode="expand") for p in places)
        if places:
            doc.spans["places"] = [span for span in spans if span is not None]
        return doc


def _ways(shapes: Sequence[Found], named: Sequence[Candidate]) -> list[str]:
    """Codes of the kabupaten that roads between two of their places do not leave: "jl raya bandar-blado"."""
    found: list[str] = []
    for shape in shapes:
        ends = [{r.area[:5] for r in c.readings if r.inside} for c in named if shape.first <= c.first < shape.last]
        if shape.because in STREETS and len(ends) > 1 and len(both := set.intersection(*ends)) == 1:
            found += both
    return found


def _told_by_shapes(named: Sequence[Candidate], shapes: Sequence[Found], cut: Container[int]) -> None:
    """Tell names that a road, a landmark or an RT/RW stands beside them; `cut`: words behind which a shape gave way."""
    after = {shape.end + 1 for shape in shapes if shape.type in SHAPES}
    rows = {shape.end + 1 for shape in shapes if shape.type == "rt_rw"}  # "rt3/8 kroya"
    doors = {shape.start - 1 for shape in shapes if shape.type == "rt_rw"}  # "sumber rw 8"
    for candidate in named if after or rows else ():
        if candidate.end in doors:
            candidate.add("RT/RW behind it", NUMBERED)
        town = candidate.start in after and _is_town(candidate)
        if candidate.first in cut or town or candidate.start in rows:
            candidate.add("behind another place", PREPOSED)


def _is_town(candidate: Candidate) -> bool:
    """Whether it may be the town that a road or a landmark lies in: "jl. dr. wahidin pati"."""
    return any(reading.type == "kabupaten_kota" and reading.inside for reading in candidate.readings)


def _one_kecamatan(readings: Sequence[Reading]) -> bool:
    """Whether a name means one kecamatan of ours and nothing else; villages in it may bear its name."""
    found = [reading for reading in readings if reading.type == "kecamatan" and reading.inside]
    return len(found) == 1 and all(reading.area.startswith(found[0].area) for reading in readings)


def _in_a_street(name: LocalName, shapes: Sequence[Found], words: Words) -> bool:
    """Whether a road is named after the place: "Jl. Stadion Manahan" may lie where the stadium does not."""
    if any(place.type == "jalan" for place in name.meant):
        return False
    before = words.fold[name.first - 1] if name.first and words.gap(name.first).strip() in {"", "."} else ""
    return f"designator:{before}" in STREETS or any(
        shape.because in STREETS and shape.first < name.first < shape.last for shape in shapes)


def _beside(local: Sequence[Local], found: Sequence[Spanned]) -> list[Spanned]:
    """Those that share no letter with an operators' place."""
    return [each for each in found if not any(n.start < each.end and each.start < n.end for n, _ in local)]


def _of_local(name: LocalName, place: PlaceSettings, text: str) -> Place:
    return _place(name.start, name.end, text[name.start : name.end], place.type, place.code, place.name, SCORE, SOURCE)


def _of_shape(shape: Found, text: str, code: str | None) -> Place:
    name = text[shape.start : shape.end]
    return _place(shape.start, shape.end, name, shape.type, code, name, shape.score, shape.because)


def _of_name(candidate: Candidate, choice: Choice, text: str) -> Place:
    reading = choice.reading
    code = reading.code if choice.sure else None
    rival = choice.runner_up if choice.sure else (reading.code or choice.runner_up)
    return _place(
        candidate.start, candidate.end, text[candidate.start : candidate.end], reading.type, code, reading.name,
        round(choice.score, 3), choice.because, rival,
    )


def _apart(places: Sequence[Place]) -> list[Place]:
    """Drop what overlaps an earlier place: a number's shape inside a road's name."""
    kept: list[Place] = []
    for place in places:
        if not kept or place.start >= kept[-1].end:
            kept.append(place)
    return kept
