"""A text that nothing shows by accident."""


class Secret(str):
    """A password: clients take it as any other text, and the `repr` of whatever holds it does not tell it.

    So options that a library writes into its log, and tracebacks, have `'***'` in its place.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"
