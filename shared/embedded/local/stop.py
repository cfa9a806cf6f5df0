"""How a command ends that can't go on."""


class Stop(Exception):
    """Ends the command with one line and an exit status."""

    def __init__(self, line: str, status: int = 1) -> None:
        super().__init__(line)
        self.line, self.status = line, status
