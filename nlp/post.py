"""What the stages know of one post so far: a plain record beside spaCy's Doc.

Components of a spaCy pipeline usually hand on what they found as `doc._.name`. Each such look goes through three Python
calls; fifty of them a post took a sixth of all the time. Here a Doc carries one `Post` in its `user_data`, and the
components read and write that. `doc._.name` still answers for every field, so that `requires` and `assigns` mean what
they say and a Doc can be looked at from outside as any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from itertools import islice
from typing import TYPE_CHECKING, Any

from spacy.tokens import Doc
from spacy.vocab import Vocab

from domain import Location, Mention, Pii, Place, Relevance, Topic, Urgency
from nlp.phrases import Hits
from nlp.tokens import Words, WordTable, cut, tokens

if TYPE_CHECKING:
    from nlp.linear import Reading
    from nlp.topics import Named

POST = "post"  # its key in a Doc's user_data
NOTHING = Relevance("not_actionable", "obrolan", 0.97)
CALM = Urgency("normal", 0.6)


@dataclass(slots=True)
class Post:
    """Filled from left to right by the components; the defaults are those of a post without a word."""

    words: Words
    mention: Mention | None = None
    hits: Hits = field(default_factory=dict)
    reading: Reading | None = None
    language: str = "other"
    register: str | None = None
    named: Sequence[Named] = ()
    topics: tuple[Topic, ...] = ()
    places: tuple[Place, ...] = ()
    location: Location | None = None
    relevance: Relevance = NOTHING
    urgency: Urgency = CALM
    sensitive: bool = False
    pii: tuple[Pii, ...] = ()


def post_of(doc: Doc) -> Post:
    post: Post = doc.user_data[POST]
    return post


class Tokenizer:
    """spaCy's tokenizer of this product: text -> Doc with a Post that holds its words."""

    def __init__(self, vocab: Vocab, table: WordTable) -> None:
        self.vocab = vocab
        self.table = table

    def __call__(self, text: str) -> Doc:
        orths, spaces = tokens(text, self.table)
        return Doc(self.vocab, words=orths, spaces=spaces, user_data={POST: self.post(text)})

    def post(self, text: str) -> Post:
        """What a Doc of that text would hold, for who needs no Doc."""
        return Post(cut(text, self.table))


class Component:
    """A spaCy component of this product: says what it finds in one post, and is asked batch by batch.

    A batch goes through one component before it goes to the next, as spaCy's own trained components do; handed on one
    by one, every post would find the machine's caches full of the other components (a fifth of all the time).
    """

    def note(self, post: Post) -> None:
        raise NotImplementedError

    def note_all(self, posts: Sequence[Post]) -> None:
        note = self.note
        for post in posts:
            note(post)

    def __call__(self, doc: Doc) -> Doc:
        self.note_all([post_of(doc)])
        return doc

    def pipe(self, docs: Iterable[Doc], *, batch_size: int) -> Iterator[Doc]:
        for batch in batches(docs, batch_size):
            self.note_all([post_of(doc) for doc in batch])
            yield from batch


def batches(docs: Iterable[Doc], size: int) -> Iterator[list[Doc]]:
    given = iter(docs)
    while batch := list(islice(given, size)):
        yield batch


def _getter(name: str) -> Callable[[Doc], Any]:
    return lambda doc: getattr(post_of(doc), name)


for _field in fields(Post):
    Doc.set_extension(_field.name, getter=_getter(_field.name), force=True)
