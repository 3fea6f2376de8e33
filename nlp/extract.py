"""Text in, Extraction out: the spaCy pipeline of this product. Knows no store and no network.

`spacy.blank("id")` takes 3-5 s to load because of some 16,000 tokenizer exceptions that do nothing for
posts; `Pipeline` is the same Language with our tokenizer and our components, ready in well under a
second. The components are registered factories with `requires` and `assigns`, so `analyze_pipes()`
checks their order. What they find stands in a `Post`; a Doc carries one for those who look with spaCy's eyes
(`read`), and who wants the judgements alone (`extract_many`) has the pipeline's components judge Posts without a Doc:
nothing reads it there, and making and freeing it took a twelfth of all the time (ADR 17).

Only the first 20,000 code points of a text are read; offsets stay those of the stored text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import cast

from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from domain import Extraction, Mention
from nlp.blend import Blend, Reader
from nlp.finder import Finder
from nlp.grounds import Grounds
from nlp.handles import official_handles
from nlp.language import LanguageOf
from nlp.learnt import Learnt, learnt_of
from nlp.phrases import Phrasebook, lists_of
from nlp.pii import PersonalData
from nlp.places import Places, Spans
from nlp.post import Component, Post, Tokenizer, post_of
from nlp.relevance import RelevanceOf
from nlp.topics import Topics
from nlp.urgency import UrgencyOf
from nlp.values import quick
from settings import Settings

MAX_CHARS = 20_000
BATCH = 256
_made = quick(Extraction)


class Pipeline(Language):  # type: ignore[no-untyped-call]  # spaCy's __init_subclass__ is untyped
    """spaCy's Language for Indonesian and Javanese posts; its components read `settings` and `learnt` when made."""

    lang = "id"

    def __init__(self, settings: Settings, learnt: Learnt) -> None:
        self.settings = settings
        self.learnt = learnt
        self.phrasebook = Phrasebook(lists_of(settings))
        table = self.phrasebook.table
        super().__init__(Vocab(), create_tokenizer=lambda nlp: Tokenizer(nlp.vocab, table))


# component -> (what makes it, what it reads, what it sets). The tokenizer gives doc._.words, which spaCy
# cannot know, so no component names it as required.
COMPONENTS: dict[str, tuple[Callable[[Pipeline], Callable[[Doc], Doc]], list[str], list[str]]] = {
    "phrases": (lambda nlp: Finder(nlp.phrasebook), [], ["hits"]),
    "reader": (lambda nlp: Reader(nlp.learnt.model), ["hits"], ["reading"]),
    "language": (lambda nlp: LanguageOf(nlp.phrasebook.table.known), [], ["language", "register"]),
    "places": (lambda nlp: Places(nlp.settings, nlp.phrasebook.table.known), [], ["places", "location"]),
    "topics": (lambda nlp: Topics(nlp.settings), ["hits"], ["topics", "named"]),
    "urgency": (lambda nlp: UrgencyOf(), ["hits"], ["urgency"]),  # noqa: ARG005
    "relevance": (
        lambda nlp: RelevanceOf(nlp.settings, nlp.learnt),
        ["hits", "topics", "places", "urgency", "reading"],
        ["relevance", "sensitive"],
    ),
    "blend": (
        lambda nlp: Blend(nlp.settings, nlp.learnt.model), ["topics", "named", "relevance", "reading"], ["topics"],
    ),
    "grounds": (
        lambda nlp: Grounds(nlp.learnt.model), ["reading", "relevance", "urgency"], ["relevance", "urgency"],
    ),
    "pii": (lambda nlp: PersonalData(official_handles(nlp.settings)), [], ["pii"]),
    "spans": (lambda nlp: Spans(), ["places"], []),  # noqa: ARG005
}


def _register(component: str) -> None:
    make, reads, sets = COMPONENTS[component]

    def factory(nlp: Language, name: str) -> Callable[[Doc], Doc]:  # noqa: ARG001 - spaCy calls by these names
        return make(cast(Pipeline, nlp))

    Language.factory(
        f"kentongan_{component}", requires=[f"doc._.{r}" for r in reads], assigns=[f"doc._.{s}" for s in sets],
        func=factory,
    )


for _component in COMPONENTS:
    _register(_component)


class Extractor:
    """What the NLP sees in mentions. Built once for a ruleset; building takes well under two seconds.

    Reads by the model that the settings name, unless another is given.
    """

    def __init__(self, settings: Settings, learnt: Learnt | None = None) -> None:
        self.nlp = Pipeline(settings, learnt or learnt_of(settings))
        for component in COMPONENTS:
            self.nlp.add_pipe(f"kentongan_{component}")
        self._cut = cast(Tokenizer, self.nlp.tokenizer).post
        # in the pipeline's order, those that judge
        self._judges = [part for _, part in self.nlp.pipeline if isinstance(part, Component)]

    def extract(self, mention: Mention) -> Extraction:
        return self.extract_many([mention])[0]

    def extract_many(self, mentions: Sequence[Mention]) -> list[Extraction]:
        """Extractions in the order of `mentions`; pure."""
        found: list[Extraction] = []
        for begin in range(0, len(mentions), BATCH):
            posts = [self._post(mention) for mention in mentions[begin : begin + BATCH]]
            for judge in self._judges:
                judge.note_all(posts)
            found += map(_extraction, posts)
        return found

    def read(self, mentions: Sequence[Mention], *, until: str | None = None) -> Iterator[Doc]:
        """The Docs themselves, for those who look at more than the judgements; they grow the string store.

        `until` names the last component to run.
        """
        names = list(COMPONENTS)
        later = names[names.index(until) + 1 :] if until else []
        return self.nlp.pipe(self._docs(mentions), batch_size=BATCH, disable=[f"kentongan_{name}" for name in later])

    def _post(self, mention: Mention) -> Post:
        post = self._cut(mention.text[:MAX_CHARS])
        post.mention = mention
        return post

    def _docs(self, mentions: Sequence[Mention]) -> Iterator[Doc]:
        for mention in mentions:
            doc = self.nlp.tokenizer(mention.text[:MAX_CHARS])
            post_of(doc).mention = mention
            yield doc


def _extraction(of: Post) -> Extraction:
    return _made(
        language=of.language, register=of.register, relevance=of.relevance, topics=of.topics, places=of.places,
        location=of.location, urgency=of.urgency, sensitive=of.sensitive, pii=of.pii,
    )
