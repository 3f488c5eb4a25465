"""A mapping: a page that is bound to the columns of a file, to JSON objects, or to the messages of a topic."""

from collections.abc import Sequence

from streams.mapping.cells import Columns, Layout, Paths
from streams.mapping.checks import check_for_topics
from streams.mapping.document import MappingDocument
from streams.mapping.problems import Problem
from streams.mapping.reader import Reader
from streams.pages import Value, located


class Mapping:
    """A page, checked as far as that is possible without a file."""

    def __init__(self, document: MappingDocument, page: Value, folder: str) -> None:
        """`page` tells where things stand; `folder` is where vocabularies beside it are."""
        self.document = document
        self._page = page
        self._folder = folder

    def columns(self, header: Sequence[str]) -> "Reader":
        """The reader of a CSV file with these columns.

        Raises `PolicyError` naming place and path of what does not fit.
        """
        return self._bound(Columns(header, self.document.nulls), len(header))

    def objects(self) -> "Reader":
        """The reader of JSON objects.  Raises `PolicyError`."""
        return self._bound(Paths(self.document.nulls), 0)

    def messages(self) -> "Reader":
        """The reader of messages of a topic, which names events by what they say.

        Raises `PolicyError`, also where only files can be read with the page.
        """
        return self._bound(Paths(self.document.nulls), 0, messages=True)

    def _bound(self, layout: Layout, width: int, *, messages: bool = False) -> "Reader":
        try:
            if messages:
                check_for_topics(self.document)
            return Reader(self.document, layout, width, self._folder, by_content=messages)
        except Problem as problem:
            raise located(self._page, problem.path, problem.what) from problem
