"""What can be wrong with the sense of a policy, before its place in a file is known."""


class Problem(ValueError):
    """Something at a field path makes no sense."""

    def __init__(self, path: str, what: str) -> None:
        super().__init__(f"{path}: {what}")
        self.path = path
        self.what = what
